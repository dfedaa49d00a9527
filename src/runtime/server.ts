// A whole server on Node: opens and prepares the database, listens, ticks, and stops cleanly. Tests start it in-process.
import type { AddressInfo } from "node:net";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import type { Client } from "@libsql/client";
import { Cron } from "croner";
import { createDatabase, type Database } from "../../db/client.ts";
import { ensureSetupCode } from "../accounts/setup.ts";
import { createApp } from "../app.ts";
import { parseConfig, type Config } from "../config.ts";
import type { Deps, Post } from "../deps.ts";
import { createNewId } from "../ids.ts";
import { createLog, type Log } from "../log.ts";
import { tick } from "../tick.ts";
import { createAssets } from "./assets.ts";
import { databaseFile, openClient } from "./database.ts";
import { createMail } from "./mail.ts";
import { createPost } from "./post.ts";
import { prepareDatabase, type Prepared } from "./prepare.ts";
import { createProcess } from "./process.ts";
import { openKeys } from "./secret-key.ts";

export class PortInUseError extends Error {
  override readonly name = "PortInUseError";
}

export interface ServerOptions {
  write: (line: string) => void;
  terminal: boolean;
  /** Tests set the clock, wrap the database's client, switch the tick off. */
  now?: () => number;
  wrapClient?: (client: Client) => Client;
  onTrip?: (trip: { mode: "read" | "write"; statements: number }) => void;
  /** Gets each answer of a database server. */
  onAnswer?: (text: string) => void;
  post?: Post;
  ticking?: boolean;
  passwordCost?: number;
}

export interface RunningServer {
  config: Config;
  prepared: Prepared;
  /** The one-time code for setting up from elsewhere; undefined once there is a user. */
  setupCode: string | undefined;
  address: string;
  databaseFile: string | undefined;
  deps: (clientAddress?: string | null) => Deps;
  db: Database;
  log: Log;
  /** Resolves when the work after earlier answers is done. */
  settled: () => Promise<void>;
  /** Stops listening, finishes what was begun, gives back what was not. */
  stop: () => Promise<void>;
}

/** Milliseconds that a stop waits for requests and deliveries. */
const stopPatience = 10_000;

export async function startServer(
  environment: Record<string, string | undefined>,
  options: ServerOptions,
): Promise<RunningServer> {
  const now = options.now ?? Date.now;
  const newId = createNewId(now);
  const { config: given, log } = configure(environment, options, now);
  let config = given;
  const client = await openClient(config, { onAnswer: options.onAnswer });
  const db = createDatabase(options.wrapClient?.(client) ?? client, options);
  const keysFor = openKeys(config);
  const prepared = await prepareDatabase(client, db, config.databaseUrl, { now, newId });

  const stopping = new AbortController();
  const { post, mail, ...outlets } = openOutlets(config, options);
  const process = createProcess({
    db,
    log,
    stopping: stopping.signal,
    hashes: 2,
    mail,
    passwordCost: options.passwordCost,
  });
  const deferral = createDeferral(log);
  const assets = createAssets();
  const { defer } = deferral;
  const deps = (clientAddress: string | null = null): Deps => {
    return { db, now, newId, config, log, clientAddress, assets, process, post, keysFor, defer };
  };

  const setupCode = await ensureSetupCode(deps());
  const app = createApp((_request, runtime) =>
    deps((runtime as HttpBindings).incoming?.socket?.remoteAddress ?? null),
  );
  const http = createAdaptorServer({ fetch: app.fetch });
  const port = await listen(http, config);
  // Port 0 is "any free one": links must name the one that it became.
  config = { ...config, port, accessUrl: config.accessUrl.replace(/:0$/, `:${port}`) };
  if (options.ticking !== false) defer(() => tick(deps()));
  const ticker = options.ticking === false ? undefined : startTicker(config, deps, deferral);

  const stop = async () => {
    stopping.abort();
    ticker?.stop();
    process.hub.close();
    const patience = new Promise((resolve) => setTimeout(resolve, stopPatience).unref());
    await Promise.race([Promise.all([close(http), deferral.settled()]), patience]);
    await outlets.close();
    db.close();
  };
  const file = databaseFile(config.databaseUrl);
  return {
    config,
    prepared,
    setupCode,
    address: config.accessUrl,
    databaseFile: file,
    deps,
    db,
    log,
    settled: deferral.settled,
    stop,
  };
}

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

/** The ways out of the process. */
function openOutlets(config: Config, options: ServerOptions) {
  const poster = createPost();
  const { mail: settings } = config.notifications;
  const mail = settings === undefined ? null : createMail(settings);
  return {
    post: options.post ?? poster.post,
    mail,
    close: () => Promise.all([poster.close(), mail?.close()]),
  };
}

interface Deferral {
  defer: Deps["defer"];
  /** Resolves when all that was deferred is done. */
  settled: () => Promise<void>;
}

function createDeferral(log: Log): Deferral {
  const running = new Set<Promise<unknown>>();
  return {
    defer: (task) => {
      const job: Promise<unknown> = new Promise((resolve) => setImmediate(resolve))
        .then(task)
        .catch((error: unknown) => log.error("work after an answer failed", { reason: String(error) }))
        .finally(() => running.delete(job));
      running.add(job);
    },
    settled: async () => {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

/** Resolves when every request is answered; connections that are kept alive for more don't count. */
async function close(http: ReturnType<typeof createAdaptorServer>): Promise<void> {
  const sweep = setInterval(() => "closeIdleConnections" in http && http.closeIdleConnections(), 20);
  await new Promise((resolve) => http.close(resolve));
  clearInterval(sweep);
}

function startTicker(config: Config, deps: () => Deps, deferral: Deferral): Cron {
  const interval = Math.max(1, Math.round(config.notifications.fetchInterval / 1_000));
  // `protect`: a pass that is still running is not joined by another.
  return new Cron(
    "* * * * * *",
    { interval, protect: true, unref: true },
    () =>
      new Promise<void>((resolve) => {
        deferral.defer(() => tick(deps()).finally(resolve));
      }),
  );
}

function listen(http: ReturnType<typeof createAdaptorServer>, config: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") return reject(error);
      const other = config.port + 1;
      reject(
        new PortInUseError(
          `Port ${config.port} on ${config.host} is in use. Stop what listens there, or start on another one: BELFRY_HTTP_ADDRESS=${config.host}:${other} npm start`,
        ),
      );
    });
    http.listen(config.port, config.host, () => resolve((http.address() as AddressInfo).port));
  });
}
