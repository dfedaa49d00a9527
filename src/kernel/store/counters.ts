// SQL of the counters that metrics show.
import { sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../db/client.ts";
import type { Addition } from "../rules/metrics.ts";

/** `when` must hold once only: before the write that it counts, no more after. */
export const addToCounter = ([name, labels, value]: Addition, when: SQL): Statement =>
  query.run(sql`INSERT INTO counters (name, labels, value) SELECT ${name}, ${labels}, ${value} WHERE ${when}
    ON CONFLICT (name, labels) DO UPDATE SET value = value + excluded.value`);
