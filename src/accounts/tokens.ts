// Creating API tokens and further sessions, and deleting one.
import type { TokenScope } from "../../db/schema.ts";
import type { Deps } from "../kernel/deps.ts";
import { conflict, forbidden, invalid, notFound, unauthorized } from "../kernel/errors.ts";
import { audit } from "./audit.ts";
import { takenError } from "./validation.ts";
import { createKey, createSessionKey, type NewKey } from "./keys.ts";
import type { Actor } from "./rules/actor.ts";
import { validateLifetime } from "./rules/api-key.ts";
import { hasPermission } from "./rules/permissions.ts";
import {
  deleteExpiredToken,
  deleteKey,
  findKey,
  findTokenByName,
  insertKey,
  keyExistsSql,
} from "./store/keys.ts";
import { andSql } from "./store/manage.ts";
import { findUserState, isUserActiveSql, type UserRow } from "./store/users.ts";

export interface NewToken {
  /** Generated when left out. */
  name?: string | undefined;
  scope: TokenScope;
  /** Milliseconds; the default when left out. */
  lifetime?: number | undefined;
}

/** Answers the token's text, which is shown this once. Throws 400, 403, 409 for a name that is in use. */
export async function createToken(
  deps: Deps,
  actor: Actor,
  holder: UserRow,
  input: NewToken,
): Promise<string> {
  requireKeyPermission(actor, holder);
  const verdict = validateLifetime(input.lifetime, deps.config.maxTokenLifetime);
  if (!verdict.ok) throw invalid("lifetime", verdict.problem);
  const key = createKey(deps, {
    userId: holder.id,
    kind: "token",
    scope: input.scope,
    lifetimeSeconds: verdict.seconds,
    lastUsedAt: null,
    name: input.name,
  });
  return store(deps, actor, key);
}

/** A session key, for a client with a token. */
export async function createSession(
  deps: Deps,
  actor: Actor,
  holder: UserRow,
  userAgent: string | undefined,
): Promise<string> {
  requireKeyPermission(actor, holder);
  return store(deps, actor, createSessionKey(deps, holder.id, userAgent));
}

function requireKeyPermission(actor: Actor, holder: UserRow): void {
  if (holder.isSystem) throw forbidden("This user belongs to the system and has no keys.");
  if (actor.userId !== holder.id && !hasPermission(actor, "tokens:manage-others"))
    throw forbidden("Only owners can create keys for other users.");
}

async function store(deps: Deps, actor: Actor, { text, row }: NewKey): Promise<string> {
  const entry = {
    actorId: actor.userId,
    action: "create",
    resourceType: "api_key" as const,
    resourceId: row.id,
    detail: {
      user_id: row.userId,
      kind: row.kind,
      scope: row.scope,
      ...(row.name === "" ? {} : { name: row.name }),
      lifetime_seconds: row.lifetimeSeconds,
    },
  };
  const { created, namesake, caller, holder } = await deps.db.write(
    [
      deleteExpiredToken(row.userId, row.name, deps.now()),
      insertKey(row, andSql(keyExistsSql(actor.keyId), isUserActiveSql(row.userId))),
      audit(deps, entry, keyExistsSql(row.id)),
    ],
    {
      created: findKey(row.id),
      namesake: findTokenByName(row.userId, row.name),
      caller: findKey(actor.keyId),
      holder: findUserState(row.userId),
    },
  );
  if (created[0]?.secretHash === row.secretHash) return text;
  if (caller.length === 0) throw unauthorized();
  if (row.kind === "token" && namesake.length > 0)
    throw takenError("token_name", `A token named "${row.name}" already exists.`);
  if (holder[0] === undefined || holder[0].deletedAt !== null) throw notFound("User");
  throw conflict("Keys can't be created for a suspended user.", "Activate the user first.");
}

/** Requests with this key are rejected at once. */
export async function deleteUserKey(
  deps: Deps,
  actor: Actor,
  key: { id: string; userId: string; kind: string; name: string },
): Promise<void> {
  const entry = {
    actorId: actor.userId,
    action: "delete",
    resourceType: "api_key" as const,
    resourceId: key.id,
    detail: { user_id: key.userId, kind: key.kind, name: key.name },
  };
  await deps.db.write([audit(deps, entry, keyExistsSql(key.id)), deleteKey(key.id)], {});
  deps.process.hub.recheck();
}
