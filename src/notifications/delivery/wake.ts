// Starts deliveries outside the tick: after a response, at the end of a delay, or when notifications resume. What is not
// sent stays due, so the next tick finds it.
import { createCoalescerMap } from "../../kernel/coalescer.ts";
import type { Deps } from "../../kernel/deps.ts";
import type { NudgeQueue, QueuedMessage } from "../../kernel/ports.ts";
import { requestAlarm } from "./alarm.ts";
import { dispatch, wakeQueue } from "./dispatch.ts";
import { queueKey } from "./rules/queue-key.ts";
import { findDueQueues, findNextDue } from "./store/claims.ts";

/** Dispatches of one queue at the same time, so that one slow receiver doesn't delay the others for long. */
const maxDispatches = 4;
/** Messages of one dispatch; beyond it the next begins. */
const maxNudged = 1_000;

/** `gather` resolves once the requests that have already arrived were handled: one claim serves all of them. */
export function createNudgeQueue(own: () => Deps, gather: () => Promise<void>): NudgeQueue {
  const queues = createCoalescerMap<readonly QueuedMessage[]>({
    run: async (nudges) => void (await dispatch(own(), { messages: nudges.flat() })),
    onError: (error) => own().log.error("background delivery failed", { reason: String(error) }),
    concurrency: maxDispatches,
    gather,
    limit: { max: maxNudged, sizeOf: (messages) => messages.length },
  });
  const add: NudgeQueue["add"] = (messages) => {
    for (const [key, queued] of Map.groupBy(messages, queueKey)) {
      const delivery = queues.add(key, queued);
      own().defer(() => delivery);
    }
  };
  return { add, addLater: (messages, delayMs) => unref(setTimeout(() => add(messages), delayMs)) };
}

/** A timer that keeps no process alive. */
const unref = (timer: unknown): void => (timer as { unref?: () => void }).unref?.();

/** Sends these messages after the response. */
export function nudge(deps: Deps, messages: readonly QueuedMessage[]): void {
  if (deps.process.nudges === null) deps.defer(() => dispatch(deps, { messages }));
  else deps.process.nudges.add(messages);
}

/** Sends these messages, which are delayed until `at`, where the process lives that long or has an alarm. */
export function nudgeAt(deps: Deps, at: number, messages: readonly QueuedMessage[]): void {
  if (deps.process.nudges === null) requestAlarm(deps, at);
  else deps.process.nudges.addLater(messages, timerMs(deps, at));
}

/** Sends everything that is due at `at`, where the process lives that long or has an alarm. */
export function wakeQueueAt(deps: Deps, at: number): void {
  if (deps.process.nudges === null) return requestAlarm(deps, at);
  unref(setTimeout(() => wakeQueue(deps), timerMs(deps, at)));
}

/** What an alarm does: sends what is due, and asks for the next one. */
export async function runAlarm(deps: Deps, until: number): Promise<void> {
  const read = () => {
    const now = deps.now();
    const horizon = now + deps.config.notifications.fetchInterval;
    return deps.db.read({ due: findDueQueues(now), next: findNextDue(now, horizon) });
  };
  let found = await read();
  if (found.due.length > 0) {
    await dispatch(deps, { until, queues: found.due });
    found = await read();
  }
  requestAlarm(deps, found.next[0]?.at ?? Infinity);
}

const maxTimerMs = 2_147_483_647;

/** Timers can fire a moment too early. */
const timerMs = (deps: Deps, at: number): number => Math.min(at - deps.now() + 10, maxTimerMs);
