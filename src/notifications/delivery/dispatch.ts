// The way out: claim due messages under a lease, send them, settle each result as it comes. Called by the tick for all
// that is due and, after an answer, for just the messages of that answer. Safe to run twice, at once, anywhere.
import { withFewer } from "../../../db/fewer.ts";
import { createCoalescer } from "../../kernel/coalescer.ts";
import { methods, type Method } from "../channels/index.ts";
import type { Deps } from "../../kernel/deps.ts";
import type { NudgeQueue, QueuedMessage } from "../../kernel/ports.ts";
import { deliver } from "./deliver.ts";
import type { GoneEndpoints } from "./rules/gone.ts";
import { leaseTime } from "./leases.ts";
import { createResultWriter, type ResultWriter } from "./write-results.ts";
import { claimMessages, findClaimed, releaseClaim, type ClaimedMessage } from "./store/queue.ts";
import { readGoneEndpoints, toGoneEndpoints } from "../preferences/store/settings.ts";

export interface DispatchOptions {
  /** Only these messages; otherwise whatever is due. */
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
 * Sends until nothing is due (or time is up) and every result is written. Channels have claims and capacity of their own:
 * a receiver that doesn't answer delays nothing of another channel.
 */
export async function dispatch(deps: Deps, options: DispatchOptions = {}): Promise<DispatchReport> {
  const { messages, channels = methods } = options;
  const report: DispatchReport = { claimed: 0, sent: 0, failed: 0 };
  const results = createResultWriter(deps);
  const used = channels.filter((channel) =>
    messages === undefined
      ? // One that is claiming whatever is due finds all of it.
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
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return report;
}

/** What one channel may do at most in one dispatch. What is left when it is used up, the next pass finds. */
interface Budget {
  messages: number;
  /** Epoch milliseconds after which nothing more is claimed. */
  until: number;
}

interface ChannelDispatch {
  channel: Method;
  /** Only these; undefined: whatever is due. */
  ids: readonly string[] | undefined;
  budget: Budget;
  report: DispatchReport;
  results: ResultWriter;
}

async function dispatchChannel(deps: Deps, work: ChannelDispatch): Promise<void> {
  const { channel, budget, report } = work;
  const { claiming, stopping } = deps.process;
  const capacity = deps.config.notifications.leaseCount;
  const inflight = new Set<Promise<void>>();
  let left = work.ids;
  let claimed = 0;
  const mayClaim = () => !stopping.aborted && claimed < budget.messages && deps.now() < budget.until;
  if (left === undefined) claiming.add(channel);
  try {
    for (let more = true; more && mayClaim();) {
      const free = Math.min(capacity - inflight.size, budget.messages - claimed);
      // Slots are refilled by the quarter: a claim for each single one would cost a write each.
      if (inflight.size > 0 && free < capacity / 4) {
        await Promise.race(inflight);
        continue;
      }
      // Large events may be more than a server's answer holds: nothing would ever go out again.
      const claim = await withFewer(free, (limit) => claimSome(deps, channel, limit, left));
      left = left?.slice(claim.limit);
      more = left === undefined ? claim.messages.length === claim.limit : left.length > 0;
      claimed += claim.messages.length;
      report.claimed += claim.messages.length;
      for (const message of claim.messages) {
        const job: Promise<void> = sendOne(deps, work, message, claim).finally(() => inflight.delete(job));
        inflight.add(job);
      }
    }
  } finally {
    if (work.ids === undefined) claiming.delete(channel);
  }
  await Promise.all(inflight);
}

async function sendOne(
  deps: Deps,
  { report, results }: ChannelDispatch,
  message: ClaimedMessage,
  { token, gone }: { token: string; gone: GoneEndpoints },
): Promise<void> {
  const startedAt = deps.now();
  const delivery = await deliver(deps, message, gone);
  report[delivery.outcome.kind === "sent" ? "sent" : "failed"] += 1;
  results.add(message, token, delivery, startedAt);
}

async function claimSome(deps: Deps, channel: Method, limit: number, ids: readonly string[] | undefined) {
  const now = deps.now();
  const token = deps.newId();
  const leaseUntil = now + leaseTime(deps);
  const statements = claimMessages({
    token,
    channel,
    now,
    leaseUntil,
    limit,
    held: deps.process.leases.held(now),
    ...(ids === undefined ? {} : { ids: ids.slice(0, limit) }),
  });
  const { messages, gone } = await deps.db.write(statements, {
    messages: findClaimed(token),
    gone: readGoneEndpoints(),
  });
  if (deps.process.stopping.aborted && messages.length > 0) {
    await deps.db.write(releaseClaim(token, deps.now()), {});
    return { token, messages: [], gone: new Map() };
  }
  deps.process.leases.add(token, messages.length);
  return { token, messages, gone: toGoneEndpoints(gone) };
}

/** At most so many dispatches of a channel at a time, so that one slow receiver doesn't hold up the others for long. */
const maxDispatches = 4;
/** Messages of one dispatch; beyond it the next begins. */
const maxNudged = 1_000;

/** `gather` resolves when the requests that have already arrived have had their turn: one claim is made for all. */
export function createNudgeQueue(own: () => Deps, gather: () => Promise<void>): NudgeQueue {
  const createChannel = () =>
    createCoalescer<readonly QueuedMessage[]>({
      run: async (nudges) => void (await dispatch(own(), { messages: nudges.flat() })),
      // What was not sent is still due: the tick finds it.
      onError: (error) => own().log.error("work after an answer failed", { reason: String(error) }),
      concurrency: maxDispatches,
      gather,
      limit: { max: maxNudged, sizeOf: (messages) => messages.length },
    });
  const channels = new Map(methods.map((method) => [method, createChannel()]));
  const add: NudgeQueue["add"] = (messages) => {
    for (const [method, channel] of channels) {
      const queued = messages.filter((message) => message.method === method);
      if (queued.length === 0) continue;
      const served = channel.add(queued);
      own().defer(() => served);
    }
  };
  return { add, addLater: (messages, wait) => unref(setTimeout(() => add(messages), wait)) };
}

/** A timer that keeps no process alive. */
const unref = (timer: unknown): void => (timer as { unref?: () => void }).unref?.();

/** Sends these messages as soon as the answer is out. What it misses, the tick finds. */
export function nudge(deps: Deps, messages: readonly QueuedMessage[]): void {
  if (deps.process.nudges === null) deps.defer(() => dispatch(deps, { messages }));
  else deps.process.nudges.add(messages);
}

/** The same for messages that are held back until `at`, where the process lasts that long. */
export function nudgeAt(deps: Deps, at: number, messages: readonly QueuedMessage[]): void {
  // Timers may be early by a moment.
  deps.process.nudges?.addLater(messages, Math.min(at - deps.now() + 10, longestTimer));
}

/** Sends whatever is due, after the answer: notifications have been resumed. */
export function wakeQueue({ process }: Deps): void {
  const own = process.deps();
  own.defer(() => dispatch(own));
}

/** The same at a time, where the process lasts that long. */
export function wakeQueueAt(deps: Deps, at: number): void {
  if (deps.process.nudges === null) return;
  unref(setTimeout(() => wakeQueue(deps), Math.min(at - deps.now() + 10, longestTimer)));
}

/** Milliseconds; what is held back longer is left to the tick. */
const longestTimer = 2_147_483_647;
