// Replaces an embedded database that no server uses with a backup. The old database is kept beside it.
import {
  chmodSync,
  chownSync,
  createReadStream,
  createWriteStream,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  closeSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createClient, type Client } from "@libsql/client";
import { primaryCode } from "../../db/errors.ts";
import { loadMigrations } from "../../db/migrate.ts";
import { checkCopy, flush } from "./backup.ts";
import { BackupError } from "./backup-error.ts";

export interface Restored {
  file: string;
  /** The file of the old database, if there was one. */
  aside: string | undefined;
  /** The last migration of the backup. */
  migration: number;
  /** Its unsent messages: the next start delivers them. */
  waiting: number;
}

/** `file`: the database's path. Throws `BackupError`. Only the last step changes the database. */
export async function restore(file: string, from: string, now: number): Promise<Restored> {
  const source = resolve(from);
  requireBackup(source, file);
  mkdirSync(dirname(file), { recursive: true });
  const incoming = `${file}.restoring`;
  rmSync(incoming, { force: true });
  try {
    await pipeline(createReadStream(source), createWriteStream(incoming, { mode: 0o600, flags: "wx" }));
    const migration = await checkCopy(incoming);
    requireKnownMigration(source, migration);
    const waiting = await consolidateCopy(incoming);
    giveToOwner(incoming, file);
    flush(incoming);
    const aside = existsSync(file) ? await setAside(file, now) : undefined;
    renameSync(incoming, file);
    flush(dirname(file));
    return { file, aside, migration, waiting };
  } finally {
    for (const suffix of ["", "-wal", "-shm"]) rmSync(incoming + suffix, { force: true });
  }
}

/**
 * The owner and mode of the database, or the owner of its folder: root restores for a service that runs as another user. A
 * copy that this user couldn't open must not take the place of one that they can.
 */
function giveToOwner(incoming: string, file: string): void {
  const isThere = existsSync(file);
  const { uid, gid, mode } = statSync(isThere ? file : dirname(file));
  const own = statSync(incoming);
  if (isThere) chmodSync(incoming, mode & 0o777);
  if (own.uid === uid && own.gid === gid) return;
  try {
    chownSync(incoming, uid, gid);
  } catch {
    // Another group is no obstacle for its owner.
    if (own.uid === uid) return;
    throw new BackupError(
      `${isThere ? file : dirname(file)} belongs to another user, with the id ${uid}, who could not open the restored database.`,
      "Run this as that user or as root.",
    );
  }
}

export function requireBackup(source: string, file: string | undefined): void {
  if (!existsSync(source)) throw new BackupError(`File ${source} not found.`, "Check its path.");
  if (
    file !== undefined &&
    existsSync(file) &&
    statSync(file).ino === statSync(source).ino &&
    statSync(file).dev === statSync(source).dev
  )
    throw new BackupError(`${source} is the database itself.`, "Choose a backup of it.");
  if (!isDatabase(source))
    throw new BackupError(`${source} is not a database.`, "Choose a file from belfry admin backup.");
  if (existsSync(`${source}-wal`) && statSync(`${source}-wal`).size > 0) {
    throw new BackupError(
      `${source} is a database in use, or an incomplete copy of one: part of it is in ${source}-wal.`,
      "Create a backup with belfry admin backup, and restore that.",
    );
  }
}

function isDatabase(file: string): boolean {
  const header = Buffer.alloc(16);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, header, 0, 16, 0);
  } finally {
    closeSync(descriptor);
  }
  return header.toString("latin1") === "SQLite format 3\0";
}

export function requireKnownMigration(source: string, migration: number): void {
  const newest = loadMigrations().at(-1)!.number;
  if (migration <= newest) return;
  throw new BackupError(
    `${source} is from a later release: it has migration ${migration}; this release knows ${newest}.`,
    "Install that release, and restore it there.",
  );
}

/** Merges its write-ahead log into the file. Returns the number of unsent messages. */
export async function consolidateCopy(incoming: string): Promise<number> {
  const client = createClient({ url: `file:${incoming}`, concurrency: 1 });
  try {
    await client.execute("PRAGMA journal_mode = DELETE");
    const { rows } = await client.execute(
      "SELECT count(*) AS count FROM notification_messages WHERE due_at IS NOT NULL",
    );
    return Number(rows[0]!["count"]);
  } finally {
    client.close();
  }
}

/** How long to wait for another program's lock. */
const lockTimeoutMs = 500;

/** Links the database under another name, once no process has it open. */
async function setAside(file: string, now: number): Promise<string> {
  const aside = `${file}.replaced-${new Date(now).toISOString().replaceAll(/[:.]/g, "-")}`;
  const client = createClient({ url: `file:${file}`, concurrency: 1, timeout: lockTimeoutMs });
  try {
    await closeLog(client, file);
    linkSync(file, aside);
    // Only a damaged database still has a log.
    if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${aside}-wal`);
    rmSync(`${file}-shm`, { force: true });
    return aside;
  } finally {
    client.close();
  }
}

/** Removes the write-ahead log, which requires that no other process has the database open. */
async function closeLog(client: Client, file: string): Promise<void> {
  try {
    await client.execute("PRAGMA journal_mode = DELETE");
  } catch (error) {
    const code = primaryCode(error instanceof Error && "code" in error ? String(error.code) : "");
    // A damaged database is a reason to restore: it is kept, with its log.
    if (code === "SQLITE_CORRUPT" || code === "SQLITE_NOTADB") return;
    throw code === "SQLITE_BUSY"
      ? new BackupError(`A server has ${file} open.`, "Stop it first, then restore, then start it again.")
      : new BackupError(
          `${file} can't be locked: ${(error as Error).message}.`,
          "Check that its folder is writable and its disk is not full.",
        );
  }
}
