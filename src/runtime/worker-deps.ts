// What the application is given on Workers. Everything is made for each invocation, because a database connection doesn't
// outlive the request that opened it there. worker.ts calls it.
import { createDatabase } from "../../db/client.ts";
import { createServerClient } from "../../db/server.ts";
import type { Config } from "../config/config.ts";
import type { Deps } from "../kernel/deps.ts";
import { createNewId, createKeys } from "../kernel/crypto.ts";
import { createLog, withBatchLog } from "../kernel/log.ts";
import { createClock } from "./clock.ts";
import { createProcess, type OwnProcess } from "./process.ts";
import { createRemoteInbox, openSocket, type ObjectNamespace } from "./worker-inbox.ts";
import { createWorkerMail } from "./worker-mail.ts";
import { createWorkerPost } from "./worker-post.ts";

/** `BELFRY_…` variables and secrets, the files of `public/`, and who holds the live inbox. */
export interface Bindings {
  ASSETS?: { fetch: (request: Request) => Promise<Response> };
  LIVE_INBOX: ObjectNamespace;
  [variable: string]: unknown;
}

/** What an invocation may go on with after its answer. */
export interface Lifetime {
  waitUntil: (work: Promise<unknown>) => void;
}

export interface Invocation {
  config: Config;
  bindings: Bindings;
  lifetime: Lifetime;
}

/**
 * Of one invocation: a message is one request out, and about one more to the database for its share of claims and results,
 * of 1,000 in all; what is begun may take ten seconds, and half a minute after an answer everything is cut off.
 */
const dispatchLimits = { messages: 400, time: 18_000 };

/** Milliseconds that the database server has for an answer. */
const databaseTimeout = 5_000;

/** For a request or a pass. Who reads the live inbox is held elsewhere, and told of news there. */
export function createDeps(invocation: Invocation, clientAddress: string | null): Deps {
  const own = createOwnDeps(invocation, clientAddress, () => deps);
  const inbox = createRemoteInbox(invocation.bindings.LIVE_INBOX);
  const hub = {
    ...own.process.hub,
    wake: () => own.defer(inbox.wake),
    recheck: () => own.defer(inbox.recheck),
  };
  const deps: Deps = { ...own, process: { ...own.process, hub }, watchInbox: inbox.watch };
  return deps;
}

const noDeps = () => {
  throw new Error("the holder of the live inbox has no work but its readers");
};

/** The same for the holder of the live inbox. */
export function createOwnDeps(
  { config, bindings, lifetime }: Invocation,
  clientAddress: string | null,
  deps: () => Deps = noDeps,
): Omit<Deps, "watchInbox"> & { process: OwnProcess } {
  const clock = createClock({ local: Date.now, follow: true });
  const { now } = clock;
  const newId = createNewId(now);
  const log = createLog({
    level: config.logLevel,
    format: config.logFormat ?? "json",
    now,
    write: console.log,
  });
  const db = withBatchLog(createDatabase(connect(config)), log, config.logLevel);
  const { smtp: mail } = config.notifications.channels;
  const defer: Deps["defer"] = (task) =>
    lifetime.waitUntil(
      Promise.resolve()
        .then(task)
        .catch((error: unknown) => log.error("work after an answer failed", { reason: String(error) })),
    );
  const process: OwnProcess = {
    ...createProcess({
      clock,
      db,
      log,
      stopping: new AbortController().signal,
      hashes: 1,
      mail: mail === undefined ? null : createWorkerMail(mail),
      deps,
    }),
    // What they gather for has only this one request.
    enqueueGroup: null,
    nudges: null,
    reconciliations: null,
    dispatchLimits,
    // An invocation has 128 MB for everything.
    maxPlanBytes: 8 * 1_048_576,
  };
  return {
    db,
    now,
    newId,
    requestId: newId(),
    config,
    log,
    clientAddress,
    process,
    post: createWorkerPost(),
    keysFor: createKeys(config.secretKey!, config.secretKeyPrevious),
    assets: (path) => readAsset(bindings, path),
    openApi: async () => {
      const made = await readAsset(bindings, "openapi.json");
      if (made === null) throw new Error("openapi.json is missing: run `npm run build:worker`");
      return { ...((await made.json()) as object), servers: [{ url: config.accessUrl }] };
    },
    defer,
    openSocket,
  };
}

const connect = (config: Config) =>
  createServerClient(config, async (url, headers, body) => {
    const signal = AbortSignal.timeout(databaseTimeout);
    const answer = await fetch(url, { method: "POST", headers, body, signal });
    return { status: answer.status, text: await answer.text() };
  });

async function readAsset({ ASSETS }: Bindings, path: string): Promise<Response | null> {
  const answer = await ASSETS?.fetch(new Request(new URL(path, "https://assets.invalid/")));
  return answer?.status === 200 ? answer : null;
}
