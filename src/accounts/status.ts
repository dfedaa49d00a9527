// Suspending a user and activating them again.
import type { UserStatus } from "../../db/schema.ts";
import type { Deps } from "../deps.ts";
import { ApiError } from "../errors.ts";
import { applyChange, demandManage, refuseSelf } from "./change.ts";
import type { Actor } from "./rules/actor.ts";
import { deleteKeysOf } from "./store/keys.ts";
import { allOf, isNotLastOwner, isSuspended, mayStillManage, setStatus } from "./store/manage.ts";
import type { UserRow } from "./store/users.ts";

/** A suspension ends all sessions and tokens at once. Throws 403, 400 for oneself, 409 for the last active owner. */
export async function changeStatus(
  deps: Deps,
  actor: Actor,
  target: UserRow,
  status: UserStatus,
  requestId: string,
): Promise<UserRow> {
  demandManage(actor, target);
  if (status === "suspended")
    await refuseSelf(deps, actor, target, new ApiError(400, "You can't suspend yourself."));
  if (target.status === status) return target;
  const mayManageNow = mayStillManage(actor, target.id);
  return applyChange(deps, {
    actor,
    target,
    guard: status === "suspended" ? allOf(mayManageNow, isNotLastOwner(target.id)) : mayManageNow,
    changes: (guard) => [
      setStatus(target.id, status, deps.now(), guard),
      ...(status === "suspended" ? [deleteKeysOf(target.id, isSuspended(target.id))] : []),
    ],
    isDone: (state) => state.status === status && state.deletedAt === null,
    deed: { action: status === "suspended" ? "suspend" : "activate", requestId },
  });
}
