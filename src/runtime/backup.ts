// A consistent copy of an embedded database while a server works with it. `belfry admin backup` calls it.
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { createClient, type Client } from "@libsql/client";
import { retryTransient } from "../../db/client.ts";
import { appliedMigrations } from "../../db/migrate.ts";
import { databaseFile, databaseName, openClient } from "./database.ts";

/** What an operator can mend; `advice` says how. */
export class BackupError extends Error {
  override readonly name = "BackupError";
  readonly advice: string;
  constructor(message: string, advice: string) {
    super(message);
    this.advice = advice;
  }
}

export interface Backup {
  file: string;
  bytes: number;
  /** The last migration that the copy has. */
  migration: number;
}

/** Throws `BackupError`, and what the database says. */
export async function backUp(databaseUrl: string, target: string): Promise<Backup> {
  const source = embeddedFile(databaseUrl);
  if (!existsSync(source)) throw noDatabase(source);
  const file = resolve(target);
  if (existsSync(file)) throw alreadyThere(file);
  const partial = `${file}.partial`;
  try {
    // SQLite would make it readable for everybody.
    writeFileSync(partial, "", { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw cantWrite(partial, error as NodeJS.ErrnoException);
  }
  try {
    const migration = await copyInto(databaseUrl, partial);
    flush(partial);
    putInPlace(partial, file);
    flush(dirname(file));
    return { file, bytes: statSync(file).size, migration };
  } finally {
    rmSync(partial, { force: true });
  }
}

async function copyInto(databaseUrl: string, partial: string): Promise<number> {
  const client = await openClient({ databaseUrl, databaseAuthToken: undefined });
  try {
    await retryTransient(client, () => client.execute({ sql: "VACUUM INTO ?", args: [partial] }));
  } finally {
    client.close();
  }
  return checkCopy(partial);
}

/** A copy that can't be read is none. Answers its last migration. */
export async function checkCopy(file: string): Promise<number> {
  const client = createClient({ url: `file:${file}`, concurrency: 1 });
  try {
    await requireSound(client, file);
    const migration = (await appliedMigrations(client)).at(-1);
    if (migration === undefined)
      throw new BackupError(`${file} is not a database of Belfry's.`, "Is it the right file?");
    return migration;
  } finally {
    client.close();
  }
}

async function requireSound(client: Client, file: string): Promise<void> {
  const damaged = (why: string) =>
    new BackupError(`${file} is damaged: ${why}.`, "Take another copy; this one can't be relied on.");
  try {
    const { rows } = await client.execute("PRAGMA quick_check(1)");
    if (rows[0]?.["quick_check"] !== "ok") throw damaged(String(rows[0]?.["quick_check"]));
  } catch (error) {
    if (error instanceof BackupError) throw error;
    throw damaged(error instanceof Error ? error.message : String(error));
  }
}

/** Never over another file, not even one that has come up meanwhile. */
function putInPlace(partial: string, file: string): void {
  try {
    linkSync(partial, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === "EEXIST" ? alreadyThere(file) : cantWrite(file, error as NodeJS.ErrnoException);
  }
}

/** Throws for a server's database. */
export function embeddedFile(databaseUrl: string): string {
  const file = databaseFile(databaseUrl);
  if (file !== undefined) return file;
  throw new BackupError(
    `The database is on a server, ${databaseName(databaseUrl)}.`,
    "Use what its host offers (Turso: turso db shell NAME .dump; sqld: its snapshots).",
  );
}

export const noDatabase = (file: string) =>
  new BackupError(
    `There is no database at ${file}.`,
    "Run this in the server's folder and with its environment (BELFRY_DATABASE_URL says where the database is).",
  );
const alreadyThere = (file: string) =>
  new BackupError(`${file} is there already.`, "Nothing is overwritten: give another name.");
const cantWrite = (file: string, { code, message }: NodeJS.ErrnoException) =>
  code === "EEXIST"
    ? new BackupError(
        `${file} is there already, from a backup that was cut off or still runs.`,
        "Remove it, if none runs.",
      )
    : new BackupError(
        `${file} can't be written: ${message}.`,
        "Give a name in a folder that you may write to.",
      );

/** Until this is done a power failure may take it back. */
export function flush(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
