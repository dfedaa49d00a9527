// Copies a database consistently to a file while servers use it: an embedded one, or one on a server.
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
import { alreadyExists, BackupError, noDatabase, notWritable } from "./backup-error.ts";
import { databaseFile, openClient, type DatabaseAddress } from "./database.ts";
import { download } from "./download.ts";

export interface Backup {
  file: string;
  bytes: number;
  /** The copy's last migration. */
  migration: number;
}

/** Throws `BackupError` and database errors. */
export async function backUp(address: DatabaseAddress, target: string): Promise<Backup> {
  const source = databaseFile(address.databaseUrl);
  if (source !== undefined && !existsSync(source)) throw noDatabase(source);
  const file = resolve(target);
  if (existsSync(file)) throw alreadyExists(file);
  const partial = `${file}.partial`;
  try {
    // SQLite would create it world-readable.
    writeFileSync(partial, "", { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw notWritable(partial, error as NodeJS.ErrnoException);
  }
  try {
    const migration = await copyInto(address, partial);
    flush(partial);
    moveInPlace(partial, file);
    flush(dirname(file));
    return { file, bytes: statSync(file).size, migration };
  } finally {
    rmSync(partial, { force: true });
  }
}

async function copyInto(address: DatabaseAddress, partial: string): Promise<number> {
  if (databaseFile(address.databaseUrl) === undefined) await download(address, partial);
  else await copyFile(address, partial);
  return checkCopy(partial);
}

async function copyFile(address: DatabaseAddress, partial: string): Promise<void> {
  const client = await openClient(address);
  try {
    await retryTransient(client, () => client.execute({ sql: "VACUUM INTO ?", args: [partial] }));
  } finally {
    client.close();
  }
}

/** Verifies that a copy is readable. Returns its last migration. */
export async function checkCopy(file: string): Promise<number> {
  const client = createClient({ url: `file:${file}`, concurrency: 1 });
  try {
    await assertIntact(client, file);
    const migration = (await appliedMigrations(client)).at(-1);
    if (migration === undefined)
      throw new BackupError(`${file} is not a Belfry database.`, "Check its name.");
    return migration;
  } finally {
    client.close();
  }
}

async function assertIntact(client: Client, file: string): Promise<void> {
  const damaged = (why: string) => new BackupError(`${file} is damaged: ${why}.`, "Use another copy.");
  try {
    const { rows } = await client.execute("PRAGMA quick_check(1)");
    if (rows[0]?.["quick_check"] !== "ok") throw damaged(String(rows[0]?.["quick_check"]));
  } catch (error) {
    if (error instanceof BackupError) throw error;
    throw damaged(error instanceof Error ? error.message : String(error));
  }
}

/** Never replaces a file, not even one that was just created. */
function moveInPlace(partial: string, file: string): void {
  try {
    linkSync(partial, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === "EEXIST" ? alreadyExists(file) : notWritable(file, error as NodeJS.ErrnoException);
  }
}

/** Makes it durable: it survives a power failure. */
export function flush(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
