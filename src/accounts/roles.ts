// Giving a user site roles, and taking them away.
import { siteRoles, type SiteRole } from "../../db/schema.ts";
import type { Deps } from "../deps.ts";
import { ApiError, forbidden } from "../errors.ts";
import { applyChange, demandManage, refuseSelf, rolesOf } from "./change.ts";
import type { Actor } from "./rules/actor.ts";
import { allOf, isNotLastOwner, mayStillManage, setRoles } from "./store/manage.ts";
import type { UserRow } from "./store/users.ts";

/** Exactly these roles. Throws 403, 400 for oneself, 409 for the last active owner. */
export async function changeRoles(
  deps: Deps,
  actor: Actor,
  target: UserRow,
  roles: readonly SiteRole[],
  requestId: string,
): Promise<UserRow> {
  demandManage(actor, target);
  await refuseSelf(deps, actor, target, new ApiError(400, "You can't change your own roles."));
  if (roles.includes("owner") && !actor.roles.includes("owner"))
    throw forbidden("Only an owner may make somebody an owner.");
  const from = rolesOf(target);
  const to = siteRoles.filter((role) => roles.includes(role));
  if (sameRoles(from, to)) return target;
  const mayManageNow = mayStillManage(actor, target.id);
  return applyChange(deps, {
    actor,
    target,
    guard: to.includes("owner") ? mayManageNow : allOf(mayManageNow, isNotLastOwner(target.id)),
    changes: (guard) => setRoles(target.id, to, deps.now(), guard),
    isDone: (state) => sameRoles(rolesOf(state), to) && state.deletedAt === null,
    deed: { action: "write", requestId, detail: { roles: { from, to } } },
  });
}

const sameRoles = (a: readonly SiteRole[], b: readonly SiteRole[]) =>
  a.length === b.length && a.every((role) => b.includes(role));
