// Signing in with a password, and signing out.
import type { Deps } from "../kernel/deps.ts";
import { unauthorized } from "../kernel/errors.ts";
import { audit, type AuditEntry } from "./audit.ts";
import { createSessionKey } from "./keys.ts";
import { clearFailures, limitSignIn, type FailureCounter } from "./sign-in-limits.ts";
import { verifyPassword, hashPassword, withHashSlot } from "./passwords.ts";
import type { QueueReservation } from "../kernel/rules/limits.ts";
import type { Actor } from "./rules/actor.ts";
import { deviceIdOf, deviceMark, devicePurpose } from "./rules/sign-in-limits.ts";
import {
  deleteKey,
  deleteOtherSessions,
  findKey,
  hasOtherSessionsSql,
  insertKey,
  keyExistsSql,
} from "./store/keys.ts";
import { andSql, hasPasswordHashSql, hasUserStatusSql, replaceHash } from "./store/manage.ts";
import { findUserToSignIn, isUserActiveSql, updateLastSeen } from "./store/users.ts";

export interface Credentials {
  email: string;
  password: string;
  /** The device mark of an earlier sign-in in this browser. */
  device?: string | undefined;
  /** The browser or program. */
  userAgent?: string | undefined;
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

/** Attempts when the user changes while the password is hashed. */
const maxTries = 3;

/**
 * Throws 401: the same message, after the same work, for an unknown address and a wrong password. Only with the right password
 * it reports a suspension. Throws 429 before anything is hashed.
 */
export const signIn = (deps: Deps, given: Credentials): Promise<Session> =>
  withHashSlot(deps, undefined, (place) => tryPassword(deps, given, place));

/** The hash slot is taken before anything is counted: a 503 counts no failure. */
async function tryPassword(deps: Deps, given: Credentials, place: QueueReservation): Promise<Session> {
  const device = deviceIdOf(given.device, given.email, deps.keysFor(devicePurpose));
  const counter: FailureCounter = {
    email: given.email,
    source: device === undefined ? undefined : { device },
  };
  const limit = limitSignIn(deps, counter);
  const find = () => findUserToSignIn(given.email.trim());
  const { found, limits } = await deps.db.write(limit.statements, { found: find(), limits: limit.read });
  limit.require(limits);
  let [candidate] = found;
  for (let left = maxTries; left > 0; left -= 1) {
    const stored = candidate === undefined || candidate.isSystem ? null : candidate.passwordHash;
    const { matches, outdated } = await verifyPassword(deps, given.password, stored, place);
    if (candidate === undefined || !matches) return rejectSignIn(deps, candidate, undefined);
    if (candidate.status !== "active") return rejectSignIn(deps, candidate, counter);
    const renewed = outdated ? await hashPassword(deps, given.password, place) : null;
    const session = await createSession(deps, candidate, { renewed, counter, userAgent: given.userAgent });
    if (session !== undefined) return session;
    [candidate] = (await deps.db.read({ found: find() })).found;
  }
  throw wrongCredentials();
}

const wrongCredentials = () => unauthorized("The email address or the password is wrong.");

/** `suspended`: the password was right, so it is no failure of this counter. */
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
    // Without an account the input isn't logged: it can be a password in the wrong field.
    detail: candidate === undefined ? {} : { email: candidate.email, reason },
  };
  const forgotten =
    suspended === undefined || candidate === undefined
      ? []
      : [clearFailures(deps, suspended, hasUserStatusSql(candidate.id, "suspended"))];
  await deps.db.write([audit(deps, entry), ...forgotten], {});
  throw reason === "suspended"
    ? unauthorized("Your account is suspended. Ask an administrator to reactivate it.")
    : wrongCredentials();
}

interface NewSession {
  renewed: string | null;
  counter: FailureCounter;
  userAgent: string | undefined;
}

/** Undefined when the user was suspended, removed or given another password since they were read. */
async function createSession(
  deps: Deps,
  user: Candidate,
  { renewed, counter, userAgent }: NewSession,
): Promise<Session | undefined> {
  const key = createSessionKey(deps, user.id, userAgent);
  const created = keyExistsSql(key.row.id);
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
      updateLastSeen(user.id, deps.now(), created),
      ...(renewed === null ? [] : [replaceHash(user.id, user.passwordHash!, renewed)]),
      clearFailures(deps, counter, created),
      audit(deps, entry, created),
    ],
    { session: findKey(key.row.id) },
  );
  if (session[0]?.secretHash !== key.row.secretHash) return undefined;
  const known = typeof counter.source === "object" ? counter.source.device : deps.newId();
  const device = deviceMark(deps.keysFor(devicePurpose)[0], counter.email, known);
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

/** Ends all sessions of a user, but not the caller's own; tokens stay. */
export async function signOutOthers(deps: Deps, actor: Actor, userId = actor.userId): Promise<void> {
  const entry: AuditEntry = {
    actorId: actor.userId,
    action: "logout",
    resourceType: "user",
    resourceId: userId,
    detail: { sessions: "all others" },
  };
  const { keyId } = actor;
  await deps.db.write(
    [
      audit(deps, entry, andSql(keyExistsSql(keyId), hasOtherSessionsSql(userId, keyId))),
      deleteOtherSessions(userId, keyId),
    ],
    {},
  );
  deps.process.hub.recheck();
}
