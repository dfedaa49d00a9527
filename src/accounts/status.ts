// Suspending a user and activating them again.
import type { UserStatus } from "../../db/schema.ts";
import type { Deps } from "../kernel/deps.ts";
import { ApiError } from "../kernel/errors.ts";
import { applyChange, demandManage, refuseSelf } from "./change.ts";
import { planStatus, type StatusFacts } from "./news.ts";
import type { Actor } from "./rules/actor.ts";
import { deleteKeysOf } from "./store/keys.ts";
import { allOf, hasStatus, isNotLastOwner, mayStillManage, setStatus } from "./store/manage.ts";
import type { UserRow } from "./store/users.ts";

/** Tells the person and the admins. A suspension ends all sessions and tokens at once. Throws 403, 400 for oneself, 409 for the last active owner. */
export async function changeStatus(
  deps: Deps,
  actor: Actor,
  target: UserRow,
  status: UserStatus,
  facts: StatusFacts,
): Promise<UserRow> {
  demandManage(actor, target);
  if (status === "suspended")
    await refuseSelf(deps, actor, target, new ApiError(400, "You can't suspend yourself."));
  if (target.status === status) return target;
  const mayManageNow = mayStillManage(actor, target.id);
  const guard = status === "suspended" ? allOf(mayManageNow, isNotLastOwner(target.id)) : mayManageNow;
  return applyChange(deps, {
    actor,
    target,
    guard,
    tells: {
      plans: planStatus(deps, actor, target, status, facts),
      when: allOf(guard, hasStatus(target.id, target.status)),
    },
    changes: (guard) => [
      setStatus(target.id, status, deps.now(), guard),
      ...(status === "suspended" ? [deleteKeysOf(target.id, hasStatus(target.id, "suspended"))] : []),
    ],
    isDone: (state) => state.status === status && state.deletedAt === null,
    deed: { action: status === "suspended" ? "suspend" : "activate" },
  });
}
