// Password resets with a one-time passcode sent by email. Neither the answer nor the work done reveals whether an account
// exists.
import { createHmac, randomInt } from "node:crypto";
import type { Deps } from "../kernel/deps.ts";
import {
  hotpDigits,
  createSelector,
  passcodeLifetimeMs,
  formatPasscode,
  parsePasscode,
  equalDigits,
} from "./rules/one-time-codes.ts";
import { notify, sealLabels, writeAndNotify, type KindAnswers } from "../notifications/index.ts";
import { oneTimePasscode, passwordChanged } from "./account-kinds.ts";
import { audit } from "./audit.ts";
import { requireManagePermission } from "./change.ts";
import type { Actor } from "./rules/actor.ts";
import { limitByNetwork, clearFailures } from "./sign-in-limits.ts";
import {
  findPasscode,
  findUserToReset,
  insertPasscode,
  canIssuePasscodeSql,
  countAttempt,
  endPasscodes,
  findAttemptedPasscode,
  deleteAttempt,
  isPasscodeOpenSql,
} from "./store/passcodes.ts";
import { userIdByEmailSql, findUserState, type UserRow } from "./store/users.ts";
import { ApiError, conflict, invalid } from "../kernel/errors.ts";
import { requireValidPassword } from "./validation.ts";
import { verifyPassword, hashPassword } from "./passwords.ts";
import { deleteKeysOfUser } from "./store/keys.ts";
import { hasPasswordHashSql, setPasswordHash } from "./store/manage.ts";
type Keys = Pick<Deps, "keysFor">;

/** With the current key, then with the former one; new passcodes have the first. */
export const passcodeDigits = ({ keysFor }: Keys, userId: string, counter: number): string[] =>
  keysFor(`one-time passcode of ${userId}`).map((secret) => hotpDigits(secret, counter));

/** Hashes of the selector for the database, likewise. */
export const hashSelectors = ({ keysFor }: Keys, selector: string): string[] =>
  keysFor("passcode selectors").map((key) => createHmac("sha256", key).update(selector).digest("base64url"));

/** Attempts when concurrent requests of the same account win. */
const maxTries = 4;

type Receiver = ReturnType<typeof findUserToReset>["_"]["result"][number];

/** For somebody who can manage the account: mails its user a passcode. Throws 403, 409, 429. */
export async function sendPasswordReset(deps: Deps, actor: Actor, target: UserRow): Promise<void> {
  requireManagePermission(actor, target);
  if (deps.config.notifications.channels.smtp === undefined)
    throw conflict("This server can't send email.", "Set a new password instead.");
  if (target.status !== "active")
    throw conflict("A suspended user can't reset their password.", "Activate the user first.");
  await requestPasscode(deps, target.email, actor.userId);
}

/** Throws 429 and nothing else: there may be no such account, one that can't sign in, or three that wait already. */
export async function requestPasscode(
  deps: Deps,
  email: string,
  actorId: string | null = null,
): Promise<void> {
  const address = email.trim();
  const limit = limitByNetwork(deps);
  const { limits, found, ...read } = await deps.db.write(limit.statements, {
    limits: limit.read,
    found: findUserToReset(address),
    ...oneTimePasscode.reads(userIdByEmailSql(address)),
  });
  limit.require(limits);
  const entry = audit(deps, {
    actorId,
    action: "request_password_reset",
    resourceType: "user",
    resourceId: found[0]?.id ?? null,
  });
  const give = async (receiver: Receiver, left: number): Promise<void> => {
    const { row, event } = await createPasscode(deps, receiver, read);
    const when = canIssuePasscodeSql(receiver.id, receiver.counter, deps.now());
    const { created, now } = await writeAndNotify(
      deps,
      [entry, notify(event, { when }), ...insertPasscode(row, when)],
      { created: findPasscode(row.id), now: findUserToReset(address) },
    );
    const [next] = now;
    if (created.length > 0 || next === undefined || next.counter === receiver.counter || left === 1) return;
    // Only an existing account gets here: retries are deferred, so the response takes the same time.
    deps.defer(() => give(next, left - 1));
  };
  await give(found[0] ?? unknownReceiver(deps, address), maxTries);
}

const unknownReceiver = ({ newId }: Deps, email: string): Receiver => ({
  id: newId(),
  username: "",
  email,
  counter: 0,
});

