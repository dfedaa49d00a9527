// Signing in with a password, and out. The API and the sign-in page call it.
import type { Deps } from "../deps.ts";
import { unauthorized } from "../errors.ts";
import { audit, type AuditedDeed } from "./audit.ts";
import { makeSessionKey } from "./make-key.ts";
import { forgetFailures, turnsOfSignIn } from "./limits.ts";
import { checkPassword, hashPassword } from "./passwords.ts";
import type { Actor } from "./rules/actor.ts";
import { deleteKey, findKey, insertKey, keyExists } from "./store/keys.ts";
import { allOf, hasHash, replaceHash } from "./store/manage.ts";
import { findUserToSignIn, mayAct, noteSeen } from "./store/users.ts";

export interface Credentials {
  email: string;
  password: string;
}

export interface Session {
  /** Shown once; only a hash of it is kept. */
  key: string;
  userId: string;
  /** Epoch milliseconds. */
  expiresAt: number;
}

type Candidate = ReturnType<typeof findUserToSignIn>["_"]["result"][number];

/** How often a sign-in is judged anew when the user changed while the password was hashed. */
const tries = 3;

/**
 * Throws 401: the same words, after the same work, whether the address is unknown or the password wrong. Only who knows
 * the password is told of a suspension. Throws 429 before anything is hashed.
 */
export async function signIn(deps: Deps, given: Credentials, requestId: string): Promise<Session> {
  const turns = turnsOfSignIn(deps, given.email, requestId);
  const find = () => findUserToSignIn(given.email.trim());
  const { found, limits } = await deps.db.write(turns.statements, { found: find(), limits: turns.read });
  turns.demand(limits);
  let [candidate] = found;
  for (let left = tries; left > 0; left -= 1) {
    const stored = candidate === undefined || candidate.isSystem ? null : candidate.passwordHash;
    const { matches, outdated } = await checkPassword(deps, given.password, stored);
    if (candidate === undefined || !matches) return refuse(deps, candidate, "wrong_password", requestId);
    if (candidate.status !== "active") return refuse(deps, candidate, "suspended", requestId);
    const renewed = outdated ? await hashPassword(deps, given.password) : null;
    const session = await begin(deps, candidate, renewed, requestId);
    if (session !== undefined) return session;
    [candidate] = (await deps.db.read({ found: find() })).found;
  }
  throw wrongCredentials();
}

const wrongCredentials = () => unauthorized("The email address or the password is wrong.");

async function refuse(
  deps: Deps,
  candidate: Candidate | undefined,
  reason: "wrong_password" | "suspended",
  requestId: string,
): Promise<never> {
  const entry: AuditedDeed = {
    actorId: null,
    action: "login_failed",
    resourceType: "user",
    resourceId: candidate?.id ?? null,
    requestId,
    // What somebody typed who has no account stays with them: it may be a password in the wrong field.
    detail: candidate === undefined ? {} : { email: candidate.email, reason },
  };
  await deps.db.write([audit(deps, entry)], {});
  throw reason === "suspended"
    ? unauthorized("Your account is suspended. Ask an administrator to activate it.")
    : wrongCredentials();
}

/** Undefined when the user was suspended, removed or given another password since they were read. */
async function begin(
  deps: Deps,
  user: Candidate,
  renewed: string | null,
  requestId: string,
): Promise<Session | undefined> {
  const key = makeSessionKey(deps, user.id);
  const made = keyExists(key.row.id);
  const entry: AuditedDeed = {
    actorId: user.id,
    action: "login",
    resourceType: "api_key",
    resourceId: key.row.id,
    requestId,
  };
  const { session } = await deps.db.write(
    [
      // The key before the hash that guards it.
      insertKey(key.row, allOf(mayAct(user.id), hasHash(user.id, user.passwordHash!))),
      noteSeen(user.id, deps.now(), made),
      ...(renewed === null ? [] : [replaceHash(user.id, user.passwordHash!, renewed)]),
      forgetFailures(deps, user.email, made),
      audit(deps, entry, made),
    ],
    { session: findKey(key.row.id) },
  );
  if (session[0]?.secretHash !== key.row.secretHash) return undefined;
  return { key: key.text, userId: user.id, expiresAt: key.row.expiresAt };
}

/** Ends the session or token that the caller came with. */
export async function signOut(deps: Deps, actor: Actor, requestId: string): Promise<void> {
  const entry: AuditedDeed = {
    actorId: actor.userId,
    action: "logout",
    resourceType: "api_key",
    resourceId: actor.keyId,
    requestId,
  };
  await deps.db.write([audit(deps, entry, keyExists(actor.keyId)), deleteKey(actor.keyId)], {});
  deps.process.hub.recheck();
}
