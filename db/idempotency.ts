// Requests that may be sent again: the row of a key is written together with what the request makes, so either both are
// there or neither, and a second request finds what the first created.
import { sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "./client.ts";
import { andSql, prepared, trueSql } from "./prepared.ts";
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
export const claimKeys = (claims: readonly KeyClaim[], when: SQL = trueSql): Statement[] =>
  chunks(claims).map((chunk) => claimChunk(chunk, when));

const claimChunk = prepared((chunk: string, when: SQL) =>
  query.run(sql`INSERT INTO idempotency_keys (user_id, key, fingerprint, subject_id, created_at)
      SELECT row.value ->> '$.userId', row.value ->> '$.key', row.value ->> '$.fingerprint',
        row.value ->> '$.subjectId', row.value ->> '$.createdAt'
      FROM json_each(${chunk}) AS row WHERE ${when}
      ON CONFLICT (user_id, key) DO UPDATE SET fingerprint = excluded.fingerprint,
        subject_id = excluded.subject_id, result = NULL, created_at = excluded.created_at
      WHERE idempotency_keys.created_at <= excluded.created_at - ${keyRetention}`),
);

/** Whether a key stands for this subject: the guard of everything that the request makes. */
export const isHeldBySql = prepared(
  (userId: SQL | string, key: SQL | string, subjectId: SQL | string): SQL =>
    sql`EXISTS (SELECT 1 FROM idempotency_keys AS k
      WHERE k.user_id = ${userId} AND k.key = ${key} AND k.subject_id = ${subjectId})`,
);

/** True in SQL when each of the claims stands, of none too: these are the first requests with their keys. */
export const areHeldSql = (claims: readonly KeyClaim[]): SQL =>
  claims.reduce(
    (all, { userId, key, subjectId }) => andSql(all, isHeldBySql(userId, key, subjectId)),
    trueSql,
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

/** What a key of this user stands for at this time. */
export const findIdempotencyKey = (userId: SQL | string, key: string, now: number) =>
  findLiveKey(userId, key, now - keyRetention);

const findLiveKey = prepared((userId: SQL | string, key: string, after: number) =>
  query
    .select(columns)
    .from(idempotencyKeys)
    .where(sql`user_id = ${userId} AND key = ${key} AND ${idempotencyKeys.createdAt} > ${after}`),
);

export type StoredKey = ReturnType<typeof findIdempotencyKey>["_"]["result"][number];

/** What the keys of several requests stand for once they are claimed. */
export const findClaimed = (claims: readonly KeyClaim[]) =>
  findKeysOf(JSON.stringify(claims.map(({ userId, key }) => ({ userId, key }))));

const findKeysOf = prepared((claims: string) =>
  query
    .select(columns)
    .from(idempotencyKeys)
    .where(sql`(user_id, key) IN (SELECT value ->> '$.userId', value ->> '$.key' FROM json_each(${claims}))`),
);

export const purgeKeys = (now: number, most: number): Statement =>
  query.all(sql`DELETE FROM idempotency_keys WHERE rowid IN (SELECT rowid FROM idempotency_keys
    WHERE created_at <= ${now - keyRetention} ORDER BY created_at LIMIT ${most}) RETURNING 1 AS deleted`);
