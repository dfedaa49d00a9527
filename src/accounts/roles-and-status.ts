// Changes of a user's site roles and status.
import { siteRoles, type SiteRole, type UserStatus } from "../../db/schema.ts";
import type { Deps } from "../kernel/deps.ts";
import { ApiError, forbidden } from "../kernel/errors.ts";
import { applyChange, requireManagePermission, requireNotSelf, rolesOf } from "./change.ts";
import type { Actor } from "./rules/actor.ts";
import { mayAssign } from "./rules/permissions.ts";
import {
  allOf,
  isNotLastOwner,
  mayStillAssign,
  mayStillManage,
  setRoles,
  hasStatus,
  setStatus,
} from "./store/manage.ts";
import type { UserRow } from "./store/users.ts";
import type { Answers, SQL } from "../../db/client.ts";
import { notify } from "../notifications/index.ts";
import { accountStatusKinds, changeBy } from "./account-kinds.ts";
import { deleteKeysOf } from "./store/keys.ts";

/** Exactly these roles. Throws 403, 400 for oneself, 409 for the last active owner. */
export async function changeRoles(
  deps: Deps,
  actor: Actor,
  target: UserRow,
  roles: readonly SiteRole[],
): Promise<UserRow> {
  requireManagePermission(actor, target);
  await requireNotSelf(deps, actor, target, new ApiError(400, "You can't change your own roles."));
  const from = rolesOf(target);
  const to = siteRoles.filter((role) => roles.includes(role));
  const changed = siteRoles.filter((role) => from.includes(role) !== to.includes(role));
  if (changed.length === 0) return target;
  const denied = changed.filter((role) => !mayAssign(actor, role));
  if (denied.length > 0)
    throw forbidden(`Only an owner may assign or remove a site role (${denied.join(", ")}).`);
  const mayManageNow = allOf(mayStillManage(actor, target.id), mayStillAssign(actor, changed));
  return applyChange(deps, {
    actor,
    target,
    guard: to.includes("owner") ? mayManageNow : allOf(mayManageNow, isNotLastOwner(target.id)),
    changes: (guard) => setRoles(target.id, to, deps.now(), guard),
    isDone: (state) => sameRoles(rolesOf(state), to) && state.deletedAt === null,
    deed: { action: "write", detail: { roles: { from, to } } },
  });
}

const sameRoles = (a: readonly SiteRole[], b: readonly SiteRole[]) =>
  a.length === b.length && a.every((role) => b.includes(role));

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
