import { sql } from "drizzle-orm";

/** A CHECK that a column has one of these values. */
export const oneOf = (column: string, values: readonly string[]) =>
  sql.raw(`${column} IN (${values.map((value) => `'${value}'`).join(", ")})`);
