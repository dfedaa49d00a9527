// Requests that may be sent again: the row of a key is written together with what the request makes, so either both are
// there or neither, and whoever comes second finds what the first has made.
import { sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "./client.ts";
import { chunks } from "./rows.ts";
import { idempotencyKeys } from "./schema.ts";

/** Milliseconds. */
export const keyRetention = 86_400_000;

/** A request with a key, before it is known whether it is the first with it. */
export interface KeyedRequest {
  userId: string;
  key: string;
  /** Hash of what is asked for. */
  fingerprint: string;
}

export interface KeyClaim extends KeyedRequest {
  /** Id of what the request makes if it is the first. */
  subjectId: string;
  createdAt: number;
}

/** None for a request without a key. */
export const claimsOf = (
  request: KeyedRequest | undefined,
  subjectId: string,
  createdAt: number,
): KeyClaim[] => (request === undefined ? [] : [{ ...request, subjectId, createdAt }]);

/** Goes first in a write. A key that is held stays with what it has made; one of more than a day ago is free. */
export const claimKeys = (claims: readonly KeyClaim[], when: SQL = sql`true`): Statement[] =>
  chunks(claims).map((chunk) =>
    query.run(sql`INSERT INTO idempotency_keys (user_id, key, fingerprint, subject_id, created_at)
      SELECT row.value ->> '$.userId', row.value ->> '$.key', row.value ->> '$.fingerprint',
        row.value ->> '$.subjectId', row.value ->> '$.createdAt'
      FROM json_each(${chunk}) AS row WHERE ${when}
      ON CONFLICT (user_id, key) DO UPDATE SET fingerprint = excluded.fingerprint,
        subject_id = excluded.subject_id, result = NULL, created_at = excluded.created_at
      WHERE idempotency_keys.created_at <= excluded.created_at - ${keyRetention}`),
  );

/** Whether a key stands for this subject: the guard of everything that the request makes. */
export const isHeldBySql = (userId: SQL | string, key: SQL | string, subjectId: SQL | string): SQL =>
  sql`EXISTS (SELECT 1 FROM idempotency_keys AS k
    WHERE k.user_id = ${userId} AND k.key = ${key} AND k.subject_id = ${subjectId})`;

/** True in SQL when each of the claims stands, of none too: these are the first requests with their keys. */
export const areHeldSql = (claims: readonly KeyClaim[]): SQL =>
  sql.join(
    [sql`true`, ...claims.map(({ userId, key, subjectId }) => isHeldBySql(userId, key, subjectId))],
    sql` AND `,
  );

/** Goes last where a write may turn out to make nothing: then its key stays free. */
export const freeKeysUnless = (claims: readonly KeyClaim[], isMade: SQL): Statement[] =>
  claims.map(({ userId, key, subjectId }) =>
    query.run(sql`DELETE FROM idempotency_keys
      WHERE user_id = ${userId} AND key = ${key} AND subject_id = ${subjectId} AND NOT ${isMade}`),
  );

const columns = {
  userId: idempotencyKeys.userId,
  key: idempotencyKeys.key,
  fingerprint: idempotencyKeys.fingerprint,
  subjectId: idempotencyKeys.subjectId,
  result: idempotencyKeys.result,
};

/** What a key of this user stands for at this time; nothing without a key. */
export const findKey = (userId: SQL | string, key: string | undefined, now: number) =>
  query
    .select(columns)
    .from(idempotencyKeys)
    .where(
      sql`user_id = ${userId} AND key = ${key ?? null} AND ${idempotencyKeys.createdAt} > ${now - keyRetention}`,
    );

export type StoredKey = ReturnType<typeof findKey>["_"]["result"][number];

/** What the keys of several requests stand for once they are claimed. */
export const findClaimed = (claims: readonly KeyClaim[]) =>
  query
    .select(columns)
    .from(idempotencyKeys)
    .where(
      sql`(user_id, key) IN (SELECT value ->> '$.userId', value ->> '$.key'
        FROM json_each(${JSON.stringify(claims.map(({ userId, key }) => ({ userId, key })))}))`,
    );

export const purgeKeys = (now: number, most: number): Statement =>
  query.run(sql`DELETE FROM idempotency_keys WHERE rowid IN (SELECT rowid FROM idempotency_keys
    WHERE created_at <= ${now - keyRetention} ORDER BY created_at LIMIT ${most})`);
