// Sends what is due for one receiver, in its turns: with the spacing that it asks for, and one message at a time while it
// fails. Several processes share the turns, so that they keep to the spacing together.
import { withShrinkingBatch } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { isFailing } from "../receivers/rules/breaker.ts";
import { claimMessagesOf } from "./claim.ts";
import { sendInto, type QueueDispatch } from "./dispatch-queue.ts";
import { queueKey } from "./rules/queue-key.ts";

/** A longer pause ends the dispatch; a later one goes on. */
const maxWaitMs = 5_000;

export async function dispatchReceiver(deps: Deps, work: QueueDispatch): Promise<void> {
  const { budget, report, results, queue, isDue } = work;
  const { claiming, stopping } = deps.process;
  const key = queueKey(queue);
  const sending = sendInto(deps, work);
  let count = 0;
  if (work.ids === undefined) claiming.add(key);
  try {
    while (true) {
      if (stopping.aborted || count >= budget.messages || deps.now() >= budget.until) {
        isDue(deps.now());
        break;
      }
      const limit = Math.min(sending.claimLimit(), budget.messages - count);
      // Large events may exceed a server's response limit: without smaller claims nothing would be sent again.
      const claim = await withShrinkingBatch(limit, (portion) => claimMessagesOf(deps, work, portion));
      const { messages, leased, receiver } = claim;
      if (receiver === undefined || leased === 0) break;
      count += leased;
      report.claimed += messages.length;
      sending.add(messages);
      const waitMs = receiver.resumeAt - deps.now();
      if (receiver.hasMore === 0) break;
      if (isFailing(receiver.failures)) {
        // Whether it works again decides about the next turn.
        await sending.finish();
        await results.finish();
      } else if (waitMs > maxWaitMs) {
        isDue(receiver.resumeAt);
        break;
      } else if (waitMs > 0) await waitFor(waitMs, stopping);
      while (!sending.isReady()) await sending.change();
    }
  } finally {
    if (work.ids === undefined) claiming.delete(key);
    await sending.finish();
  }
}

/** Or until the process stops. */
const waitFor = (milliseconds: number, stopping: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(end, milliseconds);
    function end(): void {
      clearTimeout(timer);
      stopping.removeEventListener("abort", end);
      resolve();
    }
    stopping.addEventListener("abort", end);
  });
