// Belfry on Cloudflare Workers: requests and the cron trigger. Everything but the routes is made for each invocation,
// because a database connection doesn't outlive the request that opened it there.
import { createApp } from "../app.ts";
import { ConfigError, parseConfig, type Config } from "../config/config.ts";
import { parseRequestTarget } from "../http/rules/headers.ts";
import { tick } from "../tick.ts";
import { createDeps, createOwnDeps, type Bindings, type Invocation, type Lifetime } from "./worker-deps.ts";
import { serveInbox } from "./worker-inbox.ts";

const app = createApp((request, runtime) =>
  createDeps(runtime as Invocation, request.headers.get("cf-connecting-ip")),
);

/** An invocation has six connections; the seventh waits until one is free, and its time runs. One is the database's. */
const mostSends = 5;
/** Milliseconds: a pass begins nothing new after this, and the trigger comes every minute. */
const passTime = 25_000;
const cronInterval = 60_000;

export default {
  fetch: (request: Request, bindings: Bindings, lifetime: Lifetime): Response | Promise<Response> => {
    const { host, origin, pathname, search, protocol } = new URL(request.url);
    const scheme = protocol === "https:" ? "https" : "http";
    const target = parseRequestTarget(pathname + search, [host], scheme);
    if (!target.ok) return Response.json({ message: target.problem }, { status: 400 });
    const config = configure(bindings, origin);
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

/** The one holder of the live inbox; it lives on while anybody reads. */
export class LiveInbox {
  private readonly deps: ReturnType<typeof createOwnDeps> | undefined;
  constructor(lifetime: Lifetime, bindings: Bindings) {
    const config = configure(bindings, undefined);
    this.deps = config && createOwnDeps({ config, bindings, lifetime }, null);
  }
  fetch(request: Request): Promise<Response> | Response {
    if (this.deps === undefined) return new Response(null, { status: 503 });
    const { db, log, process } = this.deps;
    return serveInbox({ db, log, hub: process.hub, stopping: process.stopping }, request);
  }
}

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
    if (variables["BELFRY_DATABASE_CLIENT"] === "official")
      throw new ConfigError("BELFRY_DATABASE_CLIENT: official works on Node only; remove it here");
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
    const leaseCount = Math.min(notifications.leaseCount, mostSends);
    return { ...config, notifications: { ...notifications, fetchInterval, leaseCount } };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(
      JSON.stringify({ level: "error", msg: "the variables are not right", reason: error.message }),
    );
    return undefined;
  }
}
