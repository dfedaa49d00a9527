// Restores a backup of an embedded database to an empty one on a server. An interrupted run can be repeated.
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createClient } from "@libsql/client";
import { retryTransient, type DatabaseClient } from "../../db/client.ts";
import { migrate } from "../../db/migrate.ts";
import { checkCopy } from "./backup.ts";
import { BackupError } from "./backup-error.ts";
import { copyRows, marker } from "./copy-rows.ts";
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
      await migrate(server, now);
      await assertEmpty(server, databaseName(address.databaseUrl));
      const { rows, migration } = await copyRows(file, server, file);
      return { database: databaseName(address.databaseUrl), rows, migration, waiting };
    } finally {
      file.close();
    }
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
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
