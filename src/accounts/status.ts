// Suspending a user and activating them again.
import type { UserStatus } from "../../db/schema.ts";
import type { Answers, SQL } from "../../db/client.ts";
import type { Deps } from "../kernel/deps.ts";
import { ApiError } from "../kernel/errors.ts";
import { notify } from "../notifications/index.ts";
import { accountStatusKinds, changeBy } from "./account-kinds.ts";
import { applyChange, requireManagePermission, requireNotSelf } from "./change.ts";
import type { Actor } from "./rules/actor.ts";
import { deleteKeysOf } from "./store/keys.ts";
import { allOf, hasStatus, isNotLastOwner, mayStillManage, setStatus } from "./store/manage.ts";
import type { UserRow } from "./store/users.ts";

/** What is read before a status changes. `userId`: SQL for the id of the account. */
export const statusReads = (status: UserStatus, userId: SQL<string>) => ({
  ...accountStatusKinds[status].admins.reads(),
  ...accountStatusKinds[status].user.reads(userId),
});
type StatusFacts = Answers<ReturnType<typeof statusReads>>;

/** Notifies the user and the admins. A suspension ends all sessions and tokens at once. Throws 403, 400 for oneself, 409 for the last active owner. */
export async function changeStatus(
  deps: Deps,
  actor: Actor,
  target: UserRow,
  status: UserStatus,
  facts: StatusFacts,
): Promise<UserRow> {
  requireManagePermission(actor, target);
  if (status === "suspended")
    await requireNotSelf(deps, actor, target, new ApiError(400, "You can't suspend yourself."));
  if (target.status === status) return target;
  const mayManageNow = mayStillManage(actor, target.id);
  const guard = status === "suspended" ? allOf(mayManageNow, isNotLastOwner(target.id)) : mayManageNow;
  const isStill = allOf(guard, hasStatus(target.id, target.status));
  const { admins, user } = accountStatusKinds[status];
  // Suspended, activated and suspended again are three events.
  const change = changeBy(actor, target, deps.newId());
  return applyChange(deps, {
    actor,
    target,
    guard,
    notices: [
      notify(admins.prepare(deps, facts, change), { when: isStill }),
      notify(user.prepare(deps, facts, change), { when: isStill }),
    ],
    changes: (guard) => [
      setStatus(target.id, status, deps.now(), guard),
      ...(status === "suspended" ? [deleteKeysOf(target.id, hasStatus(target.id, "suspended"))] : []),
    ],
    isDone: (state) => state.status === status && state.deletedAt === null,
    deed: { action: status === "suspended" ? "suspend" : "activate" },
  });
}
