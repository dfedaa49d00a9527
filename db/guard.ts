// A batch that is only for somebody begins with a statement that fails for everybody else: nothing after it is run, and
// the batch stays one round trip.
import { sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "./client.ts";
import { DatabaseError, guardFailure } from "./errors.ts";
import { prepared } from "./prepared.ts";

/**
 * The first statement of a batch: fails unless `condition` is true. The path of `json_extract` is no constant, so that
 * no release of SQLite works it out before the condition; all of them name a bad one in their error.
 */
export const failUnless: (condition: SQL) => Statement = prepared((condition: SQL) =>
  query.run(sql`SELECT json_extract('{}', CASE WHEN ${condition} THEN '$' ELSE ${guardFailure} END)`),
);

/** The second is only looked at where the first is true. */
export const both: (first: SQL, second: SQL) => SQL = prepared(
  (first: SQL, second: SQL): SQL => sql`CASE WHEN ${first} THEN ${second} ELSE 0 END`,
);

/** Whether a batch failed because of `failUnless`. */
export const isGuardFailure = (error: unknown): boolean =>
  error instanceof DatabaseError && error.kind === "guard";
