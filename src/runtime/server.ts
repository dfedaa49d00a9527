// A server on Node: opens and prepares the database, listens, ticks, and stops gracefully. Tests start it in-process.
import type { Server as HttpServer } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import type { Database } from "../../db/client.ts";
import { createApp, type Open } from "../app.ts";
import { createMcpRoutes } from "../mcp/route.ts";
import { parseConfig, type Config } from "../config/config.ts";
import type { Deps } from "../kernel/deps.ts";
import { createLog, type Log } from "../kernel/log.ts";
import { clientAddressOf } from "../kernel/rules/client-address.ts";
import {
  type ConnectionLimits,
  methodAndPath,
  openHttp,
  type Refuse,
  type SlowRequests,
} from "./http-server.ts";
import { listen } from "./listening.ts";
import { resourceOf, startMeasures } from "./process-figures.ts";
import { eventStreamsOf, type StreamBindings } from "./event-streams.ts";
import { createClock } from "./process.ts";
import { openOrganization, type OpenOrganization, type OrganizationOptions } from "./open-organization.ts";
import { onlyOne, routeByHost, type Organizations } from "./route-by-host.ts";
import { openTransports, type Transports } from "./transports.ts";
import type { Prepared } from "./prepare.ts";
import { noSocket, type Connection } from "./request-deps.ts";
import { acceptSockets, type Upgrade } from "./sockets.ts";
import { untilStopped } from "./deferral.ts";

export interface ServerOptions extends OrganizationOptions, Partial<Transports> {
  write: (line: string) => void;
  terminal: boolean;
  /** Tests set the clock. */
  now?: () => number;
  /** Whether the clock follows the database's. Default: unless `now` is set. */
  followDatabaseClock?: boolean;
  slowRequests?: SlowRequests;
  connections?: ConnectionLimits;
  /** How many listen on the port. */
  listeningSockets?: number;
  /** In place of the one that the environment's database has. */
  organizations?: (config: Config) => Organizations;
}

/** Outside `organizations`: of the first. */
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
  organizations: readonly OpenOrganization[];
  /** Resolves when the work after earlier responses is done. */
  settled: () => Promise<void>;
  /** Stops listening, finishes started work, releases leases. */
  stop: () => Promise<void>;
}

export async function startServer(
  environment: Record<string, string | undefined>,
  options: ServerOptions,
): Promise<RunningServer> {
  const newClock = () =>
    createClock({
      local: options.now ?? Date.now,
      follow: options.followDatabaseClock ?? options.now === undefined,
    });
  const clock = newClock();
  const { log, config } = configure(environment, options, clock.now);
  const stopping = new AbortController();
  const opened: OpenOrganization[] = [];
  const newestConfig = () => opened[0]?.config() ?? config;
  const measures = startMeasures(newestConfig, stopping.signal, (busy) =>
    opened.forEach(({ gate }) => gate.delayed(busy, performance.now())),
  );
  const own = { log, now: clock.now, resource: resourceOf(newestConfig) };
  const transports = openTransports(config, options, own);
  const organizations = options.organizations?.(config) ?? onlyOne(config);
  for (const [at, organization] of organizations.all.entries()) {
    const { id } = organization;
    const named = {
      clock: at === 0 ? clock : newClock(),
      log: id === "" ? log : log.with({ organization: id }),
    };
    const common = { options, measures, transports, stopping: stopping.signal, ...named };
    opened.push(await openOrganization(organization, common));
  }

  const route = routeByHost(organizations, opened);
  const open = (request: Request, runtime: NodeBindings) =>
    route.find(runtime)!.deps(clientOf(request, runtime, config), connectionOf(runtime));
  const app = createApp(open as Open, createMcpRoutes);
  const told = { log, measures };
  const refuse: Refuse = (incoming) => route.find({ incoming })?.gate.refuse(methodAndPath(incoming), told);
  const http = openHttp(
    route.by(() => app.fetch),
    options,
    { proxy: config.proxy, log, refuse },
  );
  const sockets = acceptSockets(
    http as HttpServer,
    route.by(() => app.fetch),
  );
  const listener = await listen(http, config, options.listeningSockets);
  opened.forEach(({ start }) => start(listener.port));

  const stop = async () => {
    stopping.abort();
    for (const organization of opened) organization.stop();
    sockets.close();
    await untilStopped(Promise.all([listener.close(), ...opened.map(({ settled }) => settled())]));
    await transports.close();
    for (const { db } of opened) db.close();
  };
  const { prepared, setupCode, databaseFile, deps, db, settled } = opened[0]!;
  const ofFirst = { prepared, setupCode, databaseFile, deps, db, settled, config: newestConfig() };
  return { ...ofFirst, address: newestConfig().accessUrl, organizations: opened, log, stop };
}

type NodeBindings = StreamBindings & Partial<Upgrade>;

const connectionOf = (bindings: NodeBindings): Connection => ({
  openSocket: bindings.accept ?? noSocket,
  openStream: eventStreamsOf(bindings),
});

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
