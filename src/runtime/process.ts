// What lives as long as a Node process: groups, queues, caches and the live hub.
import type { Database } from "../../db/client.ts";
import { unknownUntil } from "../accounts/rules/signed-key.ts";
import { findGoodKeys } from "../accounts/store/keys.ts";
import type { Clock, Process } from "../deps.ts";
import { ApiError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { MailPool } from "../notifications/channels/smtp/pool.ts";
import { createNudgeQueue } from "../notifications/dispatch.ts";
import { createEnqueueGroup } from "../notifications/group.ts";
import { createLeases } from "../notifications/leases.ts";
import { createHub } from "../notifications/hub.ts";
import { createPoolNudges } from "../prebuilds/nudge.ts";
import { createTurns } from "../rules/turns.ts";
import { createJobWaker } from "../workspaces/waker.ts";

export interface ProcessOptions {
  clock: Clock;
  db: Database;
  log: Log;
  stopping: AbortSignal;
  /** Password hashes at a time. */
  hashes: number;
  mail: MailPool | null;
  passwordCost?: number | undefined;
}

/** With the largest plan each that is about 250 MB while they are parsed. */
const largeBodies = { atOnce: 4, forOne: 2, waiting: 32 };
/** Milliseconds between looks for other processes' notifications. */
const hubInterval = 1_000;

export function createProcess(options: ProcessOptions): Process {
  const { clock, db, log, stopping, hashes, mail, passwordCost } = options;
  return {
    clock,
    templates: new Map(),
    mail,
    unsignedUntil: { value: unknownUntil },
    group: createEnqueueGroup(() => new Promise((resolve) => setImmediate(resolve))),
    nudges: createNudgeQueue(),
    leases: createLeases(),
    claiming: new Set(),
    pools: createPoolNudges(),
    hub: createHub({
      db,
      interval: hubInterval,
      now: clock.now,
      goodKeys: async (keyIds) => (await db.read({ keys: findGoodKeys(keyIds, clock.now()) })).keys,
      onError: (error) => log.warn("the live inbox could not look for news", { reason: String(error) }),
    }),
    largeBodies: createTurns(largeBodies),
    largestPlan: 32 * 1_048_576,
    jobs: createJobWaker(stopping),
    dispatchLimits: null,
    hashLimit: createLimit(hashes),
    ...(passwordCost === undefined ? {} : { passwordCost }),
    toldFailures: new Map(),
    stopping,
  };
}

/** For each that runs so many may wait: with the cost of a password that is about five seconds. */
export const waitingForEach = 20;

/** Runs at most `width` tasks at a time, others in order; throws 503 for those who would wait too long. */
export function createLimit(width: number): Process["hashLimit"] {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running < width) running += 1;
    else if (waiting.length >= width * waitingForEach) throw tooBusy();
    // Whoever ends passes its place on.
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

const tooBusy = () =>
  new ApiError(503, "Too many passwords are being checked at the moment.", {
    detail: "Nothing was changed. Try again in a few seconds.",
    headers: { "retry-after": "5" },
  });
