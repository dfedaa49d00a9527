// SQL of the counters that metrics show.
import { sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../db/client.ts";
import { prepared, trueSql } from "../../../db/prepared.ts";
import type { Addition } from "../rules/metrics.ts";

/** `when` must hold once only: before the write that it counts, no more after. Without it, the write must fail if repeated. */
export const addToCounter = ([name, labels, value]: Addition, when: SQL = trueSql): Statement =>
  addValue(name, labels, value, when);

const addValue = prepared((name: string, labels: string, value: number, when: SQL) =>
  query.run(sql`INSERT INTO counters (name, labels, value) SELECT ${name}, ${labels}, ${value} WHERE ${when}
    ON CONFLICT (name, labels) DO UPDATE SET value = value + excluded.value`),
);
