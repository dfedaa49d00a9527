// Migrates a database to this release, embedded or on a server, and makes the one-time code for remote setup.
import { createDatabase } from "../../db/client.ts";
import { sharedMailboxMessage } from "../accounts/maintenance.ts";
import { ensureSetupCode } from "../accounts/setup.ts";
import type { Config } from "../config/config.ts";
import { createNewId } from "../kernel/crypto.ts";
import { databaseName, openClient } from "./database.ts";
import { prepareDatabase, type Prepared } from "./prepare.ts";

export interface MigrationReport extends Prepared {
  database: string;
  setupCode: string | undefined;
}

/** Of one migration, which can copy a large table: a million messages take ten seconds. */
const requestTimeoutMs = 120_000;

export async function migrateDatabase(config: Config): Promise<MigrationReport> {
  const now = Date.now;
  const client = await openClient(config, { requestTimeoutMs });
  const db = createDatabase(client);
  try {
    const prepared = await prepareDatabase(client, db, config.databaseUrl, { now, newId: createNewId(now) });
    const setupCode = await ensureSetupCode({ db, now });
    return { ...prepared, database: databaseName(config.databaseUrl), setupCode };
  } finally {
    db.close();
  }
}

/** For a person. */
export function migrationText(
  { applied, copy, database, setupCode, sharedMailboxes }: MigrationReport,
  config: Config,
): string {
  return [
    `The database ${database} is up to date.`,
    `  migrations  ${applied.length === 0 ? "nothing new" : applied.join(", ")}`,
    ...(copy === undefined ? [] : [`  copy        ${copy} (from before the upgrade)`]),
    ...(setupCode === undefined
      ? []
      : [`  setup code ${setupCode} (for the first user, at ${config.accessUrl})`]),
    ...sharedMailboxes.map((shared) => `  ${sharedMailboxMessage(shared)}`),
  ].join("\n");
}

/** For a program: one line. */
export function migrationLine({
  applied,
  copy,
  database,
  setupCode,
  sharedMailboxes,
}: MigrationReport): string {
  return JSON.stringify({
    msg: "the database is up to date",
    database,
    migrations: applied,
    ...(sharedMailboxes.length === 0 ? {} : { warnings: sharedMailboxes.map(sharedMailboxMessage) }),
    ...(copy === undefined ? {} : { copy }),
    ...(setupCode === undefined ? {} : { setup_code: setupCode }),
  });
}
