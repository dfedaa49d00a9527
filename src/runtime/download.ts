// Copies a server's database to a file while servers use it: all reads are of one transaction, and see the same state.
import { createClient, LibsqlError, type Client } from "@libsql/client";
import { createClient as createServerClient, type Transaction } from "@libsql/client/http";
import { loadMigrations, migrate } from "../../db/migrate.ts";
import { serverUrl, uncompressed } from "../../db/server.ts";
import { BackupError } from "./backup-error.ts";
import { copyRows, marker } from "./copy-rows.ts";
import { databaseName, type DatabaseAddress } from "./database.ts";

/** How often it begins, where the server ends what it reads. */
const maxTries = 3;

/** `file` is there, and empty. */
export async function download(address: DatabaseAddress, file: string): Promise<void> {
  const server = createServerClient({
    url: serverUrl(address.databaseUrl),
    ...(address.databaseAuthToken === undefined ? {} : { authToken: address.databaseAuthToken }),
    fetch: (request: Request) =>
      fetch(new Request(request, { headers: { ...Object.fromEntries(request.headers), ...uncompressed } })),
  });
  const copy = createClient({ url: `file:${file}`, concurrency: 1 });
  try {
    await migrate(copy, 0);
    // What is written to the disk is of use only once it is whole, and then all of it is.
    await copy.execute("PRAGMA synchronous = OFF");
    for (let tries = 1; !(await tryToCopy(server, copy, databaseName(address.databaseUrl))); tries += 1)
      if (tries === maxTries)
        throw new BackupError(
          "The server ends what it reads for the backup, because too long passes between two steps.",
          "Run this on a machine that is less busy, with a folder on a faster disk.",
        );
  } finally {
    copy.close();
    server.close();
  }
}

/** False if the server ended its transaction: one that is idle for some seconds. */
async function tryToCopy(server: Client, copy: Client, database: string): Promise<boolean> {
  const transaction = await server.transaction("read");
  try {
    await assertComplete(transaction, database);
    await copyRows(transaction, copy, copy);
    return true;
  } catch (error) {
    if (error instanceof LibsqlError && error.code === "STREAM_EXPIRED") return false;
    throw error;
  } finally {
    transaction.close();
  }
}

async function assertComplete(server: Transaction, database: string): Promise<void> {
  const { rows } = await server.execute({
    sql: "SELECT (SELECT max(number) FROM migrations) AS migration, EXISTS (SELECT 1 FROM sqlite_master WHERE name = ?) AS unfinished",
    args: [marker],
  });
  const { migration, unfinished } = rows[0]! as unknown as { migration: number | null; unfinished: number };
  if (unfinished === 1)
    throw new BackupError(`A restore to ${database} was interrupted.`, "Run belfry admin restore again.");
  const known = loadMigrations().at(-1)!.number;
  if (migration !== known)
    throw new BackupError(
      `The database on ${database} is at migration ${migration ?? 0}; this release has ${known}.`,
      "Run this with the release that uses the database.",
    );
}
