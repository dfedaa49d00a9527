// What a database says about itself: damage, the size of its tables, and whether it gives large answers.
import { createDatabase, type DatabaseClient } from "../../../db/client.ts";
import { DatabaseError } from "../../../db/errors.ts";
import { readLargeAnswer } from "../../../db/statements.ts";
import type { Finding } from "../../kernel/rules/finding.ts";
import { checkTables } from "./rules/check-database.ts";

/** For a database server. */
export const requestTimeoutMs = 3_000;

/** SQLite's first complaint about the file, which is read completely; null when it is intact. */
export async function findDamage(client: DatabaseClient): Promise<string | null> {
  const { rows } = await client.execute("PRAGMA quick_check(1)");
  const found = String(rows[0]?.[0] ?? "");
  return found === "ok" ? null : found;
}

/** Of a server that can't tell, or not in time, nothing. */
export async function examineTables(client: DatabaseClient): Promise<Finding[]> {
  const sizes = `SELECT s.tbl_name AS name, sum(d.pgsize) AS bytes FROM dbstat AS d JOIN sqlite_schema AS s ON s.name = d.name
    WHERE d.aggregate = 1 GROUP BY s.tbl_name ORDER BY bytes DESC LIMIT 5`;
  try {
    const { rows } = await client.execute(sizes);
    return [checkTables(rows.map(({ name, bytes }) => ({ name: String(name), bytes: Number(bytes) })))];
  } catch {
    return [];
  }
}

export async function refusesLargeAnswers(client: DatabaseClient): Promise<boolean> {
  try {
    await createDatabase(client, { timeoutMs: requestTimeoutMs }).read({ large: readLargeAnswer() });
    return false;
  } catch (error) {
    if (error instanceof DatabaseError && error.kind === "too_large") return true;
    throw error;
  }
}
