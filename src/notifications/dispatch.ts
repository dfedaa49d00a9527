// The way out: claim due messages under a lease, send them, settle each result as it comes. Called by the tick for all
// that is due and, after an answer, for just the messages of that answer. Safe to run twice, at once, anywhere.
import { withFewer } from "../../db/fewer.ts";
import type { Deps } from "../deps.ts";
import { deliver } from "./deliver.ts";
import { leaseTime } from "./leases.ts";
import { createSettler } from "./settle.ts";
import { claimMessages, findClaimed, releaseClaim, type ClaimedMessage } from "./store/queue.ts";
import { readGoneEndpoint } from "./store/settings.ts";

export interface DispatchOptions {
  /** Only these messages; otherwise whatever is due. */
  ids?: readonly string[];
  /** Epoch milliseconds after which nothing more is claimed. */
  until?: number;
}

export interface DispatchReport {
  claimed: number;
  sent: number;
  failed: number;
}

/** Sends until nothing is due (or time is up) and every result is written. */
export async function dispatch(deps: Deps, options: DispatchOptions = {}): Promise<DispatchReport> {
  const capacity = deps.config.notifications.leaseCount;
  const settler = createSettler(deps);
  const inflight = new Set<Promise<void>>();
  const report: DispatchReport = { claimed: 0, sent: 0, failed: 0 };
  let left = options.ids;
  const limits = deps.process.dispatchLimits ?? { messages: Infinity, time: Infinity };
  const until = Math.min(options.until ?? Infinity, deps.now() + limits.time);
  // What is left when a limit is reached, the next pass finds.
  const mayClaim = () =>
    !deps.process.stopping.aborted && report.claimed < limits.messages && deps.now() < until;

  for (let more = true; more || inflight.size > 0;) {
    const free = Math.min(capacity - inflight.size, limits.messages - report.claimed);
    // Slots are refilled by the quarter: a claim for each single one would cost a write each.
    if (more && mayClaim() && (inflight.size === 0 || free >= capacity / 4)) {
      // Large events may be more than a server's answer holds: nothing would ever go out again.
      const claim = await withFewer(free, (limit) => claimSome(deps, limit, left));
      left = left?.slice(claim.limit);
      more = left === undefined ? claim.messages.length === claim.limit : left.length > 0;
      report.claimed += claim.messages.length;
      for (const message of claim.messages) {
        const job: Promise<void> = sendOne(message, claim.token, claim.goneEndpoint).finally(() =>
          inflight.delete(job),
        );
        inflight.add(job);
      }
    } else if (inflight.size > 0) {
      await Promise.race(inflight);
    } else {
      more = false;
    }
  }
  await settler.finish();
  return report;

  async function sendOne(
    message: ClaimedMessage,
    token: string,
    goneEndpoint: string | undefined,
  ): Promise<void> {
    const startedAt = deps.now();
    const delivery = await deliver(deps, message, goneEndpoint);
    report[delivery.outcome.kind === "sent" ? "sent" : "failed"] += 1;
    settler.add(message, token, delivery, startedAt);
  }
}

async function claimSome(deps: Deps, limit: number, ids: readonly string[] | undefined) {
  const now = deps.now();
  const token = deps.newId();
  const leaseUntil = now + leaseTime(deps);
  const statements = claimMessages({
    token,
    now,
    leaseUntil,
    limit,
    held: deps.process.leases.held(now),
    ...(ids === undefined ? {} : { ids: ids.slice(0, limit) }),
  });
  const { messages, gone } = await deps.db.write(statements, {
    messages: findClaimed(token),
    gone: readGoneEndpoint(),
  });
  if (deps.process.stopping.aborted && messages.length > 0) {
    await deps.db.write(releaseClaim(token, deps.now()), {});
    return { token, messages: [], goneEndpoint: undefined };
  }
  deps.process.leases.add(deps, token, messages.length);
  return { token, messages, goneEndpoint: gone[0]?.value };
}

/** Gathers what is to be sent at once, so that a burst of requests makes few claims. */
export interface NudgeQueue {
  add: (deps: Deps, ids: readonly string[]) => void;
  /** The same, in so many milliseconds. */
  addLater: (deps: Deps, ids: readonly string[], wait: number) => void;
}

/** At most so many dispatches at a time, so that one slow receiver doesn't hold up the others for long. */
const widestNudge = 4;

export function createNudgeQueue(): NudgeQueue {
  let waiting: string[] = [];
  let running = 0;
  async function drain(deps: Deps): Promise<void> {
    running += 1;
    try {
      while (waiting.length > 0) await dispatch(deps, { ids: waiting.splice(0, 1_000) });
    } finally {
      running -= 1;
    }
  }
  const add: NudgeQueue["add"] = (deps, ids) => {
    waiting = waiting.concat(ids);
    if (running < widestNudge) deps.defer(() => drain(deps));
  };
  return { add, addLater: (deps, ids, wait) => unref(setTimeout(() => add(deps, ids), wait)) };
}

/** A timer that keeps no process alive. */
const unref = (timer: unknown): void => (timer as { unref?: () => void }).unref?.();

/** Sends these messages as soon as the answer is out. What it misses, the tick finds. */
export function nudge(deps: Deps, ids: readonly string[]): void {
  if (deps.process.nudges === null) deps.defer(() => dispatch(deps, { ids }));
  else deps.process.nudges.add(deps, ids);
}

/** The same for messages that are held back until `at`, where the process lasts that long. */
export function nudgeAt(deps: Deps, at: number, ids: readonly string[]): void {
  // Timers may be early by a moment.
  deps.process.nudges?.addLater(deps, ids, Math.min(at - deps.now() + 10, longestTimer));
}

/** Sends whatever is due, after the answer: notifications have been resumed. */
export const wakeQueue = (deps: Deps): void => deps.defer(() => dispatch(deps));

/** The same at a time, where the process lasts that long. */
export function wakeQueueAt(deps: Deps, at: number): void {
  if (deps.process.nudges === null) return;
  unref(setTimeout(() => wakeQueue(deps), Math.min(at - deps.now() + 10, longestTimer)));
}

/** Milliseconds; what is held back longer is left to the tick. */
const longestTimer = 2_147_483_647;
