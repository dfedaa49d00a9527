// Delivery: claims due messages under a lease, sends them and records each result. The tick runs it for everything that is
// due, `wake.ts` for the messages of a response. Safe to run several times at once, in several processes.
import { methods } from "../channels/index.ts";
import type { Deps } from "../../kernel/deps.ts";
import type { DeliveryQueue, QueuedMessage } from "../../kernel/ports.ts";
import { requestAlarm } from "./alarm.ts";
import { createResultWriter } from "./write-results.ts";
import { dispatchQueue, type Budget, type DispatchReport } from "./dispatch-queue.ts";
import { dispatchReceiver } from "./dispatch-receiver.ts";
import { findDueReceivers } from "./store/claims.ts";
import { queueKey } from "./rules/queue-key.ts";

export type { DispatchReport } from "./dispatch-queue.ts";

export interface DispatchOptions {
  /** Only these messages; otherwise all that are due. */
  messages?: readonly QueuedMessage[];
  /** Only these queues; otherwise all. */
  queues?: readonly DeliveryQueue[];
  /** Epoch milliseconds after which nothing more is claimed. */
  until?: number;
}

/**
 * Sends until nothing is due (or time is up) and every result is written. Each queue has its own claims and capacity: a
 * receiver that doesn't respond delays no other.
 */
export async function dispatch(deps: Deps, options: DispatchOptions = {}): Promise<DispatchReport> {
  const { messages } = options;
  const report: DispatchReport = { claimed: 0, sent: 0, failed: 0 };
  let next = Infinity;
  const isDue = (at: number) => void (next = Math.min(next, at));
  const results = createResultWriter(deps, isDue);
  const used =
    messages === undefined
      ? // A dispatch of everything due is already running for the others.
        (options.queues ?? (await allQueues(deps))).filter(
          (queue) => !deps.process.claiming.has(queueKey(queue)),
        )
      : [...Map.groupBy(messages, queueKey).values()].map(([first]) => first!);
  const limits = deps.process.dispatchLimits ?? { messages: Infinity, time: Infinity };
  const budget: Budget = {
    messages: Math.ceil(limits.messages / used.length),
    until: Math.min(options.until ?? Infinity, deps.now() + limits.time),
  };
  const ends = await Promise.allSettled(
    used.map(({ method, receiverId }) => {
      const queue = { method, receiverId };
      const own = messages?.filter((message) => queueKey(message) === queueKey(queue));
      const work = { queue, ids: own?.map(({ id }) => id), budget, report, results, isDue };
      return receiverId === null ? dispatchQueue(deps, work) : dispatchReceiver(deps, work);
    }),
  );
  await results.finish();
  if (results.hasQueued()) wakeQueue(deps);
  requestAlarm(deps, next);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return report;
}

/** Those of all channels, and of the receivers for which something is due. */
async function allQueues(deps: Deps): Promise<DeliveryQueue[]> {
  const { receivers } = await deps.db.read({ receivers: findDueReceivers(deps.now()) });
  return [...methods.map((method) => ({ method, receiverId: null })), ...receivers];
}

/** Sends everything that is due, after the response. */
export function wakeQueue({ process }: Deps): void {
  const own = process.deps();
  own.defer(() => dispatch(own));
}
