// Statements that ask the database how it is: a write that leaves no trace but itself, and its clock.
import { sql } from "drizzle-orm";
import { query, type Statement } from "./client.ts";

/** Milliseconds within which one probe's write is good for all. */
const freshness = 5_000;

/** Bytes: as much as a notification needs. On a nearly full disk a single page still finds room. */
const size = 64_000;

/** A write into one row. Where another has just written it there is nothing to do: nobody wears out a disk by asking. */
export function writeProbe(now: number): Statement {
  return query.run(sql`INSERT INTO settings (key, value, updated_at) VALUES ('write_probe', hex(zeroblob(${size / 2})), ${now})
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
    WHERE abs(excluded.updated_at - settings.updated_at) >= ${freshness}`);
}

/** 6 MB, in values that a server takes: about as much as four chunks of a file, the largest answer there is to be. */
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
