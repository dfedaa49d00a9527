// Delivery: claims due messages under a lease, sends them and records each result. The tick runs it for everything that is
// due, `wake.ts` for the messages of a response. Safe to run several times at once, in several processes.
import { withShrinkingBatch } from "../../../db/client.ts";
import { methods, type Method } from "../channels/index.ts";
import type { Deps } from "../../kernel/deps.ts";
import type { QueuedMessage } from "../../kernel/ports.ts";
import { leaseMs } from "./leases.ts";
import { createResultWriter, type ResultWriter } from "./write-results.ts";
import { createSendQueue, releaseClaimed, type Claimed } from "./send-queue.ts";
import { claimMessages, findClaimedMessages } from "./store/queue.ts";

export interface DispatchOptions {
  /** Only these messages; otherwise all that are due. */
  messages?: readonly QueuedMessage[];
  /** Only these channels; otherwise all. */
  channels?: readonly Method[];
  /** Epoch milliseconds after which nothing more is claimed. */
  until?: number;
}

export interface DispatchReport {
  claimed: number;
  sent: number;
  failed: number;
}

/**
 * Sends until nothing is due (or time is up) and every result is written. Each channel has its own claims and capacity: a
 * receiver that doesn't respond delays no other channel.
 */
export async function dispatch(deps: Deps, options: DispatchOptions = {}): Promise<DispatchReport> {
  const { messages, channels = methods } = options;
  const report: DispatchReport = { claimed: 0, sent: 0, failed: 0 };
  const results = createResultWriter(deps);
  const used = channels.filter((channel) =>
    messages === undefined
      ? // A dispatch of everything due is already running for this channel.
        !deps.process.claiming.has(channel)
      : messages.some(({ method }) => method === channel),
  );
  const limits = deps.process.dispatchLimits ?? { messages: Infinity, time: Infinity };
  const budget: Budget = {
    messages: Math.ceil(limits.messages / used.length),
    until: Math.min(options.until ?? Infinity, deps.now() + limits.time),
  };
  const ends = await Promise.allSettled(
    used.map((channel) => {
      const ids = messages?.filter(({ method }) => method === channel).map(({ id }) => id);
      return dispatchChannel(deps, { channel, ids, budget, report, results });
    }),
  );
  await results.finish();
  if (results.hasQueued()) wakeQueue(deps);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return report;
}

/** Sends everything that is due, after the response. */
export function wakeQueue({ process }: Deps): void {
  const own = process.deps();
  own.defer(() => dispatch(own));
}

/** The limits of one channel in one dispatch; the next tick finds the rest. */
interface Budget {
  messages: number;
  /** Epoch milliseconds after which nothing more is claimed. */
  until: number;
}

interface ChannelDispatch {
  channel: Method;
  /** Only these; undefined: all that are due. */
  ids: readonly string[] | undefined;
  budget: Budget;
  report: DispatchReport;
  results: ResultWriter;
}

async function dispatchChannel(deps: Deps, work: ChannelDispatch): Promise<void> {
  const { channel, budget, report, results } = work;
  const { claiming, stopping } = deps.process;
  const queue = createSendQueue(deps, {
    onDelivered: ({ message, token }, delivery, startedAt) => {
      report[delivery.outcome.kind === "sent" ? "sent" : "failed"] += 1;
      results.add(message, token, delivery, startedAt);
    },
    onReleased: (count) => (report.claimed -= count),
  });
  let left = work.ids;
  let claimed = 0;
  const canClaim = () => !stopping.aborted && claimed < budget.messages && deps.now() < budget.until;
  if (left === undefined) claiming.add(channel);
  try {
    for (let more = true; more && canClaim();) {
      if (!queue.isReady()) {
        await queue.change();
        continue;
      }
      const limit = Math.min(queue.claimLimit(), budget.messages - claimed);
      // Large events may exceed a server's response limit: without smaller claims nothing would be sent again.
      const claim = await withShrinkingBatch(limit, (portion) => claimSome(deps, work, portion, left));
      left = left?.slice(claim.limit);
      more = left === undefined ? claim.messages.length === claim.limit : left.length > 0;
      claimed += claim.messages.length;
      report.claimed += claim.messages.length;
      queue.add(claim.messages);
    }
  } finally {
    if (work.ids === undefined) claiming.delete(channel);
    await queue.finish();
  }
}

/** Writes the results that wait with it: one commit for both. */
async function claimSome(
  deps: Deps,
  { channel, results }: ChannelDispatch,
  limit: number,
  ids: readonly string[] | undefined,
): Promise<{ messages: Claimed[] }> {
  const now = deps.now();
  const token = deps.newId();
  const leaseUntil = now + leaseMs(deps);
  const statements = claimMessages({
    token,
    channel,
    now,
    leaseUntil,
    limit,
    held: deps.process.leases.held(now),
    ...(ids === undefined ? {} : { ids: ids.slice(0, limit) }),
  });
  const { messages } = await results.writeWith((before) =>
    deps.db.write([...before, ...statements], { messages: findClaimedMessages(token) }),
  );
  const { leasePeriod, dispatchTimeout } = deps.config.notifications;
  const startBy = deps.now() + leasePeriod - dispatchTimeout;
  const claimed = messages.map((message) => ({ message, token, startBy }));
  if (deps.process.stopping.aborted && messages.length > 0) {
    await releaseClaimed(deps, claimed);
    return { messages: [] };
  }
  deps.process.leases.add(token, messages.length);
  return { messages: claimed };
}
