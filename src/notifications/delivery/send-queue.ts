// Sends the claimed messages of one queue, as many at the same time as its capacity; the others wait for a slot. What can't
// start while its lease holds, or before the process stops, is returned to the database.
import type { Deps } from "../../kernel/deps.ts";
import type { ReceiverToSend } from "../receivers/store/turns.ts";
import { attempt, type Delivery } from "./attempt.ts";
import { releaseMessages, type ClaimedMessage } from "./store/queue.ts";

/** Messages that wait for a slot at most, however fast the receiver is. */
const maxAhead = 200;
/** What the receiver accepts in this time is claimed ahead: a slow one's claims are short writes, which delay nobody. */
const aheadMs = 100;

/** Of a receiver whose answers take longer, this part of the slots starts at a time, and all in the time of an answer. */
const slowMs = 100;
const spread = 25;

export interface Claimed {
  message: ClaimedMessage;
  /** Of a message to one. */
  receiver: ReceiverToSend | undefined;
  /** The lease's. */
  token: string;
  /** Epoch milliseconds; a later attempt could outlast the lease. */
  startBy: number;
}

export interface SendQueueOptions {
  onDelivered: (claimed: Claimed, delivery: Delivery, startedAt: number) => void;
  onReleased: (count: number) => void;
}

export interface SendQueue {
  add: (messages: readonly Claimed[]) => void;
  /** Whether more can be claimed: nothing waits, and a quarter of the slots is free. */
  isReady: () => boolean;
  /**
   * How many to claim: the free slots, or what the receiver accepts in a moment at its pace since the last call, or as many as
   * the platform makes worth a round trip.
   */
  claimLimit: () => number;
  /** Resolves at the next change. */
  change: () => Promise<void>;
  /** Resolves when every attempt has ended and nothing waits. Throws what an attempt threw. */
  finish: () => Promise<void>;
}

export function createSendQueue(deps: Deps, { onDelivered, onReleased }: SendQueueOptions): SendQueue {
  const { stopping } = deps.process;
  const capacity = deps.config.notifications.leaseCount;
  const { slots, claim = 0 } = deps.process.dispatchLimits ?? {};
  const waiting: Claimed[] = [];
  const failures: unknown[] = [];
  const pace = createPace(capacity);
  let [sending, releasing] = [0, 0];
  let changed = Promise.withResolvers<void>();

  function update(): void {
    const now = deps.now();
    if (stopping.aborted || waiting.some(({ startBy }) => now >= startBy)) void release(waiting.splice(0));
    while (waiting.length > 0 && sending < capacity && pace.canStart(update) && (slots?.take(update) ?? true))
      void send(waiting.shift()!);
    changed.resolve();
    changed = Promise.withResolvers();
  }

  async function send(claimed: Claimed): Promise<void> {
    sending += 1;
    const startedAt = deps.now();
    await attempt(deps, claimed.message, claimed.receiver)
      .then((delivery) => onDelivered(claimed, delivery, startedAt))
      .catch((error: unknown) => failures.push(error));
    sending -= 1;
    pace.count(deps.now() - startedAt);
    slots?.give();
    update();
  }

  async function release(messages: readonly Claimed[]): Promise<void> {
    if (messages.length === 0) return;
    releasing += 1;
    onReleased(messages.length);
    await releaseClaimed(deps, messages).catch((error: unknown) => failures.push(error));
    releasing -= 1;
    update();
  }

  const finish = async () => {
    while (sending + waiting.length + releasing > 0) await changed.promise;
    stopping.removeEventListener("abort", update);
    if (failures.length > 0) throw failures[0];
  };

  stopping.addEventListener("abort", update);
  return {
    add: (messages) => {
      waiting.push(...messages);
      update();
    },
    isReady: () => waiting.length === 0 && (sending === 0 || capacity - sending >= capacity / 4),
    claimLimit: () => Math.max(capacity - sending, claim, Math.min(pace.next(), maxAhead)),
    change: () => changed.promise,
    finish,
  };
}

/** From how long attempts took, not from how many ended: a slow receiver may answer many at the same moment. */
function createPace(capacity: number) {
  let [count, totalMs, meanMs, started] = [0, 0, 0, 0];
  return {
    count: (durationMs: number) => {
      count += 1;
      totalMs += durationMs;
    },
    /** How many `capacity` slots would end in `aheadMs`, at the mean of those that ended since the last call. */
    next: () => {
      const expected = Math.floor((capacity * aheadMs * count) / Math.max(1, totalMs));
      if (count > 0) meanMs = totalMs / count;
      [count, totalMs] = [0, 0];
      return expected;
    },
    /** Whether one more can start now; if not, `onTurn` is called. What starts together ends together, and delays others. */
    canStart: (onTurn: () => void): boolean => {
      if (meanMs < slowMs) return true;
      if (started === 0)
        setTimeout(() => {
          started = 0;
          onTurn();
        }, meanMs / spread);
      started += 1;
      return started <= Math.ceil(capacity / spread);
    },
  };
}

/** Returns messages to the queue of the database: no attempt was made. */
export async function releaseClaimed(
  deps: Deps,
  messages: readonly { message: { id: string }; token: string }[],
): Promise<void> {
  const byToken = Map.groupBy(messages, ({ token }) => token);
  const statements = [...byToken].map(([token, ofToken]) =>
    releaseMessages(
      token,
      ofToken.map(({ message }) => message.id),
      deps.now(),
    ),
  );
  try {
    await deps.db.write(statements, {});
  } finally {
    for (const { token } of messages) deps.process.leases.end(token);
  }
}
