// The application's dependencies on Workers, created for each invocation: a connection ends with the request that opened it. What
// was made of texts is kept.
import type { Config } from "../config/config.ts";
import type { Deps } from "../kernel/deps.ts";
import { createNewId, createKeys } from "../kernel/crypto.ts";
import { createLog, type LogLevel } from "../kernel/log.ts";
import { openTracer, scheduleBy } from "../kernel/tracer.ts";
import { version } from "../kernel/version.ts";
import { connectByFetch } from "./fetch-client.ts";
import { dbFor, organizationOf } from "./organizations.ts";
import { createClock, createProcess, type Kept, type OwnProcess } from "./process.ts";
import { createSlots } from "../kernel/rules/limits.ts";
import { createRemoteAlarm } from "./worker-alarm.ts";
import { createRemoteInbox, openSocket, type ObjectNamespace } from "./worker-inbox.ts";
import { createWorkerMail, createWorkerPosts } from "./worker-transports.ts";

/** `BELFRY_…` variables and secrets, the files of `public/`, and who holds the live inbox. */
export interface Bindings {
  ASSETS?: { fetch: (request: Request) => Promise<Response> };
  LIVE_INBOX: ObjectNamespace;
  /** Without it, what becomes due between two triggers of the cron waits for the second. */
  DELIVERY_ALARM?: ObjectNamespace;
  [variable: string]: unknown;
}

/** Put in its place when the Worker is bundled. */
declare const ASSETS_VERSION: string;

/** Extends an invocation beyond its response. */
export interface Lifetime {
  waitUntil: (work: Promise<unknown>) => void;
}

export interface Invocation {
  config: Config;
  bindings: Bindings;
  lifetime: Lifetime;
  /** By the isolate, for all its invocations. */
  kept: Kept;
}

/**
 * An invocation can send 10,000 requests, of which six at once wait for an answer's headers; one is left to the database. A
 * delivery takes up to ten seconds, and the platform ends everything half a minute after a response. The messages of a claim
 * cost one round trip, and so do their results.
 */
const dispatchLimits = { messages: 1_000, time: 18_000, claim: 100 };
const maxSends = 5;

const ofInvocations = {
  printsSetupCode: false,
  // It has 128 MB of memory.
  maxPlanBytes: 8 * 1_048_576,
};

/** For a request or a tick. The live inbox is in a Durable Object, which is woken for new notifications. */
export function createDeps(invocation: Invocation, clientAddress: string | null): Deps {
  const own = createOwnDeps(invocation, clientAddress, () => deps);
  const inbox = createRemoteInbox(invocation.bindings.LIVE_INBOX);
  const hub = {
    ...own.process.hub,
    wake: () => own.defer(inbox.wake),
    recheck: () => own.defer(inbox.recheck),
  };
  const alarm = createRemoteAlarm(invocation.bindings.DELIVERY_ALARM, own.defer);
  const deps: Deps = { ...own, process: { ...own.process, hub, alarm }, watchInbox: inbox.watch };
  return deps;
}

const noDeps = () => {
  throw new Error("the live inbox does no background work");
};

/** For the Durable Object of the live inbox. */
export function createOwnDeps(
  { config, bindings, lifetime, kept }: Invocation,
  clientAddress: string | null,
  deps: () => Deps = noDeps,
): Omit<Deps, "watchInbox"> & { process: OwnProcess } {
  const clock = createClock({ local: Date.now, follow: true });
  const { now } = clock;
  const newId = createNewId(now);
  const { logLevel: level, logFormat: format = "json" } = config;
  // The platform sorts lines by these.
  const write = (line: string, at: LogLevel) => console[at](line);
  const log = createLog({ level, format, now, write });
  const organization = organizationOf(config);
  const db = dbFor(organization, connectByFetch, log);
  const { smtp: mail } = config.notifications.channels;
  const defer: Deps["defer"] = (task) =>
    lifetime.waitUntil(
      Promise.resolve()
        .then(task)
        .catch((error: unknown) => log.error("background work failed", { reason: String(error) })),
    );
  const posts = createWorkerPosts();
  const tracer = openTracer(config.tracing, { ...posts, log, now, resource, schedule: scheduleBy(defer) });
  const process: OwnProcess = {
    ...createProcess({
      clock,
      db,
      log,
      stopping: new AbortController().signal,
      hashes: 1,
      mail: mail === undefined ? null : createWorkerMail(mail),
      tracer,
      kept,
      deps,
    }),
    ...ofInvocations,
    dispatchLimits: { ...dispatchLimits, slots: createSlots(maxSends) },
  };
  return {
    db,
    organizationId: organization.id,
    now,
    newId,
    requestId: newId(),
    config,
    log,
    clientAddress,
    process,
    ...posts,
    keysFor: createKeys(config.secretKey!, config.secretKeyPrevious),
    assets: (path) => readAsset(bindings, path),
    assetsVersion: ASSETS_VERSION,
    openApi: () => readOpenApi(bindings, config),
    defer,
    openSocket,
    trace: null,
  };
}

async function readOpenApi(bindings: Bindings, { accessUrl }: Config): ReturnType<Deps["openApi"]> {
  const document = await readAsset(bindings, "openapi.json");
  if (document === null) throw new Error("openapi.json is missing: run `npm run build:worker`");
  return { ...((await document.json()) as object), servers: [{ url: accessUrl }] };
}

/** The attributes of its spans. */
const resource = () => ({ "service.version": version });

/** Those that the platform serves itself are elsewhere. */
const assetsAddress = "https://assets.invalid/_files/";

async function readAsset({ ASSETS }: Bindings, path: string): Promise<Response | null> {
  const answer = await ASSETS?.fetch(new Request(new URL(path, assetsAddress)));
  return answer?.status === 200 ? answer : null;
}
