// Copies a server's database to a file while servers use it: all reads are of one transaction, and see the same state.
import { createClient } from "@libsql/client";
import { createClient as createServerClient, type Transaction } from "@libsql/client/http";
import { loadMigrations, migrate } from "../../db/migrate.ts";
import { serverUrl } from "../../db/server.ts";
import { BackupError } from "./backup-error.ts";
import { copyRows, marker } from "./copy-rows.ts";
import { databaseName, type DatabaseAddress } from "./database.ts";

/** `file` is there, and empty. */
export async function download(address: DatabaseAddress, file: string): Promise<void> {
  const server = createServerClient({
    url: serverUrl(address.databaseUrl),
    ...(address.databaseAuthToken === undefined ? {} : { authToken: address.databaseAuthToken }),
  });
  const copy = createClient({ url: `file:${file}`, concurrency: 1 });
  await migrate(copy, 0);
  // From here on nothing takes long between two reads: a server ends a transaction that is idle.
  const transaction = await server.transaction("read");
  try {
    await assertComplete(transaction, databaseName(address.databaseUrl));
    await copyRows(transaction, copy, copy);
  } finally {
    transaction.close();
    copy.close();
    server.close();
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
