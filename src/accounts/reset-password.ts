// A new password for somebody who is locked out, given on the machine itself. `belfry admin reset-password` calls it.
import type { Deps } from "../kernel/deps.ts";
import { ApiError } from "../kernel/errors.ts";
import { audit } from "./audit.ts";
import { requireGoodPassword } from "./checks.ts";
import { hashPassword } from "./passwords.ts";
import { deleteKeysOf } from "./store/keys.ts";
import { hasHash, setPasswordHash } from "./store/manage.ts";
import { endPasscodes } from "./store/passcodes.ts";
import { listOwners } from "./store/people.ts";
import { findUserState, findUserToSignIn, userExists, type UserRow } from "./store/users.ts";

/** By email address. Throws 404, with the owners' addresses in its detail. */
export async function findLockedOut(deps: Deps, email: string): Promise<UserRow> {
  const { found, owners } = await deps.db.read({
    found: findUserToSignIn(email.trim()),
    owners: listOwners(),
  });
  const user = found[0];
  if (user !== undefined && !user.isSystem) return user;
  const addresses = owners.map((owner) => `${owner.email} (${owner.username})`);
  throw new ApiError(404, `Nobody here has the address ${email.trim()}.`, {
    detail:
      addresses.length === 0
        ? "There is no owner yet: open Belfry and make the first user."
        : `The owners are ${addresses.join(", ")}.`,
  });
}

/** Ends all sessions and tokens of the user. Throws 400 that says what is wrong with the password. */
export async function resetPassword(deps: Deps, target: UserRow, password: string): Promise<void> {
  await requireGoodPassword(deps, password, target);
  const renewed = await hashPassword(deps, password);
  const isDone = hasHash(target.id, renewed);
  const entry = {
    actorId: null,
    action: "write",
    resourceType: "user" as const,
    resourceId: target.id,
    detail: { password: "reset", where: "on the machine" },
  };
  const { state } = await deps.db.write(
    [
      setPasswordHash(target.id, renewed, deps.now(), userExists(target.id)),
      deleteKeysOf(target.id, isDone),
      endPasscodes(target.id, isDone),
      audit(deps, entry, isDone),
    ],
    { state: findUserState(target.id) },
  );
  if (state[0]?.passwordHash !== renewed)
    throw new ApiError(409, "Somebody else changed this user meanwhile.");
}