async function createPasscode(
  deps: Deps,
  { id: userId, counter: last, ...receiver }: Receiver,
  read: KindAnswers<typeof oneTimePasscode>,
) {
  const createdAt = deps.now();
  const counter = last + 1;
  const selector = createSelector((below) => randomInt(below));
  const [digits] = passcodeDigits(deps, userId, counter);
  const [stored] = hashSelectors(deps, selector);
  const row = {
    id: deps.newId(),
    userId,
    selector: stored!,
    counter,
    createdAt,
    expiresAt: createdAt + passcodeLifetimeMs,
  };
  const person = read["one-time-passcode.recipients"][0] ?? {
    userId,
    name: "",
    disabled: null,
    ownActionsNotify: false,
    quietHours: null,
    timeZone: null,
    digest: null,
    ownReceivers: null,
    inDigest: null,
    disabledMethods: null,
    addedMethods: null,
    mutes: null,
    rules: "[]",
    roles: "[]",
    hasPush: 0,
    ...receiver,
  };
  // The write checks whether the user can have one; until then all are prepared alike.
  const everybody = [{ ...person, status: "active" as const }];
  const event = oneTimePasscode.prepare(deps, read, row, everybody);
  const labels = { one_time_passcode: formatPasscode({ selector, digits: digits! }) };
  return { row, event: await sealLabels(deps, event, labels) };
}

export interface PasscodeChange {
  email: string;
  passcode: string;
  password: string;
}

type Tried = ReturnType<typeof findAttemptedPasscode>["_"]["result"][number];

/**
 * Ends all sessions and tokens. Throws 429, 503; 400 that names `password` for a bad one, which uses nothing up, and one
 * 400 for everything that may be wrong with the code or the address.
 */
export async function changeWithPasscode(deps: Deps, given: PasscodeChange): Promise<void> {
  const { password } = given;
  const email = given.email.trim();
  await requireValidPassword(deps, password, { email });
  const { tried, read } = await attemptPasscode(deps, email, given.passcode);
  if (tried === undefined) throw invalidCode();
  try {
    await requireValidPassword(deps, password, tried);
    const { matches } = await verifyPassword(deps, password, tried.passwordHash);
    if (matches) throw invalid("password", "must differ from the current password");
  } catch (error) {
    // The code was correct, so this attempt doesn't count.
    await deps.db.write([deleteAttempt(deps.requestId)], {});
    throw error;
  }
  const renewed = await hashPassword(deps, password);
  await replacePassword(deps, { user: tried, renewed, read });
}

const invalidCode = () =>
  new ApiError(400, "The code is wrong or expired.", {
    detail: "The code in the email works once, within 20 minutes. You can request another one.",
  });

/** Counts the attempt, then compares. Wrong digits, another user's code and an unknown address take the same work. */
async function attemptPasscode(deps: Deps, email: string, text: string) {
  const limit = limitByNetwork(deps);
  const code = parsePasscode(text) ?? { selector: createSelector((below) => randomInt(below)), digits: "" };
  const selectors = hashSelectors(deps, code.selector);
  const attempt = countAttempt({ id: deps.requestId, selectors, email, now: deps.now() }, limit.allowedSql);
  const { limits, tried, ...read } = await deps.db.write([...limit.statements, attempt], {
    limits: limit.read,
    tried: findAttemptedPasscode(deps.requestId),
    ...passwordChanged.reads(userIdByEmailSql(email)),
  });
  limit.require(limits);
  const [candidate] = tried;
  const expected = passcodeDigits(deps, candidate?.id ?? deps.requestId, candidate?.counter ?? 0);
  const isRight = expected.map((digits) => equalDigits(code.digits, digits)).includes(true);
  if (candidate !== undefined && isRight) return { tried: candidate, read };
  const entry = {
    actorId: null,
    action: "password_reset_failed",
    resourceType: "user" as const,
    resourceId: candidate?.id ?? null,
  };
  await deps.db.write([audit(deps, entry)], {});
  return { tried: undefined, read };
}

interface Replacement {
  user: Tried;
  renewed: string;
  read: KindAnswers<typeof passwordChanged>;
}

/** The passcode ends last: the other statements depend on it being open, so they apply once. */
async function replacePassword(deps: Deps, { user, renewed, read }: Replacement): Promise<void> {
  const changed = passwordChanged.prepare(deps, read, {
    userId: user.id,
    how: { by: "code", address: deps.clientAddress },
    at: deps.now(),
    identity: deps.requestId,
  });
  const open = isPasscodeOpenSql(user.passcodeId, deps.now());
  const entry = {
    actorId: null,
    action: "write",
    resourceType: "user" as const,
    resourceId: user.id,
    detail: { password: "reset", where: "with a passcode" },
  };
  const { state } = await writeAndNotify(
    deps,
    [
      notify(changed, { when: open }),
      audit(deps, entry, open),
      deleteKeysOfUser(user.id, open),
      clearFailures(deps, { email: user.email }, open),
      setPasswordHash(user.id, renewed, deps.now(), open),
      endPasscodes(user.id, hasPasswordHashSql(user.id, renewed)),
    ],
    { state: findUserState(user.id) },
  );
  if (state[0]?.passwordHash !== renewed) throw invalidCode();
  deps.process.hub.recheck();
}
