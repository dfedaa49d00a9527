// Waiting for an answer. All requests of a process that wait share one query each second; what ends a question in this
// process wakes them at once, without a query.
import type { Database } from "../../../db/client.ts";
import { ApiError } from "../../kernel/errors.ts";
import { createPoll } from "../../kernel/poll.ts";
import type { QuestionWait, QuestionWaker } from "../../kernel/ports.ts";
import { findEnded } from "./store/questions.ts";

/** Each holds a connection. */
const maxWaiting = 2_000;

export interface WakerOptions {
  db: Database;
  /** Milliseconds between queries. */
  interval: number;
  /** Epoch milliseconds. */
  now: () => number;
  stopping: AbortSignal;
  onError: (error: unknown) => void;
}

interface Waiter {
  wake: () => void;
}

export function createQuestionWaker({ db, interval, now, stopping, onError }: WakerOptions): QuestionWaker {
  const waiters = new Map<string, Set<Waiter>>();
  let count = 0;
  const wake = (questionIds: Iterable<string>) => {
    for (const id of questionIds) for (const waiter of waiters.get(id) ?? []) waiter.wake();
  };
  const poll = createPoll({
    interval,
    query: async () => {
      const { ended } = await db.read({ ended: findEnded(JSON.stringify([...waiters.keys()]), now()) });
      wake(ended.map(({ id }) => id));
    },
    isWanted: () => count > 0,
    onIdle: () => {},
    onError,
  });
  stopping.addEventListener(
    "abort",
    () => {
      poll.stop();
      wake(waiters.keys());
    },
    { once: true },
  );

  function leave(id: string, waiter: Waiter): void {
    const own = waiters.get(id);
    if (own?.delete(waiter) !== true) return;
    count -= 1;
    if (own.size === 0) waiters.delete(id);
  }

  return {
    join: (id, { timeoutMs, signal }) => {
      if (count >= maxWaiting) throw tooManyWait();
      const wait = createWait(AbortSignal.any([signal, stopping]), timeoutMs, () => leave(id, wait));
      waiters.set(id, (waiters.get(id) ?? new Set()).add(wait));
      count += 1;
      poll.schedule();
      return wait;
    },
    wake,
  };
}

function createWait(signal: AbortSignal, timeoutMs: number, left: () => void): QuestionWait & Waiter {
  let resume: (() => void) | undefined;
  let wasWoken = false;
  let isLate = timeoutMs <= 0;
  const wake = () => {
    wasWoken = true;
    resume?.();
  };
  const timer = setTimeout(() => {
    isLate = true;
    wake();
  }, timeoutMs);
  signal.addEventListener("abort", wake, { once: true });
  const isOver = () => isLate || signal.aborted;
  return {
    wake,
    isOver,
    woken: async () => {
      if (!wasWoken && !isOver()) await new Promise<void>((resolve) => (resume = resolve));
      wasWoken = false;
      resume = undefined;
    },
    leave: () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      left();
    },
  };
}

const tooManyWait = () =>
  new ApiError(503, "Too many requests wait for answers at the moment.", {
    detail: "The question stays open. Ask again in a few seconds.",
    headers: { "retry-after": "5" },
  });

/** Reads until the question is open no longer or the wait is over: once at the beginning and once at each wake. */
export async function readUntil<T>(wait: QuestionWait, read: () => Promise<{ isOpen: boolean; value: T }>) {
  try {
    for (;;) {
      const { isOpen, value } = await read();
      if (!isOpen || wait.isOver()) return value;
      // oxlint-disable-next-line no-await-in-loop
      await wait.woken();
    }
  } finally {
    wait.leave();
  }
}
