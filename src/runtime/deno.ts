// Belfry on Deno, with a libSQL server: a process of its own, or an isolate of Deno Deploy. It writes no file and starts no
// program. The live inbox is in each process; Deno.cron, where there is one, wakes a deployment once a minute.
import { createApp, type Open } from "../app.ts";
import { ConfigError, parseConfig, variables, withPort, type Config } from "../config/config.ts";
import { refuseTarget } from "../http/rules/default-headers.ts";
import { parseRequestTarget } from "../http/rules/headers.ts";
import type { Deps } from "../kernel/deps.ts";
import { createKeys, createNewId } from "../kernel/crypto.ts";
import { createLog } from "../kernel/log.ts";
import { clientAddressOf } from "../kernel/rules/client-address.ts";
import { version } from "../kernel/version.ts";
import { createMcpRoutes } from "../mcp/route.ts";
import { tick } from "../tick.ts";
import { createGate } from "./admission.ts";
import { openAssets } from "./asset-files.ts";
import { createDeferral, untilStopped } from "./deferral.ts";
import { acceptDenoSocket, type DenoSocketOf } from "./deno-socket.ts";
import { connectByFetch } from "./fetch-client.ts";
import { dbFor, organizationOf } from "./organizations.ts";
import { createSharedProcess } from "./process-groups.ts";
import { createClock, setClock } from "./process.ts";
import { createRequestDeps } from "./request-deps.ts";
import { startTicker } from "./ticker.ts";
import { openTransports } from "./transports.ts";

/** What Belfry uses of Deno. */
declare const Deno: {
  env: { get: (name: string) => string | undefined };
  serve: (
    options: {
      hostname: string;
      port: number;
      signal: AbortSignal;
      onListen: (at: { port: number }) => void;
    },
    handle: (request: Request, info: { remoteAddr: { hostname?: string } }) => Response | Promise<Response>,
  ) => { finished: Promise<void> };
  /** Only with `--unstable-cron`, and on Deno Deploy. */
  cron?: (name: string, schedule: string, run: () => Promise<void>) => Promise<void>;
  upgradeWebSocket: DenoSocketOf;
  addSignalListener: (signal: string, then: () => void) => void;
  exit: (code: number) => never;
};

const cronMs = 60_000;

try {
  serve(configure());
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(`belfry: ${error.message}`);
  Deno.exit(1);
}

/** What the process may not see is not set. */
function variableOf(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined;
  }
}

/** By name, because a process may be allowed to see these only. */
function configure(): Config {
  const environment = Object.fromEntries(Object.keys(variables).map((name) => [name, variableOf(name)]));
  const config = parseConfig(environment, (message) => console.warn(message));
  if (config.databaseUrl.startsWith("file:"))
    throw new ConfigError(
      "BELFRY_DATABASE_URL: must be a libSQL server here, like libsql://host.example.com; with a file, start src/runtime/node.ts",
    );
  if (config.databaseClient === "official")
    throw new ConfigError("BELFRY_DATABASE_CLIENT: official works on Node only; remove it");
  if (config.secretKey === undefined)
    throw new ConfigError("BELFRY_SECRET_KEY: required; create one: openssl rand -base64 32");
  if (Deno.cron === undefined) return config;
  const { notifications } = config;
  return {
    ...config,
    notifications: { ...notifications, fetchInterval: Math.max(notifications.fetchInterval, cronMs) },
  };
}

/** Deno Deploy looks for what serves, and for the cron, while this module is evaluated. */
function serve(config: Config): void {
  const belfry = createBelfry(config);
  const app = createApp(belfry.open as unknown as Open, createMcpRoutes);
  const answer = belfry.gate.guard<Caller>(app.fetch, { log: belfry.log, measures: null });
  const { host: hostname, port } = config;
  const onListen = (at: { port: number }) =>
    console.log(JSON.stringify({ msg: "belfry is listening", address: belfry.listensOn(at.port) }));
  const server = Deno.serve(
    { hostname, port, signal: belfry.stopping.signal, onListen },
    async (request, { remoteAddr }) => {
      const { host, pathname, search, protocol } = new URL(request.url);
      const target = parseRequestTarget(pathname + search, [host], protocol === "https:" ? "https" : "http");
      if (!target.ok) return refuseTarget(target.problem);
      const upgrade = acceptDenoSocket(request, Deno.upgradeWebSocket);
      const caller: Caller = { address: remoteAddr.hostname ?? null, openSocket: upgrade.openSocket };
      const given = await answer(request, caller);
      return upgrade.response() ?? given;
    },
  );
  const ticker = Deno.cron === undefined ? startTicker(config, belfry.deps) : undefined;
  void Deno.cron?.("belfry", "* * * * *", async () => void (await tick(belfry.deps())));
  stopOnSignals(async () => {
    ticker?.stop();
    await belfry.stop(server.finished);
  });
}

/** What a process has, from its first request to its last. */
function createBelfry(given: Config) {
  let config = given;
  const stopping = new AbortController();
  const base = openBase(config);
  const { log, now, newId, organizationId } = base;
  const gate = createGate();
  const db = gate.count(base.db);
  const resource = () => ({ "service.version": version });
  const { outgoing, mail, tracer, close } = openTransports(config, {}, { log, now, resource });
  const { apiRateLimit } = config;
  const own = {
    ...base,
    db,
    mail,
    tracer,
    apiRateLimit,
    stopping: stopping.signal,
    hashes: 2,
    deps: () => deps(),
  };
  const process = gate.countEvents({ ...createSharedProcess(own), printsSetupCode: false });
  const { defer, settled } = createDeferral(log);
  const keysFor = createKeys(config.secretKey!, config.secretKeyPrevious);
  const kept = { db, organizationId, now, newId, log, process, keysFor, defer };
  const deps = createRequestDeps(() => config, { ...kept, ...outgoing, ...openAssets() });
  return {
    deps,
    log,
    gate,
    stopping,
    open: (request: Request, { address, openSocket }: Caller) =>
      deps(
        clientAddressOf(address, config.proxy, (name) => request.headers.get(name)),
        { openSocket },
      ),
    listensOn: (port: number): string => {
      config = withPort(config, port);
      return config.accessUrl;
    },
    /** `answered`: resolves when every request is. */
    stop: async (answered: Promise<void>) => {
      stopping.abort();
      process.hub.close();
      await untilStopped(Promise.all([answered, settled()]));
      await close();
      db.close();
    },
  };
}

function openBase(config: Config) {
  const clock = createClock({ local: Date.now, follow: true });
  const { now } = clock;
  const format = config.logFormat ?? "json";
  const log = createLog({
    level: config.logLevel,
    format,
    now,
    write: (line, level) => console[level](line),
  });
  const organization = organizationOf(config);
  const db = dbFor(organization, connectByFetch, log);
  // Until it is known, as on Workers, this machine's counts.
  setClock(db, clock).catch((error: unknown) =>
    log.warn("the database's clock is unknown", { reason: String(error) }),
  );
  return { clock, now, log, db, organizationId: organization.id, newId: createNewId(now) };
}

interface Caller {
  address: string | null;
  openSocket: Deps["openSocket"];
}

/** Where there are signals; the second one stops it immediately. */
function stopOnSignals(stop: () => Promise<void>): void {
  let isStopping = false;
  const onSignal = () => {
    if (isStopping) Deno.exit(130);
    isStopping = true;
    void stop().then(() => Deno.exit(0));
  };
  try {
    for (const signal of ["SIGINT", "SIGTERM"]) Deno.addSignalListener(signal, onSignal);
  } catch {
    // Deno Deploy ends an isolate without one.
  }
}
