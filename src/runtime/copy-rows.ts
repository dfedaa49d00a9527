// Copies the rows of one database into another, whose tables are the same: a file to a server, or a server to a file.
import type { Client, InStatement, InValue, Row } from "@libsql/client";
import { retryTransient, type DatabaseClient } from "../../db/client.ts";
import { toDatabaseError } from "../../db/errors.ts";

/** A transaction reads the same state until it ends. */
export type Source = Pick<Client, "execute">;

/** Rows read at a time, and bytes of one batch: a server accepts 10 MB. */
const pageSize = 500;
const maxBatchBytes = 2_000_000;
/** While this table exists, the database is incomplete. */
export const marker = "restore_unfinished";

/**
 * Both have the tables of this release; what the target has is replaced. A run that was interrupted can be repeated. `file`: the
 * embedded one of them, which knows about its tables; a server's parser doesn't take every question.
 */
export async function copyRows(
  from: Source,
  to: DatabaseClient,
  file: Source,
): Promise<{ rows: number; migration: number }> {
  const tables = await tablesOf(file);
  const triggers = await triggersOf(from);
  await send(to, [
    // What they count has been counted.
    ...triggers.map(({ name }) => `DROP TRIGGER IF EXISTS "${name}"`),
    ...tables.toReversed().map(({ name }) => `DELETE FROM "${name}"`),
    `CREATE TABLE IF NOT EXISTS ${marker} (begun_at INTEGER)`,
  ]);
  let rows = 0;
  for (const table of tables) rows += await copyTable(to, from, table);
  await send(to, [
    ...(await sequences(from)),
    ...triggers.map(({ sql }) => sql),
    `DROP TABLE IF EXISTS ${marker}`,
  ]);
  const migration = Number(
    (await from.execute("SELECT max(number) AS number FROM migrations")).rows[0]!["number"],
  );
  return { rows, migration };
}

const triggersOf = async (from: Source): Promise<{ name: string; sql: string }[]> =>
  (await from.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).rows.map((row) => ({
    name: String(row["name"]),
    sql: String(row["sql"]),
  }));

interface Table {
  name: string;
  columns: string[];
  /** Columns by which its rows are read in order. */
  key: string[];
}

/** Referenced tables come first. A run that was interrupted has left the marker. */
async function tablesOf(from: Source): Promise<Table[]> {
  const { rows } = await from.execute(`SELECT t.name,
      (SELECT json_group_array(c.name) FROM pragma_table_info(t.name) c) AS columns,
      iif((SELECT l.wr FROM pragma_table_list l WHERE l.schema = 'main' AND l.name = t.name),
        (SELECT json_group_array(c.name ORDER BY c.pk) FROM pragma_table_info(t.name) c WHERE c.pk > 0),
        '["rowid"]') AS key,
      (SELECT json_group_array(f."table") FROM pragma_foreign_key_list(t.name) f) AS refers
    FROM sqlite_master t WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'
      AND t.name NOT LIKE 'libsql_%' AND t.name NOT IN ('migrations', '${marker}')`);
  const waiting = new Map(
    rows.map((row) => [
      String(row["name"]),
      {
        columns: JSON.parse(String(row["columns"])) as string[],
        key: JSON.parse(String(row["key"])) as string[],
        refers: JSON.parse(String(row["refers"])) as string[],
      },
    ]),
  );
  const ordered: Table[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting].filter(([name, { refers }]) =>
      refers.every((other) => other === name || !waiting.has(other)),
    );
    if (ready.length === 0) throw new Error(`Tables refer to each other: ${[...waiting.keys()].join(", ")}`);
    for (const [name, { columns, key }] of ready) {
      ordered.push({ name, columns, key });
      waiting.delete(name);
    }
  }
  return ordered;
}

/** Returns the number of rows. Throws if the server doesn't have all of them. */
async function copyTable(to: DatabaseClient, from: Source, { name, columns, key }: Table): Promise<number> {
  const names = columns.map((column) => `"${column}"`).join(", ");
  const insert = `INSERT INTO "${name}" (${names}) VALUES (${columns.map(() => "?").join(", ")}) ON CONFLICT DO NOTHING`;
  const keys = key.map((column) => `"${column}"`).join(", ");
  const marks = key.map(() => "?").join(", ");
  const page = (after: InValue[] | undefined, limit: number) =>
    from.execute({
      sql: `SELECT ${names}, ${keys} FROM "${name}" ${after === undefined ? "" : `WHERE (${keys}) > (${marks})`}
        ORDER BY ${keys} LIMIT ?`,
      args: [...(after ?? []), limit],
    });
  let [count, limit] = [0, pageSize];
  for (let after: InValue[] | undefined; ;) {
    const read = await page(after, limit).catch((error: unknown) => {
      if (limit === 1 || toDatabaseError(error).kind !== "too_large") throw error;
      return undefined;
    });
    // A server's answer has 10 MB at most.
    if (read === undefined) {
      limit = Math.ceil(limit / 4);
      continue;
    }
    const { rows } = read;
    const last = rows.at(-1);
    if (last === undefined) break;
    after = key.map((_, at) => toValue(last[columns.length + at]));
    count += rows.length;
    for (const batch of cut(rows, columns)) {
      await send(
        to,
        batch.map((args) => ({ sql: insert, args })),
      );
    }
  }
  const arrived = await retryTransient(to, () => to.execute(`SELECT count(*) AS count FROM "${name}"`));
  const found = Number(arrived.rows[0]!["count"]);
  if (found !== count) throw new Error(`${name}: ${found} of ${count} rows were copied`);
  return count;
}

/** The values of each row, in batches within the server's limits. */
function cut(rows: readonly Row[], columns: readonly string[]): InValue[][][] {
  const batches: InValue[][][] = [];
  let size = Infinity;
  for (const row of rows) {
    const values = columns.map((column) => toValue(row[column]));
    const bytes = values.reduce<number>((sum, value) => sum + sizeOf(value), 0);
    if (size + bytes > maxBatchBytes) {
      batches.push([]);
      size = 0;
    }
    batches.at(-1)!.push(values);
    size += bytes;
  }
  return batches;
}

/** A server stores an integer as such only if it is sent as one. */
const toValue = (value: Row[string] | undefined): InValue =>
  value === undefined ? null : Number.isSafeInteger(value) ? BigInt(value as number) : value;

const sizeOf = (value: InValue): number =>
  typeof value === "string" ? value.length : value instanceof ArrayBuffer ? value.byteLength : 8;

/** The highest sequence numbers: cursors rely on numbers that are never reused. */
async function sequences(from: Source): Promise<InStatement[]> {
  const { rows } = await from.execute("SELECT name, seq FROM sqlite_sequence");
  return rows.flatMap(({ name, seq }) => [
    { sql: "DELETE FROM sqlite_sequence WHERE name = ?", args: [name as string] },
    {
      sql: "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)",
      args: [name as string, BigInt(Number(seq))],
    },
  ]);
}

/** Can be sent twice, like all writes. */
const send = (to: DatabaseClient, statements: InStatement[]) =>
  retryTransient(to, () => to.batch(statements, "write"));
