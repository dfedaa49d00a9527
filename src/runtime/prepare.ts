// Before the first request: a copy of an embedded database that is about to change, the migrations, the seeds.
import { readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Database, DatabaseClient } from "../../db/client.ts";
import { appliedMigrations, loadMigrations, migrate } from "../../db/migrate.ts";
import { seed } from "../../db/seed.ts";
import { fillCanonicalEmails, type SharedMailbox } from "../accounts/canonical-emails.ts";
import { databaseFile } from "./database.ts";

export interface Prepared {
  /** Names of the migrations that were applied now. */
  applied: string[];
  /** The file of the copy made before, if one was. */
  copy: string | undefined;
  /** Accounts that have a mailbox which another has, too. */
  sharedMailboxes: SharedMailbox[];
}

const copiesKept = 3;

export async function prepareDatabase(
  client: DatabaseClient,
  db: Database,
  databaseUrl: string,
  clock: { now: () => number; newId: () => string },
  migrations = loadMigrations(),
): Promise<Prepared> {
  const before = await appliedMigrations(client);
  const missing = migrations.filter(({ number }) => !before.includes(number));
  const file = databaseFile(databaseUrl);
  const copy =
    file !== undefined && before.length > 0 && missing.length > 0
      ? await copyDatabase(client, file, missing[0]!.number)
      : undefined;
  const applied = await migrate(client, clock.now(), migrations);
  await seed(db, clock.now(), clock.newId);
  return { applied, copy, sharedMailboxes: await fillCanonicalEmails(db) };
}

/** A consistent copy beside the file, `belfry.db.before-N` for the migration to come; the last few are kept. */
async function copyDatabase(client: DatabaseClient, file: string, number: number): Promise<string> {
  const copy = `${file}.before-${number}`;
  const partial = `${copy}.partial`;
  rmSync(partial, { force: true });
  // SQLite would make it readable for everybody.
  writeFileSync(partial, "", { mode: 0o600 });
  await client.execute({ sql: "VACUUM INTO ?", args: [partial] });
  renameSync(partial, copy);
  const numberOf = (name: string) => Number(name.split(".before-")[1]);
  const copies = readdirSync(dirname(file)).filter(
    (name) => name.startsWith(`${basename(file)}.before-`) && Number.isInteger(numberOf(name)),
  );
  for (const old of copies.toSorted((a, b) => numberOf(b) - numberOf(a)).slice(copiesKept))
    rmSync(join(dirname(file), old));
  return copy;
}
