// A server on Node: opens and prepares the database, listens, ticks, and stops gracefully. Tests start it in-process.
import type { Server as HttpServer } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import { createDatabase, type Database, type DatabaseClient, type DatabaseOptions } from "../../db/client.ts";
import { sharedMailboxMessage } from "../accounts/maintenance.ts";
import { ensureSetupCode } from "../accounts/setup.ts";
import { createApp, type Open } from "../app.ts";
import { createMcpRoutes } from "../mcp/route.ts";
import { parseConfig, withPort, type Config } from "../config/config.ts";
import type { Deps } from "../kernel/deps.ts";
import { createNewId } from "../kernel/crypto.ts";
import { createLog, withBatchLog, type Log } from "../kernel/log.ts";
import { clientAddressOf } from "../kernel/rules/client-address.ts";
import { type ConnectionLimits, close, openHttp, listen, type SlowRequests } from "./http-server.ts";
import { resourceOf, startMeasures } from "./process-figures.ts";
import { createGate, type Gate } from "./admission.ts";
import { openAssets } from "./asset-files.ts";
import { eventStreamsOf, type StreamBindings } from "./event-streams.ts";
import { createSharedProcess } from "./process-groups.ts";
import { createClock, setClock, type ProcessTuning } from "./process.ts";
import { databaseFile, openClient } from "./database.ts";
import { guardFile, type Rescue } from "./file-guard.ts";
import { openTransports, type Transports } from "./transports.ts";
import { prepareDatabase, type Prepared, openKeys } from "./prepare.ts";
import { createRequestDeps, noSocket, type Connection } from "./request-deps.ts";
import { acceptSockets, type Upgrade } from "./sockets.ts";
import { createDeferral, untilStopped } from "./deferral.ts";
import { startTicker } from "./ticker.ts";

export interface ServerOptions
  extends Pick<DatabaseOptions, "onTrip" | "onStatement">, ProcessTuning, Partial<Transports> {
  write: (line: string) => void;
  terminal: boolean;
  /** Tests set the clock, wrap the database client and disable the tick. */
  now?: () => number;
  /** Whether the clock follows the database's. Default: unless `now` is set. */
  followDatabaseClock?: boolean;
  /** How long to retry while the database is unavailable. */
  databaseTimeoutMs?: number;
  wrapClient?: (client: DatabaseClient) => DatabaseClient;
  /** Receives each response of a database server. */
  onAnswer?: (text: string) => void;
  ticking?: boolean;
  slowRequests?: SlowRequests;
  connections?: ConnectionLimits;
}

export interface RunningServer {
  config: Config;
  prepared: Prepared;
  /** The one-time code for remote setup; undefined once there is a user. */
  setupCode: string | undefined;
  address: string;
  databaseFile: string | undefined;
  deps: (clientAddress?: string | null) => Deps;
  db: Database;
  log: Log;
  /** Resolves when the work after earlier responses is done. */
  settled: () => Promise<void>;
  /** Stops listening, finishes started work, releases leases. */
  stop: () => Promise<void>;
}

export async function startServer(
  environment: Record<string, string | undefined>,
  options: ServerOptions,
): Promise<RunningServer> {
  const clock = createClock({
    local: options.now ?? Date.now,
    follow: options.followDatabaseClock ?? options.now === undefined,
  });
  const { now } = clock;
  const newId = createNewId(now);
  const { log, ...configured } = configure(environment, options, now);
  let { config } = configured;
  const stopping = new AbortController();
  const gate = createGate();
  const measures = startMeasures(() => config, stopping.signal, gate.delayed);
  const watched = { ...options, observers: { measures: measures.batchEnded } };
  const { client, db, file } = await openDatabase(config, watched, { log, gate });
  const keysFor = openKeys(config);
  const prepared = await prepareDatabase(client, db, config.databaseUrl, { now, newId });
  for (const shared of prepared.sharedMailboxes) log.warn(sharedMailboxMessage(shared));
  await setClock(db, clock);

  const own = { log, now, resource: resourceOf(() => config) };
  const { outgoing, mail, tracer, ...transports } = openTransports(config, options, own);
  const given = { clock, db, log, mail, tracer, measures, stopping: stopping.signal, deps: () => deps() };
  const process = gate.countEvents(createSharedProcess({ ...given, ...limitsOf(options, config) }));
  const { defer, settled } = createDeferral(log);
  const kept = { db, now, newId, log, process, keysFor, defer };
  const deps = createRequestDeps(() => config, { ...kept, ...outgoing, ...openAssets() });

  const setupCode = await ensureSetupCode(deps());
  const open = (request: Request, runtime: NodeBindings) =>
    deps(clientOf(request, runtime, config), connectionOf(runtime));
  const app = createApp(open as Open, createMcpRoutes);
  const http = openHttp(gate.guard(app.fetch, { log, measures }), options, { proxy: config.proxy, log });
  const sockets = acceptSockets(http as HttpServer, app.fetch);
  config = withPort(config, await listen(http, config));
  const ticker = options.ticking === false ? undefined : startTicker(config, deps);

  const stop = async () => {
    stopping.abort();
    ticker?.stop();
    process.hub.close();
    sockets.close();
    await untilStopped(Promise.all([close(http), settled()]));
    await transports.close();
    db.close();
  };
  const { accessUrl: address } = config;
  return { config, prepared, setupCode, address, databaseFile: file, deps, db, log, settled, stop };
}

const limitsOf = ({ passwordCost, inboxInterval }: ProcessTuning, { apiRateLimit }: Config) => ({
  hashes: 2,
  passwordCost,
  inboxInterval,
  apiRateLimit,
});

type NodeBindings = StreamBindings & Partial<Upgrade>;

const connectionOf = (bindings: NodeBindings): Connection => ({
  openSocket: bindings.accept ?? noSocket,
  openStream: eventStreamsOf(bindings),
});

async function openDatabase(
  config: Config,
  options: ServerOptions & Pick<DatabaseOptions, "observers">,
  { log, gate }: { log: Log; gate: Gate },
) {
  const opened = await openClient(config, { onAnswer: options.onAnswer });
  const file = databaseFile(config.databaseUrl);
  const client =
    file === undefined ? opened : guardFile(opened, file, (rescue) => log.error(...rescueEntry(rescue)));
  const db = createDatabase(options.wrapClient?.(client) ?? client, {
    ...options,
    timeoutMs: options.databaseTimeoutMs,
  });
  const logged = withBatchLog(db, log, config.logLevel);
  // A file answers at once, or keeps the whole process busy.
  return { client, file, db: file === undefined ? gate.count(logged) : logged };
}

/** An error, because Belfry writes nothing until an operator acts. */
const rescueEntry = ({ lost, copy, problem }: Rescue) =>
  [
    `a database file was removed or replaced while Belfry was running; Belfry writes nothing more. Stop Belfry, then: belfry admin restore ${copy ?? "BACKUP"}`,
    { lost, ...(copy === undefined ? { no_copy: problem } : { copy }) },
  ] as const;

const clientOf = (request: Request, { incoming }: HttpBindings, { proxy }: Config) =>
  clientAddressOf(incoming?.socket?.remoteAddress ?? null, proxy, (name) => request.headers.get(name));

function configure(
  environment: Record<string, string | undefined>,
  options: ServerOptions,
  now: () => number,
) {
  const warnings: string[] = [];
  const config = parseConfig(environment, (message) => warnings.push(message));
  const format = config.logFormat ?? (options.terminal ? "text" : "json");
  const log = createLog({ level: config.logLevel, format, now, write: options.write });
  for (const warning of warnings) log.warn(warning);
  return { config, log };
}
