// SQL of API keys and of the lookup that authenticates a request.
import { and, eq, gt, lt, lte, ne, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../db/client.ts";
import { prepared } from "../../../db/prepared.ts";
import { guardSql } from "../../../db/statements.ts";
import { apiKeys, users, type SiteRole } from "../../../db/schema.ts";
import type { Credential } from "../rules/api-key.ts";
import { unsignedUntilSql } from "./deployment.ts";

const rolesSql = (userId: SQL | typeof users.id) =>
  sql<string>`(SELECT json_group_array(role) FROM user_roles WHERE user_id = ${userId})`;

const sessionColumns = {
  keyId: apiKeys.id,
  secretHash: apiKeys.secretHash,
  kind: apiKeys.kind,
  scope: apiKeys.scope,
  expiresAt: apiKeys.expiresAt,
  lifetimeSeconds: apiKeys.lifetimeSeconds,
  lastUsedAt: apiKeys.lastUsedAt,
  userId: users.id,
  username: users.username,
  email: users.email,
  name: users.name,
  status: users.status,
  isSystem: users.isSystem,
  roles: rolesSql(users.id).as("roles"),
};

export const findSession = prepared((keyId: string) =>
  query
    .select(sessionColumns)
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.userId))
    .where(and(eq(apiKeys.id, keyId), sql`${users.deletedAt} IS NULL`)),
);

/** The same as the guard of a batch of reads: fails unless `condition` is true, also for a key that is not stored. */
export const findSessionIf = prepared((keyId: string, condition: SQL) =>
  query
    .select({ guard: guardSql(condition).as("guard"), ...sessionColumns })
    .from(sql`(SELECT 1)`)
    .leftJoin(apiKeys, eq(apiKeys.id, keyId))
    .leftJoin(users, and(eq(users.id, apiKeys.userId), sql`${users.deletedAt} IS NULL`)),
);

/** The id of the key's user, for reads that travel with the look-up. */
export const userIdByKeySql = prepared(
  (keyId: string): SQL<string> => sql<string>`(SELECT user_id FROM api_keys WHERE id = ${keyId})`,
);

/** The same, but only for a key that may act now: NULL otherwise, so a guarded write takes nothing. */
export const userIdByValidKeySql = (
  { keyId, secretHash }: Pick<Credential, "keyId" | "secretHash">,
  now: number,
  scopes: readonly string[] = ["all"],
): SQL<string> => validKeyOwnerSql(keyId, secretHash, now, JSON.stringify(scopes));

const validKeyOwnerSql = prepared(
  (keyId: string, secretHash: string, now: number, scopes: string): SQL<string> =>
    sql<string>`(SELECT k.user_id FROM api_keys k JOIN users u ON u.id = k.user_id
      WHERE k.id = ${keyId} AND k.secret_hash = ${secretHash} AND k.expires_at > ${now}
        AND instr(${scopes}, '"' || k.scope || '"')
        AND u.status = 'active' AND u.deleted_at IS NULL AND NOT u.is_system)`,
);

export interface KeyRequirement {
  /** Epoch milliseconds. */
  now: number;
  /** One of these. */
  scopes: readonly string[];
  /** One of these; undefined: any user's. */
  roles: readonly SiteRole[] | undefined;
}

/** True in SQL for a key that is good now, of one of these scopes, and whose user holds one of these roles. */
export function keyMeetsSql(credential: Credential, { now, scopes, roles }: KeyRequirement): SQL {
  const user = userIdByValidKeySql(credential, now, scopes);
  return roles === undefined ? isFoundSql(user) : holdsRoleSql(user, JSON.stringify(roles));
}

const isFoundSql = prepared((user: SQL): SQL => sql`${user} IS NOT NULL`);
const holdsRoleSql = prepared(
  (user: SQL, roles: string): SQL => sql`EXISTS (SELECT 1 FROM user_roles WHERE user_id = ${user}
    AND role IN (SELECT value FROM json_each(${roles})))`,
);

/** Which of these keys may read now. */
export function findValidKeys(keyIds: readonly string[], now: number) {
  return query
    .select({ id: apiKeys.id, expiresAt: apiKeys.expiresAt })
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.userId))
    .where(
      and(
        sql`${apiKeys.id} IN (SELECT value FROM json_each(${JSON.stringify(keyIds)}))`,
        gt(apiKeys.expiresAt, now),
        eq(users.status, "active"),
        sql`${users.deletedAt} IS NULL`,
      ),
    );
}

/** Notes the use of a key and lets a session last its whole lifetime again; one that isn't signed while such are taken. */
export function touchKey(
  { keyId, isSigned }: Pick<Credential, "keyId" | "isSigned">,
  now: number,
): Statement[] {
  const renewed = sql`${now} + lifetime_seconds * 1000`;
  const end = isSigned ? renewed : sql`max(expires_at, min(${renewed}, ${unsignedUntilSql(renewed)}))`;
  return [
    query
      .update(apiKeys)
      .set({
        lastUsedAt: now,
        expiresAt: sql`CASE WHEN kind = 'session' THEN ${end} ELSE expires_at END`,
      })
      .where(eq(apiKeys.id, keyId)),
    query
      .update(users)
      .set({ lastSeenAt: now })
      .where(eq(users.id, userIdByKeySql(keyId))),
  ];
}

