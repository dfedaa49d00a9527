// What a process on Node has for one organization: its database, and whatever is bound to that, such as the live inbox and the
// queues of writes. Sockets, connections to receivers and the figures of the process are common to all.
import type { Database, DatabaseClient, DatabaseOptions } from "../../db/client.ts";
import { sharedMailboxMessage } from "../accounts/maintenance.ts";
import { ensureSetupCode } from "../accounts/setup.ts";
import { listOrganizations } from "../accounts/store/deployment.ts";
import { ConfigError, withPort, type Config } from "../config/config.ts";
import { createNewId } from "../kernel/crypto.ts";
import type { Log } from "../kernel/log.ts";
import type { Measures } from "../kernel/measures.ts";
import type { Clock } from "../kernel/ports.ts";
import { createGate, type Gate } from "./admission.ts";
import { openAssets } from "./asset-files.ts";
import { databaseFile, databaseName, openClient } from "./database.ts";
import { createDeferral } from "./deferral.ts";
import { guardFile, type Rescue } from "./file-guard.ts";
import { dbFor, type Organization } from "./organizations.ts";
import { openKeys, prepareDatabase, type Prepared } from "./prepare.ts";
import { createSharedProcess } from "./process-groups.ts";
import { setClock, type ProcessTuning } from "./process.ts";
import { createRequestDeps } from "./request-deps.ts";
import { startTicker } from "./ticker.ts";
import type { OpenTransports } from "./transports.ts";

/** Tests wrap the database client and disable the tick. */
export interface OrganizationOptions extends Pick<DatabaseOptions, "onTrip" | "onStatement">, ProcessTuning {
  /** How long to retry while the database is unavailable. */
  databaseTimeoutMs?: number;
  wrapClient?: (client: DatabaseClient) => DatabaseClient;
  /** Receives each response of a database server. */
  onAnswer?: (text: string) => void;
  ticking?: boolean;
}

export interface OpenOrganization {
  id: string;
  config: () => Config;
  prepared: Prepared;
  /** The one-time code for remote setup; undefined once there is a user. */
  setupCode: string | undefined;
  databaseFile: string | undefined;
  db: Database;
  /** Of a request that isn't refused for its number. */
  gate: Gate;
  deps: ReturnType<typeof createRequestDeps>;
  /** Resolves when the work after earlier responses is done. */
  settled: () => Promise<void>;
  /** Once the port is known. */
  start: (port: number) => void;
  /** Starts nothing more, and ends live inboxes. */
  stop: () => void;
}

/** What the organizations of a process have in common. */
export interface Common {
  options: OrganizationOptions;
  clock: Clock;
  log: Log;
  measures: Measures;
  transports: Pick<OpenTransports, "outgoing" | "mail" | "tracer">;
  stopping: AbortSignal;
}

export async function openOrganization(
  organization: Organization,
  common: Common,
): Promise<OpenOrganization> {
  const { options, clock, log, measures, stopping } = common;
  const { outgoing, mail, tracer } = common.transports;
  let { config } = organization;
  const { now } = clock;
  const newId = createNewId(now);
  const gate = createGate();
  const { client, db, file } = await openDatabase(organization, common, gate);
  const keysFor = openKeys(config);
  const organizationId = organization.id;
  const prepared = await prepareDatabase(client, db, config.databaseUrl, { now, newId, organizationId });
  await requireOwner(db, organization);
  for (const shared of prepared.sharedMailboxes) log.warn(sharedMailboxMessage(shared));
  await setClock(db, clock);

  const given = { clock, db, log, mail, tracer, measures, stopping, deps: () => deps() };
  const process = gate.countEvents(createSharedProcess({ ...given, ...limitsOf(options, config) }));
  const { defer, settled } = createDeferral(log);
  const kept = { db, organizationId, now, newId, log, process, keysFor, defer };
  const deps = createRequestDeps(() => config, { ...kept, ...outgoing, ...openAssets() });
  let ticker: ReturnType<typeof startTicker> | undefined;
  return {
    id: organizationId,
    config: () => config,
    prepared,
    setupCode: await ensureSetupCode(deps()),
    databaseFile: file,
    db,
    gate,
    deps,
    settled,
    start: (port) => {
      config = withPort(config, port);
      if (options.ticking !== false) ticker = startTicker(config, deps);
    },
    stop: () => {
      ticker?.stop();
      process.hub.close();
    },
  };
}

/** With another organization's database, a process would show one organization's rows to the other. */
async function requireOwner(db: Database, { id, config }: Organization): Promise<void> {
  if (id === "") return;
  const [owner] = (await db.read({ organizations: listOrganizations() })).organizations;
  if (owner?.id !== id)
    throw new ConfigError(
      `The database ${databaseName(config.databaseUrl)} is organization ${owner?.id}'s, not ${id}'s.`,
    );
}

const limitsOf = ({ passwordCost, inboxInterval }: ProcessTuning, { apiRateLimit }: Config) => ({
  hashes: 2,
  passwordCost,
  inboxInterval,
  apiRateLimit,
});

async function openDatabase(organization: Organization, { options, log, measures }: Common, gate: Gate) {
  const { config } = organization;
  const opened = await openClient(config, { onAnswer: options.onAnswer });
  const file = databaseFile(config.databaseUrl);
  const client =
    file === undefined ? opened : guardFile(opened, file, (rescue) => log.error(...rescueEntry(rescue)));
  const watched: DatabaseOptions = {
    ...options,
    observers: { measures: measures.batchEnded },
    timeoutMs: options.databaseTimeoutMs,
  };
  const db = dbFor(organization, () => options.wrapClient?.(client) ?? client, log, watched);
  // A file answers at once, or keeps the whole process busy.
  return { client, file, db: file === undefined ? gate.count(db) : db };
}

/** An error, because Belfry writes nothing until an operator acts. */
const rescueEntry = ({ lost, copy, problem }: Rescue) =>
  [
    `a database file was removed or replaced while Belfry was running; Belfry writes nothing more. Stop Belfry, then: belfry admin restore ${copy ?? "BACKUP"}`,
    { lost, ...(copy === undefined ? { no_copy: problem } : { copy }) },
  ] as const;
