// Belfry on Cloudflare Workers: requests and the cron trigger. Everything but the routes is made for each invocation,
// because a database connection doesn't outlive the request that opened it there.
import { createDatabase } from "../../db/client.ts";
import { createServerClient } from "../../db/server.ts";
import { createApp } from "../app.ts";
import { ConfigError, parseConfig, type Config } from "../config.ts";
import type { Deps, Post, Process } from "../deps.ts";
import { createNewId } from "../ids.ts";
import { createKeys } from "../keys.ts";
import { createLog } from "../log.ts";
import { tick } from "../tick.ts";
import { createClock } from "./clock.ts";
import { createProcess } from "./process.ts";
import { createWorkerMail } from "./worker-mail.ts";

/** `BELFRY_…` variables and secrets, and the files of `public/`. */
export interface Bindings {
  ASSETS?: { fetch: (request: Request) => Promise<Response> };
  [variable: string]: unknown;
}
/** What an invocation may go on with after its answer. */
interface Lifetime {
  waitUntil: (work: Promise<unknown>) => void;
}
interface Invocation {
  config: Config;
  bindings: Bindings;
  lifetime: Lifetime;
}

const app = createApp((request, runtime) =>
  createDeps(runtime as Invocation, request.headers.get("cf-connecting-ip")),
);

/** Milliseconds: a pass begins nothing new after this, and the trigger comes every minute. */
const passTime = 25_000;
const cronInterval = 60_000;
const databaseTimeout = 5_000;

export default {
  fetch: (request: Request, bindings: Bindings, lifetime: Lifetime): Response | Promise<Response> => {
    const config = configure(bindings, new URL(request.url).origin);
    if (config === undefined) {
      const words = "Belfry is not set up yet: a variable is missing or wrong. The Worker's log names it.\n";
      return new Response(words, { status: 503 });
    }
    return app.fetch(request, { config, bindings, lifetime } satisfies Invocation);
  },
  scheduled: async (_event: unknown, bindings: Bindings, lifetime: Lifetime): Promise<void> => {
    const config = configure(bindings, undefined);
    if (config === undefined) return;
    const deps = createDeps({ config, bindings, lifetime }, null);
    await tick(deps, { until: deps.now() + passTime });
    await deps.process.mail?.close();
  },
};

/** Undefined, and a line in the log, when the variables are not right. `origin` stands in for the access URL. */
function configure(bindings: Bindings, origin: string | undefined): Config | undefined {
  const variables = Object.fromEntries(
    Object.entries(bindings).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
  try {
    if (variables["BELFRY_DATABASE_URL"]?.startsWith("file:") !== false)
      throw new ConfigError(
        "BELFRY_DATABASE_URL: must be a libSQL server here, like libsql://host.example.com",
      );
    if (variables["BELFRY_SECRET_KEY"] === undefined)
      throw new ConfigError("BELFRY_SECRET_KEY: is needed; make one with: openssl rand -base64 32");
    const tell = (message: string) => console.warn(JSON.stringify({ level: "warn", msg: message }));
    // Once a pass is enough for a name that may be a mistake.
    const config = parseConfig(
      { BELFRY_ACCESS_URL: origin, ...variables },
      origin === undefined ? tell : () => {},
    );
    const { notifications } = config;
    const fetchInterval = Math.max(notifications.fetchInterval, cronInterval);
    return { ...config, notifications: { ...notifications, fetchInterval } };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(
      JSON.stringify({ level: "error", msg: "the variables are not right", reason: error.message }),
    );
    return undefined;
  }
}

function createDeps({ config, bindings, lifetime }: Invocation, clientAddress: string | null): Deps {
  const clock = createClock({ local: Date.now, follow: true });
  const { now } = clock;
  const log = createLog({
    level: config.logLevel,
    format: config.logFormat ?? "json",
    now,
    write: console.log,
  });
  const db = createDatabase(connect(config));
  const { mail } = config.notifications;
  const process: Process = {
    ...createProcess({
      clock,
      db,
      log,
      stopping: new AbortController().signal,
      hashes: 1,
      mail: mail === undefined ? null : createWorkerMail(mail),
    }),
    // What they gather for has only this one request.
    group: null,
    nudges: null,
    // An invocation has 128 MB for everything.
    largestPlan: 8 * 1_048_576,
  };
  return {
    db,
    now,
    newId: createNewId(now),
    config,
    log,
    clientAddress,
    process,
    post,
    keysFor: createKeys(config.secretKey!, config.secretKeyPrevious),
    assets: (path) => readAsset(bindings, path),
    defer: (task) =>
      lifetime.waitUntil(
        Promise.resolve()
          .then(task)
          .catch((error: unknown) => log.error("work after an answer failed", { reason: String(error) })),
      ),
  };
}

const connect = (config: Config) =>
  createServerClient(config, async (url, headers, body) => {
    const signal = AbortSignal.timeout(databaseTimeout);
    const answer = await fetch(url, { method: "POST", headers, body, signal });
    return { status: answer.status, text: await answer.text() };
  });

const post: Post = async ({ url, headers, body, timeout }) => {
  const signal = AbortSignal.timeout(timeout);
  const answer = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
  await answer.body?.cancel();
  return { status: answer.status, headers: answer.headers };
};

async function readAsset({ ASSETS }: Bindings, path: string): Promise<Response | null> {
  const answer = await ASSETS?.fetch(new Request(new URL(path, "https://assets.invalid/")));
  return answer?.status === 200 ? answer : null;
}
