// SQL of rate limits: one upsert that counts a request if it is allowed, and the row that shows whether it was.
import { inArray, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../db/client.ts";
import { rateLimits } from "../../../db/schema.ts";
import type { LimitPolicy } from "../rules/rate-limit.ts";

export interface CountedRequest {
  key: string;
  /** The request; one that is sent twice counts once. */
  id: string;
  policy: LimitPolicy;
  now: number;
}

/** True in SQL once this request has had its turn, as long as no other has. */
export const wasAllowedSql = ({ key, id }: Pick<CountedRequest, "key" | "id">): SQL =>
  sql`EXISTS (SELECT 1 FROM rate_limits WHERE key = ${key} AND admitted_by = ${id})`;

/** The sums of rules/limit.ts. Nothing is counted that is not allowed, so who keeps knocking doesn't wait longer. */
export function countRequest({ key, id, policy, now }: CountedRequest, when: SQL = sql`true`): Statement {
  const { maxRequests: most, windowMs: length, maxBurst: free = most } = policy;
  const here = Math.floor(now / length);
  const left = sql`CASE WHEN rate_limits.window > ${here} THEN ${length} ELSE ${length - (now % length)} END`;
  const current = sql`CASE WHEN rate_limits.window >= ${here} THEN current ELSE 0 END`;
  const previous = sql`CASE WHEN rate_limits.window >= ${here} THEN previous
    WHEN rate_limits.window = ${here - 1} THEN current ELSE 0 END`;
  const weight = sql`((${current}) * ${length} + (${previous}) * (${left}))`;
  const count = sql`(${weight} / ${length})`;
  return query.run(sql`INSERT INTO ${rateLimits}
      (key, window, current, previous, admitted_by, admitted_at, expires_at)
    SELECT ${key}, ${here}, 1, 0, ${id}, ${now}, ${(here + 2) * length} WHERE ${when}
    ON CONFLICT(key) DO UPDATE SET
      window = max(rate_limits.window, excluded.window),
      current = ${current} + 1, previous = ${previous},
      admitted_by = excluded.admitted_by, admitted_at = excluded.admitted_at, expires_at = excluded.expires_at
    WHERE rate_limits.admitted_by <> excluded.admitted_by
      AND ${weight} <= ${(most - 1) * length}
      AND (${count} < ${free} OR ${now} >= admitted_at + (1000 << (${count} - ${free})))`);
}

export function findLimits(keys: readonly string[]) {
  return query
    .select()
    .from(rateLimits)
    .where(inArray(rateLimits.key, [...keys]));
}

export const clearLimit = (key: string, when: SQL): Statement =>
  query.delete(rateLimits).where(sql`key = ${key} AND ${when}`);

export const purgeLimits = (now: number, limit: number): Statement =>
  query
    .delete(rateLimits)
    .where(sql`key IN (SELECT key FROM rate_limits WHERE expires_at <= ${now} LIMIT ${limit})`);
