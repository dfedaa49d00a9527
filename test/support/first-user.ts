// What the first user's sign-up and sign-in write into a new database: done once in each process of the suite, by a server,
// and copied into the databases of the others.
import type { Client, InStatement, Row } from "@libsql/client";

type Reader = Pick<Client, "execute">;

/** Each row of each table, as JSON, by the table. */
export async function snapshot(client: Reader): Promise<Map<string, Set<string>>> {
  const tables = await client.execute(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  );
  const rows = new Map<string, Set<string>>();
  for (const { name } of tables.rows) {
    const found = await client.execute(`SELECT * FROM "${String(name)}"`);
    rows.set(String(name), new Set(found.rows.map((row: Row) => JSON.stringify({ ...row }))));
  }
  return rows;
}

/** Statements that change a database from the one to the other. */
export async function difference(
  client: Reader,
  before: Map<string, Set<string>>,
  after: Map<string, Set<string>>,
): Promise<InStatement[]> {
  const statements: InStatement[] = ["PRAGMA defer_foreign_keys = ON"];
  for (const [table, rows] of after) {
    const gone = [...before.get(table)!].filter((row) => !rows.has(row)).map(parse);
    const come = [...rows].filter((row) => !before.get(table)!.has(row)).map(parse);
    if (gone.length === 0 && come.length === 0) continue;
    const { rows: columns } = await client.execute(
      `SELECT name FROM pragma_table_info('${table}') WHERE pk > 0`,
    );
    const key = columns.map(({ name }) => String(name));
    for (const row of gone)
      statements.push({
        sql: `DELETE FROM "${table}" WHERE ${key.map((name) => `"${name}" = ?`).join(" AND ")}`,
        args: key.map((name) => row[name]!),
      });
    for (const row of come)
      statements.push({
        sql: `INSERT INTO "${table}" (${Object.keys(row)
          .map((name) => `"${name}"`)
          .join(", ")}) VALUES (${Object.keys(row)
          .map(() => "?")
          .join(", ")})`,
        args: Object.values(row),
      });
  }
  return statements;
}

const parse = (row: string) => JSON.parse(row) as Record<string, string | number | null>;
