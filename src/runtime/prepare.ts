// Before the first request: a copy of an embedded database that is about to change, the migrations, the seeds.
import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Database, DatabaseClient } from "../../db/client.ts";
import { appliedMigrations, loadMigrations, migrate } from "../../db/migrate.ts";
import { seed } from "../../db/seed.ts";
import { fillCanonicalEmails, type SharedMailbox } from "../accounts/maintenance.ts";
import { checkCopy } from "./backup.ts";
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
      ? await copyDatabase(client, file, before, missing[0]!.number, clock)
      : undefined;
  const applied = await migrate(client, clock.now(), migrations);
  await seed(db, clock.now(), clock.newId);
  return { applied, copy, sharedMailboxes: await fillCanonicalEmails(db) };
}

/**
 * A consistent copy beside the file, `belfry.db.before-N` for the migration to come; the last few are kept. Where two start at once, the one that finds the other at work leaves the other's copy as it is.
 */
async function copyDatabase(
  client: DatabaseClient,
  file: string,
  before: readonly number[],
  number: number,
  { now, newId }: { now: () => number; newId: () => string },
): Promise<string> {
  const copy = `${file}.before-${number}`;
  const partial = `${copy}.partial-${newId()}`;
  removePartial(file, now());
  // SQLite would make it readable for everybody.
  writeFileSync(partial, "", { mode: 0o600 });
  await client.execute({ sql: "VACUUM INTO ?", args: [partial] });
  if ((await checkCopy(partial)) !== before.at(-1)) rmSync(partial);
  else renameSync(partial, copy);
  const numberOf = (name: string) => Number(name.split(".before-")[1]);
  const copies = readdirSync(dirname(file)).filter(
    (name) => name.startsWith(`${basename(file)}.before-`) && Number.isInteger(numberOf(name)),
  );
  for (const old of copies.toSorted((a, b) => numberOf(b) - numberOf(a)).slice(copiesKept))
    rmSync(join(dirname(file), old));
  return copy;
}

/** Milliseconds after which a copy that is not finished belongs to nobody. */
const abandonedAfter = 3_600_000;

/** What starts that were cut off have left. */
function removePartial(file: string, now: number): void {
  const folder = dirname(file);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const isPartial = name.startsWith(`${basename(file)}.before-`) && name.includes(".partial");
    if (isPartial && now - statSync(path).mtimeMs > abandonedAfter) rmSync(path, { force: true });
  }
}
