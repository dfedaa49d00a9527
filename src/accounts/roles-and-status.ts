// Changes of a user's site roles and status.
import { siteRoles, type SiteRole, type UserStatus } from "../../db/schema.ts";
import type { Deps } from "../kernel/deps.ts";
import { ApiError, forbidden } from "../kernel/errors.ts";
import { applyChange, requireManagePermission, requireNotSelf, parseRoles } from "./change.ts";
import type { Actor } from "./rules/actor.ts";
import { canAssignRole } from "./rules/permissions.ts";
import {
  andSql,
  isNotLastOwnerSql,
  canStillAssignRolesSql,
  canStillManageUserSql,
  setRoles,
  hasUserStatusSql,
  setStatus,
} from "./store/manage.ts";
import type { UserRow } from "./store/users.ts";
import type { Answers, SQL } from "../../db/client.ts";
import { notify } from "../notifications/index.ts";
import { accountStatusKinds, changeBy } from "./account-kinds.ts";
import { deleteKeysOfUser } from "./store/keys.ts";

/** Exactly these roles. Throws 403, 400 for oneself, 409 for the last active owner. */
export async function changeRoles(
  deps: Deps,
  actor: Actor,
  target: UserRow,
  roles: readonly SiteRole[],
): Promise<UserRow> {
  requireManagePermission(actor, target);
  await requireNotSelf(deps, actor, target, new ApiError(400, "You can't change your own roles."));
  const from = parseRoles(target);
  const to = siteRoles.filter((role) => roles.includes(role));
  const changed = siteRoles.filter((role) => from.includes(role) !== to.includes(role));
  if (changed.length === 0) return target;
  const denied = changed.filter((role) => !canAssignRole(actor, role));
  if (denied.length > 0)
    throw forbidden(`Only owners can assign or remove site roles (${denied.join(", ")}).`);
  const canManage = andSql(canStillManageUserSql(actor, target.id), canStillAssignRolesSql(actor, changed));
  return applyChange(deps, {
    actor,
    target,
    guard: to.includes("owner") ? canManage : andSql(canManage, isNotLastOwnerSql(target.id)),
    changes: (guard) => setRoles(target.id, to, deps.now(), guard),
    isDone: (state) => sameRoles(parseRoles(state), to) && state.deletedAt === null,
    entry: { action: "write", detail: { roles: { from, to } } },
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
  const canManage = canStillManageUserSql(actor, target.id);
  const guard = status === "suspended" ? andSql(canManage, isNotLastOwnerSql(target.id)) : canManage;
  const isUnchangedSql = andSql(guard, hasUserStatusSql(target.id, target.status));
  const { admins, user } = accountStatusKinds[status];
  // Suspended, activated and suspended again are three events.
  const change = changeBy(actor, target, deps.newId());
  return applyChange(deps, {
    actor,
    target,
    guard,
    notices: [
      notify(admins.prepare(deps, facts, change), { when: isUnchangedSql }),
      notify(user.prepare(deps, facts, change), { when: isUnchangedSql }),
    ],
    changes: (guard) => [
      setStatus(target.id, status, deps.now(), guard),
      ...(status === "suspended"
        ? [deleteKeysOfUser(target.id, hasUserStatusSql(target.id, "suspended"))]
        : []),
    ],
    isDone: (state) => state.status === status && state.deletedAt === null,
    entry: { action: status === "suspended" ? "suspend" : "activate" },
  });
}
