// Claims messages of one queue under a lease: in one write with the results that wait.
import type { Deps } from "../../kernel/deps.ts";
import type { DeliveryQueue } from "../../kernel/ports.ts";
import { findReceiverToSend } from "../receivers/store/turns.ts";
import { leaseMs } from "./leases.ts";
import { releaseClaimed, type Claimed } from "./send-queue.ts";
import { claimMessages } from "./store/claims.ts";
import { findClaimedMessages } from "./store/queue.ts";
import type { ResultWriter } from "./write-results.ts";

export interface ClaimFrom {
  queue: DeliveryQueue;
  results: ResultWriter;
  /** Nothing is sent that starts later: epoch milliseconds. */
  budget: { until: number };
}

/** `ids`: only these; undefined: all that are due. */
export async function claimMessagesOf(
  deps: Deps,
  { queue, results, budget }: ClaimFrom,
  limit: number,
  ids?: readonly string[],
): Promise<{ messages: Claimed[] }> {
  const now = deps.now();
  const token = deps.newId();
  const statements = claimMessages({
    token,
    queue,
    now,
    leaseUntil: now + leaseMs(deps),
    limit,
    held: deps.process.leases.held(now),
    ...(ids === undefined ? {} : { ids: ids.slice(0, limit) }),
  });
  const reads = {
    messages: findClaimedMessages(token),
    ...(queue.receiverId === null ? {} : { receiver: findReceiverToSend(queue.receiverId, now) }),
  };
  const answers = await results.writeWith((before) => deps.db.write([...before, ...statements], reads));
  const { leasePeriod, dispatchTimeout } = deps.config.notifications;
  const startBy = Math.min(deps.now() + leasePeriod - dispatchTimeout, budget.until);
  const receiver = answers.receiver?.[0];
  const claimed = answers.messages.map((message) => ({ message, receiver, token, startBy }));
  if (deps.process.stopping.aborted && claimed.length > 0) {
    await releaseClaimed(deps, claimed);
    return { messages: [] };
  }
  deps.process.leases.add(token, claimed.length);
  return { messages: claimed };
}
