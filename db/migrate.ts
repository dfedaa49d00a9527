// Applies the missing migrations, in order. Each migration is one transaction that also records itself, so concurrent or
// interrupted runs leave no migration half applied.
import { readFileSync, readdirSync } from "node:fs";
import { retryTransient, type DatabaseClient } from "./client.ts";
import { DatabaseError, toDatabaseError } from "./errors.ts";

export interface Migration {
  number: number;
  name: string;
  readonly statements: string[];
}

export class NewerDatabaseError extends Error {
  override readonly name = "NewerDatabaseError";
}

const folder = new URL("./migrations/", import.meta.url);

/** The migrations of this release, oldest first; the file of one that is applied already isn't read. */
export function loadMigrations(): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .toSorted()
    .map((file) => ({
      number: Number.parseInt(file, 10),
      name: file.replace(/\.sql$/, ""),
      get statements() {
        return readStatements(file);
      },
    }));
}

/** Each statement of a file ends with `;` at the end of a line. */
const readStatements = (file: string): string[] =>
  readFileSync(new URL(file, folder), "utf8")
    .replaceAll(/^--.*$/gm, "")
    .split(/;[ \t]*\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");

/** The numbers of the applied migrations, in order; empty for a new database. */
export async function appliedMigrations(client: DatabaseClient): Promise<number[]> {
  try {
    const result = await client.execute("SELECT number FROM migrations ORDER BY number");
    return result.rows.map((row) => Number(row["number"]));
  } catch (cause) {
    const error = toDatabaseError(cause);
    if (error.kind === "schema") return [];
    throw error;
  }
}

/** Returns the names of the migrations that it applied. Throws `NewerDatabaseError` for a later release's database. */
export async function migrate(
  client: DatabaseClient,
  now: number,
  migrations = loadMigrations(),
): Promise<string[]> {
  const newest = migrations.at(-1)?.number ?? 0;
  const applied = await appliedMigrations(client);
  const ahead = applied.at(-1) ?? 0;
  if (ahead > newest) {
    throw new NewerDatabaseError(
      `The database is at migration ${ahead}; this release knows ${newest}. It was migrated by a later release. ` +
        "Install that release, or restore the copy made before the upgrade (belfry.db.before-…).",
    );
  }
  const appliedNow: string[] = [];
  for (const migration of migrations) {
    if (!applied.includes(migration.number) && (await apply(client, migration, now)))
      appliedNow.push(migration.name);
  }
  return appliedNow;
}

/**
 * The first statement of a migration that rebuilds a referenced table. SQLite accepts it outside a transaction only; with
 * foreign keys on, dropping the old table would delete the rows that refer to it.
 */
const withoutForeignKeys = "PRAGMA foreign_keys = OFF";

async function apply(client: DatabaseClient, migration: Migration, now: number): Promise<boolean> {
  const { statements } = migration;
  const rebuilds = statements[0] === withoutForeignKeys;
  const record =
    "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL)";
  const batch = [
    record,
    // A concurrent run or a retry fails here, before it changes anything.
    {
      sql: "INSERT INTO migrations (number, name, applied_at) VALUES (?, ?, ?)",
      args: [migration.number, migration.name, now],
    },
    ...(rebuilds ? statements.slice(1) : statements),
  ];
  try {
    await retryTransient(client, () => (rebuilds ? client.migrate(batch) : client.batch(batch, "write")));
    return true;
  } catch (cause) {
    const error = toDatabaseError(cause);
    if (error.kind === "constraint" && (await appliedMigrations(client)).includes(migration.number))
      return false;
    throw new DatabaseError(error.kind, `Migration ${migration.name} failed: ${error.message}`, cause);
  }
}
