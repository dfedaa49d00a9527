// Signing in with a password, and signing out.
import type { Deps } from "../kernel/deps.ts";
import { unauthorized } from "../kernel/errors.ts";
import { audit, type AuditEntry } from "./audit.ts";
import { createSessionKey } from "./keys.ts";
import { clearFailures, limitSignIn, type FailureCounter } from "./limits.ts";
import { verifyPassword, hashPassword, withHashSlot } from "./passwords.ts";
import type { QueuePlace } from "../kernel/rules/limits.ts";
import type { Actor } from "./rules/actor.ts";
import { deviceIdOf, deviceMark, devicePurpose } from "./rules/rate-limit.ts";
import { deleteKey, findKey, insertKey, keyExistsSql } from "./store/keys.ts";
import { andSql, hasPasswordHashSql, hasUserStatusSql, replaceHash } from "./store/manage.ts";
import { findUserToSignIn, isUserActiveSql, updateLastSeen } from "./store/users.ts";

export interface Credentials {
  email: string;
  password: string;
  /** The mark that a former sign-in left in this browser. */
  device?: string | undefined;
}

export interface Session {
  /** Shown once; only a hash of it is kept. */
  key: string;
  userId: string;
  /** Epoch milliseconds. */
  expiresAt: number;
  /** A mark for this browser: its failed sign-ins to this account are counted apart from others'. */
  device: string;
}

type Candidate = ReturnType<typeof findUserToSignIn>["_"]["result"][number];

/** How often a sign-in is judged anew when the user changed while the password was hashed. */
const maxTries = 3;

/**
 * Throws 401: the same words, after the same work, whether the address is unknown or the password wrong. Only who knows
 * the password is told of a suspension. Throws 429 before anything is hashed.
 */
export const signIn = (deps: Deps, given: Credentials): Promise<Session> =>
  withHashSlot(deps, undefined, (place) => tryPassword(deps, given, place));

/** The place is taken before anything is counted: who is told to come back has not failed. */
async function tryPassword(deps: Deps, given: Credentials, place: QueuePlace): Promise<Session> {
  const device = deviceIdOf(given.device, given.email, deps.keysFor(devicePurpose));
  const lane: FailureCounter = { email: given.email, source: device === undefined ? undefined : { device } };
  const turns = limitSignIn(deps, lane);
  const find = () => findUserToSignIn(given.email.trim());
  const { found, limits } = await deps.db.write(turns.statements, { found: find(), limits: turns.read });
  turns.require(limits);
  let [candidate] = found;
  for (let left = maxTries; left > 0; left -= 1) {
    const stored = candidate === undefined || candidate.isSystem ? null : candidate.passwordHash;
    const { matches, outdated } = await verifyPassword(deps, given.password, stored, place);
    if (candidate === undefined || !matches) return rejectSignIn(deps, candidate, undefined);
    if (candidate.status !== "active") return rejectSignIn(deps, candidate, lane);
    const renewed = outdated ? await hashPassword(deps, given.password, place) : null;
    const session = await createSession(deps, candidate, { renewed, lane });
    if (session !== undefined) return session;
    [candidate] = (await deps.db.read({ found: find() })).found;
  }
  throw wrongCredentials();
}

const wrongCredentials = () => unauthorized("The email address or the password is wrong.");

/** `suspended`: the password was right, so it is no failure of this lane. */
async function rejectSignIn(
  deps: Deps,
  candidate: Candidate | undefined,
  suspended: FailureCounter | undefined,
): Promise<never> {
  const reason = suspended === undefined ? "wrong_password" : "suspended";
  const entry: AuditEntry = {
    actorId: null,
    action: "login_failed",
    resourceType: "user",
    resourceId: candidate?.id ?? null,
    // What somebody typed who has no account stays with them: it may be a password in the wrong field.
    detail: candidate === undefined ? {} : { email: candidate.email, reason },
  };
  const forgotten =
    suspended === undefined || candidate === undefined
      ? []
      : [clearFailures(deps, suspended, hasUserStatusSql(candidate.id, "suspended"))];
  await deps.db.write([audit(deps, entry), ...forgotten], {});
  throw reason === "suspended"
    ? unauthorized("Your account is suspended. Ask an administrator to activate it.")
    : wrongCredentials();
}

/** Undefined when the user was suspended, removed or given another password since they were read. */
async function createSession(
  deps: Deps,
  user: Candidate,
  { renewed, lane }: { renewed: string | null; lane: FailureCounter },
): Promise<Session | undefined> {
  const key = createSessionKey(deps, user.id);
  const made = keyExistsSql(key.row.id);
  const entry: AuditEntry = {
    actorId: user.id,
    action: "login",
    resourceType: "api_key",
    resourceId: key.row.id,
  };
  const { session } = await deps.db.write(
    [
      // The key before the hash that guards it.
      insertKey(key.row, andSql(isUserActiveSql(user.id), hasPasswordHashSql(user.id, user.passwordHash!))),
      updateLastSeen(user.id, deps.now(), made),
      ...(renewed === null ? [] : [replaceHash(user.id, user.passwordHash!, renewed)]),
      clearFailures(deps, lane, made),
      audit(deps, entry, made),
    ],
    { session: findKey(key.row.id) },
  );
  if (session[0]?.secretHash !== key.row.secretHash) return undefined;
  const known = typeof lane.source === "object" ? lane.source.device : deps.newId();
  const device = deviceMark(deps.keysFor(devicePurpose)[0], lane.email, known);
  return { key: key.text, userId: user.id, expiresAt: key.row.expiresAt, device };
}

/** Ends the session or token that the caller came with. */
export async function signOut(deps: Deps, actor: Actor): Promise<void> {
  const entry: AuditEntry = {
    actorId: actor.userId,
    action: "logout",
    resourceType: "api_key",
    resourceId: actor.keyId,
  };
  await deps.db.write([audit(deps, entry, keyExistsSql(actor.keyId)), deleteKey(actor.keyId)], {});
  deps.process.hub.recheck();
}