export function insertKey(key: typeof apiKeys.$inferInsert, when: SQL = sql`true`): Statement {
  return query.run(sql`INSERT INTO ${apiKeys}
      (id, user_id, secret_hash, kind, name, scope, lifetime_seconds, created_at, updated_at, last_used_at, expires_at,
      user_agent)
    SELECT ${key.id}, ${key.userId}, ${key.secretHash}, ${key.kind}, ${key.name}, ${key.scope}, ${key.lifetimeSeconds},
      ${key.createdAt}, ${key.updatedAt}, ${key.lastUsedAt ?? null}, ${key.expiresAt}, ${key.userAgent ?? ""}
    WHERE ${when} ON CONFLICT DO NOTHING`);
}

/** True in SQL while there is a key of this id: for what depends on its having been made, or its being good still. */
export const keyExistsSql = (keyId: string): SQL => sql`EXISTS (SELECT 1 FROM api_keys WHERE id = ${keyId})`;

export function findKey(keyId: string) {
  return query.select().from(apiKeys).where(eq(apiKeys.id, keyId));
}

export function findTokenByName(userId: SQL | string, name: string) {
  return query
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.userId, userId), eq(apiKeys.name, name), eq(apiKeys.kind, "token")));
}

/** A user's tokens, or everybody's; expired ones too where `from` is 0. */
export function listTokens(userId: SQL | string | null, from: number) {
  return query
    .select({ key: apiKeys, username: users.username })
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.userId))
    .where(
      and(
        eq(apiKeys.kind, "token"),
        gt(apiKeys.expiresAt, from),
        userId === null ? undefined : eq(apiKeys.userId, userId),
      ),
    )
    .orderBy(apiKeys.createdAt, apiKeys.id);
}

/** A user's sessions with the address of the sign-in, the last used first. */
export function listSessions(userId: SQL, now: number, limit: number) {
  return query
    .select({
      id: apiKeys.id,
      userAgent: apiKeys.userAgent,
      createdAt: apiKeys.createdAt,
      lastUsedAt: apiKeys.lastUsedAt,
      address: sql<string | null>`(SELECT address FROM audit_entries
        WHERE resource_id = api_keys.id AND action IN ('login', 'create') ORDER BY seq LIMIT 1)`.as(
        "address",
      ),
    })
    .from(apiKeys)
    .where(and(eq(apiKeys.userId, userId), eq(apiKeys.kind, "session"), gt(apiKeys.expiresAt, now)))
    .orderBy(sql`coalesce(${apiKeys.lastUsedAt}, ${apiKeys.createdAt}) DESC`, apiKeys.id)
    .limit(limit);
}

export type SessionListRow = ReturnType<typeof listSessions>["_"]["result"][number];

/** Ends a user's sessions, but not the one with this key, and no tokens. */
export function deleteOtherSessions(userId: string, keyId: string): Statement {
  return query
    .delete(apiKeys)
    .where(
      and(
        eq(apiKeys.userId, userId),
        eq(apiKeys.kind, "session"),
        ne(apiKeys.id, keyId),
        keyExistsSql(keyId),
      ),
    );
}

/** True in SQL while the user has a session besides the one with this key. */
export const hasOtherSessionsSql = (userId: string, keyId: string): SQL => sql`EXISTS (SELECT 1 FROM api_keys
  WHERE user_id = ${userId} AND kind = 'session' AND id <> ${keyId})`;

export type TokenRow = ReturnType<typeof listTokens>["_"]["result"][number]["key"];

export function deleteKey(keyId: string): Statement {
  return query.delete(apiKeys).where(eq(apiKeys.id, keyId));
}

/** Ends all sessions and tokens of a user, but for one key, if `when` holds. */
export function deleteKeysOfUser(userId: string, when: SQL, except?: string): Statement {
  return query
    .delete(apiKeys)
    .where(and(eq(apiKeys.userId, userId), except === undefined ? undefined : ne(apiKeys.id, except), when));
}

/** Makes room for a new token of this name. */
export function deleteExpiredToken(userId: string, name: string, now: number): Statement {
  return query
    .delete(apiKeys)
    .where(
      and(
        eq(apiKeys.userId, userId),
        eq(apiKeys.name, name),
        eq(apiKeys.kind, "token"),
        lte(apiKeys.expiresAt, now),
      ),
    );
}

export function deleteExpiredKeys(now: number, limit: number): Statement {
  return query
    .delete(apiKeys)
    .where(sql`id IN (SELECT id FROM api_keys WHERE ${lt(apiKeys.expiresAt, now)} LIMIT ${limit})`)
    .returning({ id: apiKeys.id });
}
