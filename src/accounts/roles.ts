// Giving a user site roles, and taking them away.
import { siteRoles, type SiteRole } from "../../db/schema.ts";
import type { Deps } from "../kernel/deps.ts";
import { ApiError, forbidden } from "../kernel/errors.ts";
import { applyChange, requireManagePermission, requireNotSelf, rolesOf } from "./change.ts";
import type { Actor } from "./rules/actor.ts";
import { mayAssign } from "./rules/permissions.ts";
import { allOf, isNotLastOwner, mayStillAssign, mayStillManage, setRoles } from "./store/manage.ts";
import type { UserRow } from "./store/users.ts";

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
