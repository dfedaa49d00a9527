// Password changes: a user's own, an administrator's for another user, and on the machine for a user who is locked out.
import type { Deps } from "../kernel/deps.ts";
import { invalid, notFound, ApiError } from "../kernel/errors.ts";
import type { QueueReservation } from "../kernel/rules/limits.ts";
import { applyChange, requireManagePermission } from "./change.ts";
import { notify, type KindAnswers } from "../notifications/index.ts";
import { passwordChanged } from "./account-kinds.ts";
import { requireValidPassword } from "./validation.ts";
import { clearFailures, limitOldPassword } from "./sign-in-limits.ts";
import { verifyPassword, hashPassword, withHashSlot } from "./passwords.ts";
import type { Actor } from "./rules/actor.ts";
import { normalizePassword } from "./rules/password.ts";
import { deleteKeysOfUser, keyExistsSql } from "./store/keys.ts";
import { andSql, hasPasswordHashSql, canStillManageUserSql, setPasswordHash } from "./store/manage.ts";
import { endPasscodes } from "./store/passcodes.ts";
import { findUserState, type UserRow, findUserToSignIn, userExistsSql, userIdSql } from "./store/users.ts";
import { audit } from "./audit.ts";
import { listOwners } from "./store/directory.ts";

export interface PasswordChange {
  /** Required for the user's own. */
  oldPassword: string;
  password: string;
}

/** Ends all sessions and tokens but the caller's own key, and notifies the user. Throws 400 that names the field, 403. */
export async function changePassword(
  deps: Deps,
  actor: Actor,
  target: UserRow,
  { oldPassword, password }: PasswordChange,
): Promise<void> {
  const isSelf = actor.userId === target.id;
  if (!isSelf) requireManagePermission(actor, target);
  if (isSelf && oldPassword === "") throw invalid("old_password", "required to change your own password");
  await requireValidPassword(deps, password, target);
  const { seen, read, renewed } = await withHashSlot(deps, actor.userId, async (place) => {
    const before = isSelf
      ? await requireOldPassword(deps, target, { oldPassword, password }, place)
      : await findHash(deps, target);
    return { ...before, renewed: await hashPassword(deps, password, place) };
  });
  const changed = passwordChanged.prepare(deps, read, {
    userId: target.id,
    how: isSelf
      ? { by: "user", address: deps.clientAddress }
      : { by: "administrator", username: actor.username },
    at: deps.now(),
    identity: deps.requestId,
  });
  const guard = isSelf
    ? andSql(keyExistsSql(actor.keyId), hasPasswordHashSql(target.id, seen ?? ""))
    : canStillManageUserSql(actor, target.id);
  const { passwordHash } = await applyChange(deps, {
    actor,
    target,
    guard,
    notices: [notify(changed, { when: guard })],
    changes: (guard) => [
      setPasswordHash(target.id, renewed, deps.now(), guard),
      deleteKeysOfUser(target.id, hasPasswordHashSql(target.id, renewed), isSelf ? actor.keyId : undefined),
      endPasscodes(target.id, hasPasswordHashSql(target.id, renewed)),
    ],
    // A concurrent change with the same old password gets an error below.
    isDone: (now) => now.passwordHash === renewed || (isSelf && now.passwordHash !== seen),
    entry: { action: "write", detail: { password: "changed" } },
  });
  if (passwordHash !== renewed) throw wrongOldPassword();
}

const wrongOldPassword = () => invalid("old_password", "incorrect password");

/** What a change is decided by. */
interface Before {
  /** The hash that is replaced. */
  seen: string | null;
  read: KindAnswers<typeof passwordChanged>;
}

async function findHash(deps: Deps, target: UserRow): Promise<Before> {
  const { state, ...read } = await deps.db.read({
    state: findUserState(target.id),
    ...passwordChanged.reads(userIdSql(target.id)),
  });
  if (state[0] === undefined) throw notFound("User");
  return { seen: state[0].passwordHash, read };
}

/** The hash that the old password matches. Wrong ones count as failures of the account. Throws 400, 429. */
async function requireOldPassword(
  deps: Deps,
  target: UserRow,
  { oldPassword, password }: PasswordChange,
  place: QueueReservation,
): Promise<Before> {
  const limit = limitOldPassword(deps, target.email);
  const { state, limits, ...read } = await deps.db.write(limit.statements, {
    state: findUserState(target.id),
    limits: limit.read,
    ...passwordChanged.reads(userIdSql(target.id)),
  });
  if (state[0] === undefined) throw notFound("User");
  limit.require(limits);
  const stored = state[0].passwordHash;
  const { matches } = await verifyPassword(deps, oldPassword, stored, place);
  if (!matches) throw wrongOldPassword();
  const counter = { email: target.email, source: "signed in" } as const;
  await deps.db.write([clearFailures(deps, counter, hasPasswordHashSql(target.id, stored ?? ""))], {});
  if (normalizePassword(oldPassword) === normalizePassword(password))
    throw invalid("password", "must differ from the current password");
  return { seen: stored, read };
}

/** By email address. Throws 404, with the owners' addresses in its detail. */
export async function findUserForReset(deps: Deps, email: string): Promise<UserRow> {
  const { found, owners } = await deps.db.read({
    found: findUserToSignIn(email.trim()),
    owners: listOwners(),
  });
  const user = found[0];
  if (user !== undefined && !user.isSystem) return user;
  const addresses = owners.map((owner) => `${owner.email} (${owner.username})`);
  throw new ApiError(404, `No user has the email address ${email.trim()}.`, {
    detail:
      addresses.length === 0
        ? "There are no users yet: open Belfry and create the first user."
        : `The owners are ${addresses.join(", ")}.`,
  });
}

/** Ends all sessions and tokens of the user. Throws 400 that says what is wrong with the password. */
export async function resetPassword(deps: Deps, target: UserRow, password: string): Promise<void> {
  await requireValidPassword(deps, password, target);
  const [renewed, read] = [
    await hashPassword(deps, password),
    await deps.db.read(passwordChanged.reads(userIdSql(target.id))),
  ];
  const changed = passwordChanged.prepare(deps, read, {
    userId: target.id,
    how: { by: "machine" },
    at: deps.now(),
    identity: deps.requestId,
  });
  const isDone = hasPasswordHashSql(target.id, renewed);
  const entry = {
    actorId: null,
    action: "write",
    resourceType: "user" as const,
    resourceId: target.id,
    detail: { password: "reset", where: "on the machine" },
  };
  const { state } = await deps.db.write(
    [
      setPasswordHash(target.id, renewed, deps.now(), userExistsSql(target.id)),
      deleteKeysOfUser(target.id, isDone),
      endPasscodes(target.id, isDone),
      audit(deps, entry, isDone),
      // Only written: the server sends it.
      ...notify(changed, { when: isDone }).statements,
    ],
    { state: findUserState(target.id) },
  );
  if (state[0]?.passwordHash !== renewed)
    throw new ApiError(409, "This user was changed at the same time. Try again.");
}
