// Statements that stand for themselves: the guard that a batch begins with, which fails without permission so that nothing
// after it runs, and probes of the database.
import { sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "./client.ts";
import { DatabaseError, guardFailure } from "./errors.ts";
import { prepared } from "./prepared.ts";
/**
 * SQL that fails unless `condition` is true. The path of `json_extract` is not a constant, so no release of SQLite evaluates
 * it before the condition; each repeats an invalid path in its error.
 */
export const guardSql: (condition: SQL) => SQL = prepared(
  (condition: SQL): SQL => sql`json_extract('{}', CASE WHEN ${condition} THEN '$' ELSE ${guardFailure} END)`,
);

/** The first statement of a batch: nothing after it runs unless `condition` is true. */
export const failUnless: (condition: SQL) => Statement = prepared((condition: SQL) =>
  query.run(sql`SELECT ${guardSql(condition)}`),
);

/** Both are true; the second is evaluated only if the first is true. */
export const bothSql: (first: SQL, second: SQL) => SQL = prepared(
  (first: SQL, second: SQL): SQL => sql`CASE WHEN ${first} THEN ${second} ELSE 0 END`,
);

/** Whether a batch failed because of its guard. */
export const isGuardFailure = (error: unknown): boolean =>
  error instanceof DatabaseError && error.kind === "guard";

/** One probe's write within this time counts for all. */
const probeLifetimeMs = 5_000;

/** As much as a notification needs: a nearly full disk still has room for a single page. */
const probeBytes = 64_000;

/** Writes one row, unless another probe has just written it: frequent probes don't wear out the disk. */
export function writeProbe(now: number): Statement {
  return query.run(sql`INSERT INTO settings (key, value, updated_at) VALUES ('write_probe', hex(zeroblob(${probeBytes / 2})), ${now})
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
    WHERE abs(excluded.updated_at - settings.updated_at) >= ${probeLifetimeMs}`);
}

/** When the last probe was written. */
export const readProbe = () =>
  query.all<{ at: number }>(sql`SELECT updated_at AS at FROM settings WHERE key = 'write_probe'`);

/** Milliseconds: probes that are so far apart are both written. */
export const probeSpacingMs = probeLifetimeMs;

/** 6 MB, in values within a server's limits: about four chunks of a file, the largest result there is. */
export function readLargeAnswer() {
  const half = sql<string>`hex(zeroblob(1500000))`;
  return query.select({ first: half.as("first"), second: half.as("second") }).from(sql`(SELECT 1)`);
}

/** The database's own clock, epoch milliseconds. */
export function readClock() {
  return query
    .select({ now: sql<number>`CAST(unixepoch('subsec') * 1000 AS INTEGER)` })
    .from(sql`(SELECT 1)`);
}

/** What every id (UUID of version 7) made at this time, in epoch milliseconds, begins with; earlier ones are less than it. */
export function idPrefix(at: number): string {
  const hex = at.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
