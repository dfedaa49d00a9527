// SQL of the lease that one run at a time holds, and of the fence that each of its writes carries.
import { eq, sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import { leases } from "../../../../db/schema.ts";
import { isPausedSql } from "./pool-control.ts";

const name = "prebuilds";
/** Extended by each batch of a run. A run that stopped blocks others for this long. */
export const leaseDurationMs = 30_000;

/**
 * Stamps the token when a run is due (`forced`: or not) and no other holds the lease. A request during another run is stored,
 * and another run follows: the one in progress may have read an older state.
 */
export function takeLease(token: string, now: number, forced: boolean): Statement[] {
  const isOurs = sql`name = ${name} AND token = ${token}`;
  return [
    query.run(sql`UPDATE leases SET token = ${token}, expires_at = ${now + leaseDurationMs}, wished_at = NULL
      WHERE name = ${name} AND token IS NOT ${token} AND (token IS NULL OR expires_at <= ${now})
        AND (${forced ? 1 : 0} OR next_due_at <= ${now})`),
    ...(forced
      ? [
          query.run(sql`UPDATE leases SET wished_at = ${now}
            WHERE name = ${name} AND NOT EXISTS (SELECT 1 FROM leases WHERE ${isOurs})`),
        ]
      : []),
  ];
}

/** True while this run holds the lease; for its reads. */
export const holdsLeaseSql = (token: string): SQL =>
  sql`EXISTS (SELECT 1 FROM leases WHERE name = ${name} AND token = ${token})`;

/** True while this run can write: it holds the lease, and reconciliation is not paused. */
export const canWriteSql: (token: string) => SQL = prepared(
  (token: string): SQL => sql`(${holdsLeaseSql(token)} AND NOT ${isPausedSql})`,
);

/** For unguarded reads. */
export const alwaysSql: SQL = sql`true`;

export const extendLease = (token: string, now: number): Statement =>
  query.run(
    sql`UPDATE leases SET expires_at = ${now + leaseDurationMs} WHERE name = ${name} AND token = ${token}`,
  );

/** A request that came meanwhile makes the next run due at once. */
export const endRun = (token: string, now: number, nextDueAt: number): Statement =>
  query.run(sql`UPDATE leases SET token = NULL, expires_at = 0, wished_at = NULL,
      next_due_at = CASE WHEN wished_at IS NULL THEN ${nextDueAt} ELSE ${now} END
    WHERE name = ${name} AND token = ${token}`);

/** The run failed: another can start at once, and is still due. */
export const abandonRun = (token: string): Statement =>
  query.run(sql`UPDATE leases SET token = NULL, expires_at = 0 WHERE name = ${name} AND token = ${token}`);

export const readLease = () => query.select().from(leases).where(eq(leases.name, name));
