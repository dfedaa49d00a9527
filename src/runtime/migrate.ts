// `npm run db:migrate`: brings the database that the environment names to this release, embedded or on a server, and
// prints the one-time code for setting up from another machine.
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

/** Milliseconds for one migration: a million messages are copied in ten seconds. */
const requestTimeoutMs = 120_000;

let config: Config | undefined;
try {
  config = parseConfig(process.env, (message) => process.stderr.write(`belfry: ${message}\n`));
  const report = await bringUpToDate(config);
  process.stdout.write(`${process.stdout.isTTY ? inWords(report, config) : asJson(report)}\n`);
} catch (error) {
  process.stderr.write(`belfry: ${describeFailure(error, config?.databaseUrl)}\n`);
  process.exitCode = 1;
}

async function bringUpToDate(config: Config): Promise<Report> {
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

function inWords({ applied, copy, database, setupCode, sharedMailboxes }: Report, config: Config): string {
  return [
    `The database ${database} is up to date.`,
    `  migrations  ${applied.length === 0 ? "nothing new" : applied.join(", ")}`,
    ...(copy === undefined ? [] : [`  copy        ${copy} (made before the upgrade)`]),
    ...(setupCode === undefined
      ? []
      : [`  set-up code ${setupCode} (for the first user, at ${config.accessUrl})`]),
    ...sharedMailboxes.map((shared) => `  ${sharedMailboxMessage(shared)}`),
  ].join("\n");
}

function asJson({ applied, copy, database, setupCode, sharedMailboxes }: Report): string {
  return JSON.stringify({
    msg: "the database is up to date",
    database,
    migrations: applied,
    ...(sharedMailboxes.length === 0 ? {} : { warnings: sharedMailboxes.map(sharedMailboxMessage) }),
    ...(copy === undefined ? {} : { copy }),
    ...(setupCode === undefined ? {} : { setup_code: setupCode }),
  });
}
