// `npm run db:migrate`: migrates the database of the environment, embedded or on a server, and prints the one-time code for
// remote setup.
import { createDatabase } from "../../db/client.ts";
import { sharedMailboxMessage } from "../accounts/maintenance.ts";
import { ensureSetupCode } from "../accounts/setup.ts";
import { parseConfig, type Config } from "../config/config.ts";
import { createNewId } from "../kernel/crypto.ts";
import { databaseName, openClient } from "./database.ts";
import { describeFailure } from "./startup-messages.ts";
import { prepareDatabase, type Prepared } from "./prepare.ts";

interface Report extends Prepared {
  database: string;
  setupCode: string | undefined;
}

/** Of one migration, which can copy a large table: a million messages take ten seconds. */
const requestTimeoutMs = 120_000;

let config: Config | undefined;
try {
  config = parseConfig(process.env, (message) => process.stderr.write(`belfry: ${message}\n`));
  const report = await migrateDatabase(config);
  process.stdout.write(`${process.stdout.isTTY ? toText(report, config) : toJson(report)}\n`);
} catch (error) {
  process.stderr.write(`belfry: ${describeFailure(error, config?.databaseUrl)}\n`);
  process.exitCode = 1;
}

async function migrateDatabase(config: Config): Promise<Report> {
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

function toText({ applied, copy, database, setupCode, sharedMailboxes }: Report, config: Config): string {
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

function toJson({ applied, copy, database, setupCode, sharedMailboxes }: Report): string {
  return JSON.stringify({
    msg: "the database is up to date",
    database,
    migrations: applied,
    ...(sharedMailboxes.length === 0 ? {} : { warnings: sharedMailboxes.map(sharedMailboxMessage) }),
    ...(copy === undefined ? {} : { copy }),
    ...(setupCode === undefined ? {} : { setup_code: setupCode }),
  });
}
