// SQL of rate limits: one upsert that counts a request if it is allowed, and the row that shows whether it was.
import { inArray, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../db/client.ts";
import { rateLimits } from "../../../db/schema.ts";
import type { LimitPolicy } from "../rules/sign-in-limits.ts";

export interface CountedRequest {
  key: string;
  /** Of the request; a repeated one counts once. */
  id: string;
  policy: LimitPolicy;
  now: number;
}

/** True once this request was allowed, until another one is. */
export const wasAllowedSql = ({ key, id }: Pick<CountedRequest, "key" | "id">): SQL =>
  sql`EXISTS (SELECT 1 FROM rate_limits WHERE key = ${key} AND admitted_by = ${id})`;

/** Computes the same as rules/rate-limit.ts. Denied requests are not counted, so repeating them doesn't extend the wait. */
export function countRequest({ key, id, policy, now }: CountedRequest, when: SQL = sql`true`): Statement {
  const { maxRequests, windowMs, maxBurst = maxRequests } = policy;
  const here = Math.floor(now / windowMs);
  const left = sql`CASE WHEN rate_limits.window > ${here} THEN ${windowMs} ELSE ${windowMs - (now % windowMs)} END`;
  const current = sql`CASE WHEN rate_limits.window >= ${here} THEN current ELSE 0 END`;
  const previous = sql`CASE WHEN rate_limits.window >= ${here} THEN previous
    WHEN rate_limits.window = ${here - 1} THEN current ELSE 0 END`;
  const weight = sql`((${current}) * ${windowMs} + (${previous}) * (${left}))`;
  const count = sql`(${weight} / ${windowMs})`;
  return query.run(sql`INSERT INTO ${rateLimits}
      (key, window, current, previous, admitted_by, admitted_at, expires_at)
    SELECT ${key}, ${here}, 1, 0, ${id}, ${now}, ${(here + 2) * windowMs} WHERE ${when}
    ON CONFLICT(key) DO UPDATE SET
      window = max(rate_limits.window, excluded.window),
      current = ${current} + 1, previous = ${previous},
      admitted_by = excluded.admitted_by, admitted_at = excluded.admitted_at, expires_at = excluded.expires_at
    WHERE rate_limits.admitted_by <> excluded.admitted_by
      AND ${weight} <= ${(maxRequests - 1) * windowMs}
      AND (${count} < ${maxBurst} OR ${now} >= admitted_at + (1000 << (${count} - ${maxBurst})))`);
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
    .where(sql`key IN (SELECT key FROM rate_limits WHERE expires_at <= ${now} LIMIT ${limit})`)
    .returning({ key: rateLimits.key });
