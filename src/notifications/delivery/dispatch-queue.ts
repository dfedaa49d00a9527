// Sends what is due in the queue of one channel: claims as much as it has capacity for, until nothing is left.
import { withShrinkingBatch } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import type { DeliveryQueue } from "../../kernel/ports.ts";
import { claimMessagesOf } from "./claim.ts";
import { queueKey } from "./rules/queue-key.ts";
import { createSendQueue, type SendQueue } from "./send-queue.ts";
import type { ResultWriter } from "./write-results.ts";

export interface DispatchReport {
  claimed: number;
  sent: number;
  failed: number;
}

/** The limits of one queue in one dispatch; the next tick finds the rest. */
export interface Budget {
  messages: number;
  /** Epoch milliseconds after which nothing more is claimed. */
  until: number;
}

export interface QueueDispatch {
  queue: DeliveryQueue;
  /** Only these; undefined: all that are due. */
  ids: readonly string[] | undefined;
  budget: Budget;
  report: DispatchReport;
  results: ResultWriter;
  /** Told when something is due that this dispatch leaves, in epoch milliseconds. */
  isDue: (at: number) => void;
}

export async function dispatchQueue(deps: Deps, work: QueueDispatch): Promise<void> {
  const { budget, report } = work;
  const { claiming, stopping } = deps.process;
  const key = queueKey(work.queue);
  const sending = sendInto(deps, work);
  let left = work.ids;
  let [count, more] = [0, true];
  const canClaim = () => !stopping.aborted && count < budget.messages && deps.now() < budget.until;
  if (work.ids === undefined) claiming.add(key);
  try {
    while (more && canClaim()) {
      if (!sending.isReady()) {
        await sending.change();
        continue;
      }
      const limit = Math.min(sending.claimLimit(), budget.messages - count);
      // Large events may exceed a server's response limit: without smaller claims nothing would be sent again.
      const claim = await withShrinkingBatch(limit, (portion) => claimMessagesOf(deps, work, portion, left));
      left = left?.slice(claim.limit);
      more = left === undefined ? claim.leased === claim.limit : left.length > 0;
      count += claim.leased;
      report.claimed += claim.messages.length;
      sending.add(claim.messages);
    }
    if (more) work.isDue(deps.now());
  } finally {
    if (work.ids === undefined) claiming.delete(key);
    await sending.finish();
  }
}

/** What is added is sent, counted and its result written. */
export const sendInto = (deps: Deps, { report, results, isDue }: QueueDispatch): SendQueue =>
  createSendQueue(deps, {
    onDelivered: (claimed, delivery, startedAt) => {
      report[delivery.outcome.kind === "sent" ? "sent" : "failed"] += 1;
      results.add(claimed, delivery, startedAt);
    },
    onReleased: (count) => {
      report.claimed -= count;
      isDue(deps.now());
    },
  });
