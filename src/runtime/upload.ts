// Restores a backup of an embedded database to an empty one on a server. An interrupted run can be repeated.
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createClient, type InStatement, type InValue, type Row } from "@libsql/client";
import { retryTransient, type DatabaseClient } from "../../db/client.ts";
import { migrate } from "../../db/migrate.ts";
import { BackupError, checkCopy } from "./backup.ts";
import { databaseName, openClient, type DatabaseAddress } from "./database.ts";
import { requireBackup, requireKnownMigration, consolidateCopy } from "./restore.ts";

export interface Uploaded {
  /** The server's host. */
  database: string;
  rows: number;
  /** The last migration, of this release. */
  migration: number;
  /** Its unsent messages: the next start delivers them. */
  waiting: number;
}

/** Of one batch of rows. */
const requestTimeoutMs = 60_000;
/** Rows read at a time, and bytes of one batch: a server accepts 10 MB. */
const pageSize = 500;
const maxBatchBytes = 2_000_000;
/** While this table exists, the database is incomplete. */
const marker = "restore_unfinished";

/** Throws `BackupError`. A repeated run starts from the beginning. */
export async function upload(address: DatabaseAddress, from: string, now: number): Promise<Uploaded> {
  const source = resolve(from);
  requireBackup(source, undefined);
  const folder = await mkdtemp(join(tmpdir(), "belfry-restore-"));
  const server = await openClient(address, { requestTimeoutMs });
  try {
    const copy = join(folder, "belfry.db");
    await pipeline(createReadStream(source), createWriteStream(copy, { mode: 0o600, flags: "wx" }));
    requireKnownMigration(source, await checkCopy(copy));
    const waiting = await consolidateCopy(copy);
    const file = createClient({ url: `file:${copy}`, concurrency: 1 });
    try {
      await migrate(file, now);
      const { rows, migration } = await fill(server, file, databaseName(address.databaseUrl), now);
      return { database: databaseName(address.databaseUrl), rows, migration, waiting };
    } finally {
      file.close();
    }
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(server: DatabaseClient, file: DatabaseClient, database: string, now: number) {
  await migrate(server, now);
  await assertEmpty(server, database);
  const tables = await tablesOf(file);
  const triggers = await triggersOf(file);
  await send(server, [
    // What they count has been counted.
    ...triggers.map(({ name }) => `DROP TRIGGER IF EXISTS "${name}"`),
    ...tables.toReversed().map(({ name }) => `DELETE FROM "${name}"`),
    `CREATE TABLE IF NOT EXISTS ${marker} (begun_at INTEGER)`,
  ]);
  let rows = 0;
  for (const table of tables) rows += await copyTable(server, file, table);
  await send(server, [
    ...(await sequences(file)),
    ...triggers.map(({ sql }) => sql),
    `DROP TABLE IF EXISTS ${marker}`,
  ]);
  const migration = Number(
    (await file.execute("SELECT max(number) AS number FROM migrations")).rows[0]!["number"],
  );
  return { rows, migration };
}

/** Only the data of a first start or of an interrupted run is replaced. */
async function assertEmpty(server: DatabaseClient, database: string): Promise<void> {
  const { rows } = await retryTransient(server, () =>
    server.execute({
      sql: `SELECT (SELECT count(*) FROM users WHERE NOT is_system) AS users,
        EXISTS (SELECT 1 FROM sqlite_master WHERE name = ?) AS unfinished`,
      args: [marker],
    }),
  );
  const { users, unfinished } = rows[0]! as unknown as { users: number; unfinished: number };
  if (users === 0 || unfinished === 1) return;
  throw new BackupError(
    `The database on ${database} is in use: it has ${users === 1 ? "a user" : `${users} users`}.`,
    "Create an empty database, and set BELFRY_DATABASE_URL to it.",
  );
}

const triggersOf = async (file: DatabaseClient): Promise<{ name: string; sql: string }[]> =>
  (await file.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).rows.map((row) => ({
    name: String(row["name"]),
    sql: String(row["sql"]),
  }));

interface Table {
  name: string;
  columns: string[];
  /** Columns by which its rows are read in order. */
  key: string[];
}

/** Referenced tables come first. */
async function tablesOf(file: DatabaseClient): Promise<Table[]> {
  const { rows } = await file.execute(`SELECT t.name,
      (SELECT json_group_array(c.name) FROM pragma_table_info(t.name) c) AS columns,
      iif((SELECT l.wr FROM pragma_table_list l WHERE l.schema = 'main' AND l.name = t.name),
        (SELECT json_group_array(c.name ORDER BY c.pk) FROM pragma_table_info(t.name) c WHERE c.pk > 0),
        '["rowid"]') AS key,
      (SELECT json_group_array(f."table") FROM pragma_foreign_key_list(t.name) f) AS refers
    FROM sqlite_master t WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> 'migrations'`);
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
async function copyTable(
  server: DatabaseClient,
  file: DatabaseClient,
  { name, columns, key }: Table,
): Promise<number> {
  const names = columns.map((column) => `"${column}"`).join(", ");
  const insert = `INSERT INTO "${name}" (${names}) VALUES (${columns.map(() => "?").join(", ")}) ON CONFLICT DO NOTHING`;
  const keys = key.map((column) => `"${column}"`).join(", ");
  const marks = key.map(() => "?").join(", ");
  let count = 0;
  for (let after: InValue[] | undefined; ;) {
    const { rows } = await file.execute({
      sql: `SELECT ${names}, ${keys} FROM "${name}" ${after === undefined ? "" : `WHERE (${keys}) > (${marks})`}
        ORDER BY ${keys} LIMIT ?`,
      args: [...(after ?? []), pageSize],
    });
    const last = rows.at(-1);
    if (last === undefined) break;
    after = key.map((_, at) => toValue(last[columns.length + at]));
    count += rows.length;
    for (const batch of cut(rows, columns)) {
      await send(
        server,
        batch.map((args) => ({ sql: insert, args })),
      );
    }
  }
  const arrived = await retryTransient(server, () =>
    server.execute(`SELECT count(*) AS count FROM "${name}"`),
  );
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
async function sequences(file: DatabaseClient): Promise<InStatement[]> {
  const { rows } = await file.execute("SELECT name, seq FROM sqlite_sequence");
  return rows.flatMap(({ name, seq }) => [
    { sql: "DELETE FROM sqlite_sequence WHERE name = ?", args: [name as string] },
    {
      sql: "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)",
      args: [name as string, BigInt(Number(seq))],
    },
  ]);
}

/** Can be sent twice, like all writes. */
const send = (server: DatabaseClient, statements: InStatement[]) =>
  retryTransient(server, () => server.batch(statements, "write"));
