// Belfry on Cloudflare Workers: requests, the cron trigger, the live inbox and the alarm of deliveries. Everything but the
// routes and what is kept is created for each invocation, because a connection ends with the request that opened it.
import { createApp } from "../app.ts";
import { ConfigError, parseConfig, type Config } from "../config/config.ts";
import { earlyHeaders, refuseTarget } from "../http/rules/default-headers.ts";
import { parseRequestTarget } from "../http/rules/headers.ts";
import { tick } from "../tick.ts";
import { createDeps, createOwnDeps, type Bindings, type Invocation, type Lifetime } from "./worker-deps.ts";
import { serveAlarm, soundAlarm, type AlarmStorage } from "./worker-alarm.ts";
import { createKept } from "./process.ts";
import { holderOf } from "./watch.ts";
import { serveInbox } from "./worker-inbox.ts";

const app = createApp((request, runtime) =>
  createDeps(runtime as Invocation, request.headers.get("cf-connecting-ip")),
);

const kept = createKept();

/** A tick starts nothing new after this; the next trigger comes after a minute. */
const tickMs = 25_000;
const cronIntervalMs = 60_000;

export default {
  fetch: (request: Request, bindings: Bindings, lifetime: Lifetime): Response | Promise<Response> => {
    const { host, origin, pathname, search, protocol } = new URL(request.url);
    const scheme = protocol === "https:" ? "https" : "http";
    const target = parseRequestTarget(pathname + search, [host], scheme);
    if (!target.ok) return refuseTarget(target.problem);
    const config = configure(bindings, origin);
    if (config === undefined) {
      const message =
        "Belfry is not configured: a variable is missing or invalid. The Worker's log names it.\n";
      return new Response(message, { status: 503, headers: earlyHeaders });
    }
    return app.fetch(request, { config, bindings, lifetime, kept } satisfies Invocation);
  },
  scheduled: async (_event: unknown, bindings: Bindings, lifetime: Lifetime): Promise<void> => {
    const config = configure(bindings, undefined, warn);
    if (config === undefined) return;
    const deps = createDeps({ config, bindings, lifetime, kept }, null);
    await tick(deps, { until: deps.now() + tickMs });
    await deps.process.mail?.close();
  },
};

/** The Durable Object of the live inbox; it lives while it has readers. */
export class LiveInbox {
  private readonly deps: ReturnType<typeof createOwnDeps> | undefined;
  constructor(lifetime: Lifetime, bindings: Bindings) {
    const config = configure(bindings, undefined);
    this.deps = config && createOwnDeps({ config, bindings, lifetime, kept }, null);
  }
  fetch(request: Request): Promise<Response> | Response {
    if (this.deps === undefined) return new Response(null, { status: 503 });
    return serveInbox(holderOf(this.deps), request);
  }
}

/** The Durable Object of the alarm; it has nothing but the time. */
export class DeliveryAlarm {
  private readonly lifetime: Lifetime & { storage: AlarmStorage };
  private readonly bindings: Bindings;
  constructor(lifetime: Lifetime & { storage: AlarmStorage }, bindings: Bindings) {
    this.lifetime = lifetime;
    this.bindings = bindings;
  }
  fetch(request: Request): Promise<Response> {
    return serveAlarm(this.lifetime.storage, request);
  }
  async alarm(): Promise<void> {
    const { lifetime, bindings } = this;
    const config = configure(bindings, undefined);
    if (config === undefined) return;
    const deps = createDeps({ config, bindings, lifetime, kept }, null);
    await soundAlarm(lifetime.storage, deps, deps.now() + tickMs);
  }
}

const warn = (message: string) => console.warn(JSON.stringify({ level: "warn", msg: message }));

/**
 * Undefined, and a line in the log, for invalid variables. `origin`: the default access URL. Unknown variables are warned of
 * once a tick, not for each request.
 */
function configure(
  bindings: Bindings,
  origin: string | undefined,
  onWarning: (message: string) => void = () => {},
): Config | undefined {
  const variables = Object.fromEntries(
    Object.entries(bindings).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
  try {
    if (variables["BELFRY_DATABASE_URL"]?.startsWith("file:") !== false)
      throw new ConfigError(
        "BELFRY_DATABASE_URL: must be a libSQL server on Workers, like libsql://host.example.com",
      );
    if (variables["BELFRY_DATABASE_CLIENT"] === "official")
      throw new ConfigError("BELFRY_DATABASE_CLIENT: official works on Node only; remove it");
    if (variables["BELFRY_SECRET_KEY"] === undefined)
      throw new ConfigError("BELFRY_SECRET_KEY: required; create one: openssl rand -base64 32");
    const config = parseConfig({ BELFRY_ACCESS_URL: origin, ...variables }, onWarning);
    const { notifications } = config;
    const fetchInterval = Math.max(notifications.fetchInterval, cronIntervalMs);
    return { ...config, notifications: { ...notifications, fetchInterval } };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(JSON.stringify({ level: "error", msg: "invalid variables", reason: error.message }));
    return undefined;
  }
}
