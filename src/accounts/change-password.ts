// Changing a password: one's own, or as an administrator somebody else's.
import type { Deps } from "../kernel/deps.ts";
import { invalid, notFound } from "../kernel/errors.ts";
import type { QueuePlace } from "../kernel/rules/fair-queue.ts";
import { applyChange, requireManagePermission } from "./change.ts";
import { requireGoodPassword } from "./checks.ts";
import { forgetFailures, turnOfOldPassword } from "./limits.ts";
import { checkPassword, hashPassword, withHashPlace } from "./passwords.ts";
import type { Actor } from "./rules/actor.ts";
import { normalisePassword } from "./rules/password.ts";
import { deleteKeysOf, keyExists } from "./store/keys.ts";
import { allOf, hasHash, mayStillManage, setPasswordHash } from "./store/manage.ts";
import { endPasscodes } from "./store/passcodes.ts";
import { findUserState, type UserRow } from "./store/users.ts";

export interface PasswordChange {
  /** Needed for one's own. */
  oldPassword: string;
  password: string;
}

/** Ends all sessions and tokens but the caller's own key. Throws 400 that names the field, 403. */
export async function changePassword(
  deps: Deps,
  actor: Actor,
  target: UserRow,
  { oldPassword, password }: PasswordChange,
): Promise<void> {
  const isSelf = actor.userId === target.id;
  if (!isSelf) requireManagePermission(actor, target);
  if (isSelf && oldPassword === "") throw invalid("old_password", "is needed to change your own password");
  await requireGoodPassword(deps, password, target);
  const { seen, renewed } = await withHashPlace(deps, actor.userId, async (place) => {
    const seen = isSelf
      ? await requireOldPassword(deps, target, { oldPassword, password }, place)
      : await findHash(deps, target);
    return { seen, renewed: await hashPassword(deps, password, place) };
  });
  const { passwordHash } = await applyChange(deps, {
    actor,
    target,
    guard: isSelf
      ? allOf(keyExists(actor.keyId), hasHash(target.id, seen ?? ""))
      : mayStillManage(actor, target.id),
    changes: (guard) => [
      setPasswordHash(target.id, renewed, deps.now(), guard),
      deleteKeysOf(target.id, hasHash(target.id, renewed), isSelf ? actor.keyId : undefined),
      endPasscodes(target.id, hasHash(target.id, renewed)),
    ],
    // Somebody who was faster with the same old password is told so below.
    isDone: (now) => now.passwordHash === renewed || (isSelf && now.passwordHash !== seen),
    deed: { action: "write", detail: { password: "changed" } },
  });
  if (passwordHash !== renewed) throw wrongOldPassword();
}

const wrongOldPassword = () => invalid("old_password", "is not your password");

async function findHash(deps: Deps, target: UserRow): Promise<string | null> {
  const { state } = await deps.db.read({ state: findUserState(target.id) });
  if (state[0] === undefined) throw notFound("User");
  return state[0].passwordHash;
}

/** The hash that the old password fits. Wrong ones are failures of the account. Throws 400, 429. */
async function requireOldPassword(
  deps: Deps,
  target: UserRow,
  { oldPassword, password }: PasswordChange,
  place: QueuePlace,
): Promise<string | null> {
  const turn = turnOfOldPassword(deps, target.email);
  const { state, limits } = await deps.db.write(turn.statements, {
    state: findUserState(target.id),
    limits: turn.read,
  });
  if (state[0] === undefined) throw notFound("User");
  turn.require(limits);
  const stored = state[0].passwordHash;
  const { matches } = await checkPassword(deps, oldPassword, stored, place);
  if (!matches) throw wrongOldPassword();
  const lane = { email: target.email, apart: "signed in" } as const;
  await deps.db.write([forgetFailures(deps, lane, hasHash(target.id, stored ?? ""))], {});
  if (normalisePassword(oldPassword) === normalisePassword(password))
    throw invalid("password", "is the one that you have already");
  return stored;
}
