// What a process does together for requests that come at the same time.
import type { Gather } from "../kernel/coalescer.ts";
import { createNudgeQueue } from "../notifications/delivery/wake.ts";
import { createEnqueueGroup } from "../notifications/outbox/enqueue.ts";
import { createReconciliationRequests } from "../prebuilds/reconcile/reconcile.ts";
import { createProcess, type OwnProcess, type ProcessOptions } from "./process.ts";

/** Resolves in the next iteration of the event loop. */
const nextIteration = () => new Promise<void>((resolve) => setImmediate(resolve));

const maxGatherIterations = 4;
/** After so many writes of one member each, nobody else is expected. */
const writesAlone = 8;

/**
 * Waits while iterations bring more: a request that has just arrived reads in one and enqueues in the next. A caller who
 * sends one request after the other doesn't wait for others.
 */
export function createGather(iteration = nextIteration): Gather {
  let alone = 0;
  return async (countWaiting) => {
    const isAlone = alone >= writesAlone && countWaiting() === 1;
    for (
      let count = 0, before = -1;
      !isAlone && count < maxGatherIterations && countWaiting() > before;
      count += 1
    ) {
      before = countWaiting();
      await iteration();
    }
    alone = countWaiting() === 1 ? alone + 1 : 0;
  };
}

/** A process that answers many requests. */
export function createSharedProcess(options: ProcessOptions): OwnProcess {
  const { db, stopping, deps } = options;
  return {
    ...createProcess(options),
    enqueueGroup: createEnqueueGroup(db, createGather()),
    nudges: createNudgeQueue(deps, nextIteration),
    reconciliations: createReconciliationRequests(deps, stopping, nextIteration),
  };
}
