// SQL of the counters that metrics show.
import { sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../db/client.ts";
import { prepared, trueSql } from "../../../db/prepared.ts";
import type { Addition } from "../rules/metrics.ts";

/** `when` must hold once only: before the write that it counts, no more after. Without it, the write must fail if repeated. */
export const addToCounter = ([name, labels, value, sum = 0]: Addition, when: SQL = trueSql): Statement =>
  addValue(name, labels, value, sum, when);

const addValue = prepared((name: string, labels: string, value: number, sum: number, when: SQL) =>
  query.run(sql`INSERT INTO counters (name, labels, value, sum) SELECT ${name}, ${labels}, ${value}, ${sum} WHERE ${when}
    ON CONFLICT (name, labels) DO UPDATE SET value = value + excluded.value, sum = sum + excluded.sum`),
);
