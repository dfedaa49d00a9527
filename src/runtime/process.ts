// What lives as long as a Node process: groups, queues, caches and the live hub.
import type { Database } from "../../db/client.ts";
import { unknownUntil } from "../accounts/rules/api-key.ts";
import { findValidKeys } from "../accounts/store/keys.ts";
import { createCache, type Clock, type MailPool } from "../kernel/ports.ts";
import type { Deps, Process } from "../kernel/deps.ts";
import type { Log } from "../kernel/log.ts";
import { createNudgeQueue } from "../notifications/delivery/wake.ts";
import { createEnqueueGroup } from "../notifications/outbox/enqueue.ts";
import { createLeases } from "../notifications/delivery/leases.ts";
import { createHub, type Hub } from "../notifications/inbox/hub.ts";
import { createReconciliationRequests } from "../prebuilds/reconcile/reconcile.ts";
import { createFairQueue, createRequestLimit, createSemaphore } from "../kernel/rules/limits.ts";
import { createJobWaker } from "../workspaces/jobs/wait-for-job.ts";

export interface ProcessOptions {
  clock: Clock;
  db: Database;
  log: Log;
  stopping: AbortSignal;
  /** Password hashes at a time. */
  hashes: number;
  mail: MailPool | null;
  passwordCost?: number | undefined;
  /** Of a caller in a minute; 0 or left out: no limit. */
  apiRateLimit?: number;
  /** Made anew for each piece of work that is no request's. Not called before the first of it. */
  deps: () => Deps;
}

/** The process as the runtime has it: it may join its readers to the hub, and close it. */
export interface OwnProcess extends Process {
  hub: Hub;
}

/** With the largest plan each that is about 250 MB while they are parsed. */
const largeBodies = { concurrency: 4, perHolder: 2, maxWaiting: 32 };
/** Milliseconds between looks for other processes' notifications. */
const hubInterval = 1_000;

/** Resolves when the requests that have already arrived have had their turn. */
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

const maxGatheredTurns = 4;

/** Goes on while turns bring more: a request that has just arrived reads in one turn and enqueues in the next. */
async function gatherTurns(countWaiting: () => number): Promise<void> {
  for (let turn = 0, before = -1; turn < maxGatheredTurns && countWaiting() > before; turn += 1) {
    before = countWaiting();
    await nextTurn();
  }
}

export function createProcess(options: ProcessOptions): OwnProcess {
  const { clock, db, log, stopping, hashes, mail, passwordCost, apiRateLimit = 0, deps } = options;
  return {
    clock,
    deps,
    templates: createCache(),
    mail,
    unsignedUntil: { value: unknownUntil },
    deploymentId: { value: undefined },
    enqueueGroup: createEnqueueGroup(db, gatherTurns),
    nudges: createNudgeQueue(deps, nextTurn),
    leases: createLeases(deps),
    claiming: new Set(),
    reconciliations: createReconciliationRequests(deps, stopping, nextTurn),
    hub: createHub({
      db,
      interval: hubInterval,
      now: clock.now,
      validKeys: async (keyIds) => (await db.read({ keys: findValidKeys(keyIds, clock.now()) })).keys,
      onError: (error) => log.warn("the live inbox could not look for news", { reason: String(error) }),
    }),
    largeBodies: createSemaphore(largeBodies),
    maxPlanBytes: 32 * 1_048_576,
    jobs: createJobWaker(stopping),
    dispatchLimits: null,
    requests: apiRateLimit === 0 ? null : createRequestLimit(apiRateLimit),
    hashing: createFairQueue(hashes),
    ...(passwordCost === undefined ? {} : { passwordCost }),
    recentFailures: new Map(),
    stopping,
  };
}
