// Before the first request: a copy of an embedded database before an upgrade, migrations, seeds, and the secret key.
import { readdirSync, renameSync, rmSync, statSync, writeFileSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Database, DatabaseClient } from "../../db/client.ts";
import { appliedMigrations, loadMigrations, migrate } from "../../db/migrate.ts";
import { seed } from "../../db/seed.ts";
import { fillCanonicalEmails, type SharedMailbox } from "../accounts/maintenance.ts";
import { checkCopy } from "./backup.ts";
import { databaseFile } from "./database.ts";
import { randomBytes } from "node:crypto";
import { ConfigError, type Config } from "../config/config.ts";
import { createKeys, type KeysFor } from "../kernel/crypto.ts";

export interface Prepared {
  /** Names of the migrations that this start applied. */
  applied: string[];
  /** The copy that was created before the upgrade, if any. */
  copy: string | undefined;
  /** Accounts that share a mailbox. */
  sharedMailboxes: SharedMailbox[];
}

const maxCopies = 3;

/** `organizationId`: of the organization that a new database gets; '' or without it, a new one. */
export async function prepareDatabase(
  client: DatabaseClient,
  db: Database,
  databaseUrl: string,
  { organizationId, ...clock }: { now: () => number; newId: () => string; organizationId?: string },
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
  await seed(db, clock.now(), clock.newId, undefined, organizationId);
  return { applied, copy, sharedMailboxes: await fillCanonicalEmails(db) };
}

/**
 * A consistent copy beside the file, `belfry.db.before-N` for the first missing migration; the last few are kept. Of two
 * concurrent starts, the one that finds the database already migrated keeps the other's copy.
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
  // SQLite would create it world-readable.
  writeFileSync(partial, "", { mode: 0o600 });
  await client.execute({ sql: "VACUUM INTO ?", args: [partial] });
  if ((await checkCopy(partial)) !== before.at(-1)) rmSync(partial);
  else renameSync(partial, copy);
  const numberOf = (name: string) => Number(name.split(".before-")[1]);
  const copies = readdirSync(dirname(file)).filter(
    (name) => name.startsWith(`${basename(file)}.before-`) && Number.isInteger(numberOf(name)),
  );
  for (const old of copies.toSorted((a, b) => numberOf(b) - numberOf(a)).slice(maxCopies))
    rmSync(join(dirname(file), old));
  return copy;
}

/** An unfinished copy is abandoned after this. */
const abandonedAfterMs = 3_600_000;

/** Removes copies of interrupted starts. */
function removePartial(file: string, now: number): void {
  const folder = dirname(file);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const isPartial = name.startsWith(`${basename(file)}.before-`) && name.includes(".partial");
    if (isPartial && now - statSync(path).mtimeMs > abandonedAfterMs) rmSync(path, { force: true });
  }
}

export function openKeys(config: Config): KeysFor {
  return createKeys(config.secretKey ?? keptKey(config), config.secretKeyPrevious);
}

/** The file that keeps the key of an embedded database. */
export const keyFile = (file: string) => join(dirname(file), "belfry.key");

function keptKey(config: Config): string {
  const file = databaseFile(config.databaseUrl);
  if (file === undefined || requiresSecretKey(config)) {
    throw new ConfigError(
      "BELFRY_SECRET_KEY: required when Belfry listens beyond this machine or its database is a server; the same on every instance. Create one: openssl rand -base64 32",
    );
  }
  return keepKey(keyFile(file));
}

/** The key in a file, which is created if missing. */
export function keepKey(path: string): string {
  try {
    // `wx`: concurrent starts get the same key.
    writeFileSync(path, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFileSync(path, "utf8").trim();
}

/** Only a single process on one machine can create its own key. */
export const requiresSecretKey = (config: Config): boolean =>
  config.secretKey === undefined &&
  (databaseFile(config.databaseUrl) === undefined || !isLoopback(config.host));

const isLoopback = (host: string) => host === "localhost" || host === "::1" || host.startsWith("127.");
