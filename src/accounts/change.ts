// One guarded change of a user: what it writes, whether it was applied, and the error when it wasn't.
import type { SQL, Statement } from "../../db/client.ts";
import type { SiteRole } from "../../db/schema.ts";
import type { Deps } from "../kernel/deps.ts";
import { conflict, forbidden, notFound, unauthorized, type ApiError } from "../kernel/errors.ts";
import { writeAndNotify, type Notice } from "../notifications/index.ts";
import { audit, type AuditEntry } from "./audit.ts";
import { withTakenErrors } from "./validation.ts";
import type { Actor } from "./rules/actor.ts";
import { hasPermission, canManageUser } from "./rules/permissions.ts";
import { findKey } from "./store/keys.ts";
import { findOtherOwner } from "./store/manage.ts";
import { findUserState, type UserRow } from "./store/users.ts";

export type UserState = ReturnType<typeof findUserState>["_"]["result"][number];

export interface Change {
  actor: Actor;
  target: UserRow;
  /** Must hold at the time of the write. */
  guard: SQL;
  changes: (guard: SQL) => Statement[];
  notices?: readonly Notice[];
  /** Whether the change was applied. */
  isDone: (state: UserState) => boolean;
  entry: Pick<AuditEntry, "action" | "detail">;
}

export const parseRoles = (user: Pick<UserRow, "roles">) => JSON.parse(user.roles) as SiteRole[];

const notAllowed = () =>
  forbidden("Only owners can change this account; user admins can if it has no site role.");

/** Throws 403 unless the actor can manage this user. */
export function requireManagePermission(actor: Actor, target: UserRow): void {
  if (target.isSystem) throw forbidden("This user belongs to the system; nobody can change it.");
  // `requireNotSelf` rejects what users can't do to their own account.
  const allowed =
    actor.userId === target.id
      ? hasPermission(actor, "users:manage")
      : canManageUser(actor, { roles: parseRoles(target) });
  if (!allowed) throw notAllowed();
}

/**
 * One write, guarded by what the request was allowed by; if the guard failed, the error follows from the state after the write.
 * The audit entry and the notices come first, while their guards still see the state before.
 */
export async function applyChange(deps: Deps, change: Change): Promise<UserState> {
  const { actor, target, guard, changes, notices = [], isDone, entry } = change;
  const audited = audit(
    deps,
    { ...entry, actorId: actor.userId, resourceType: "user", resourceId: target.id },
    guard,
  );
  const { state, otherOwner, caller } = await withTakenErrors(
    writeAndNotify(deps, [audited, ...notices, ...changes(guard)], {
      state: findUserState(target.id),
      otherOwner: findOtherOwner(target.id),
      caller: findKey(actor.keyId),
    }),
  );
  deps.process.hub.recheck();
  const now = state[0];
  if (now !== undefined && isDone(now)) return now;
  if (caller.length === 0) throw unauthorized();
  if (now === undefined || now.deletedAt !== null) throw notFound("User");
  throw isLastOwner(now, otherOwner.length > 0) ? lastOwner() : notAllowed();
}

/** Users can't delete, suspend or demote themselves: 409 for the last owner, otherwise Coder's error. */
export async function requireNotSelf(
  deps: Deps,
  actor: Actor,
  target: UserRow,
  error: ApiError,
): Promise<void> {
  if (target.id !== actor.userId) return;
  const { otherOwner } = await deps.db.read({ otherOwner: findOtherOwner(target.id) });
  throw isLastOwner(target, otherOwner.length > 0) ? lastOwner() : error;
}

const isLastOwner = (user: UserRow, thereIsAnother: boolean) =>
  !thereIsAnother && user.status === "active" && parseRoles(user).includes("owner");

const lastOwner = () =>
  conflict("This is the last active owner.", "Assign the owner role to another user first.");
