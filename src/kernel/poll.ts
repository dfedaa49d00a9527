// A query that many wait for: one at a time, again after an interval while anybody wants it, and at once when something
// was written here.
import { createCoalescer } from "./coalescer.ts";

export interface PollOptions {
  /** Milliseconds from the end of a query to the next. */
  interval: number;
  query: () => Promise<void>;
  isWanted: () => boolean;
  /** Called when no query will follow. */
  onIdle: () => void;
  onError: (error: unknown) => void;
}

export interface Poll {
  /** Resolves when a query that begins from now on has ended or failed. */
  start: () => Promise<void>;
  /** A query begins within the interval; none before, if one has just been. */
  schedule: () => void;
  /** No query begins any more. */
  stop: () => void;
}

/** One query at a time, repeated while it is wanted. */
export function createPoll({ interval, query, isWanted, onIdle, onError }: PollOptions): Poll {
  const stopping = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const queries = createCoalescer<void>({
    run: async () => {
      if (isWanted()) await query();
    },
    onError,
    signal: stopping.signal,
  });

  /** Queries that were asked for and have not ended. */
  let pending = 0;

  function scheduleNext(): void {
    clearTimeout(timer);
    timer = undefined;
    if (!isWanted()) onIdle();
    else if (!stopping.signal.aborted) timer = setTimeout(start, interval);
  }

  async function start(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    pending += 1;
    await queries.add();
    pending -= 1;
    scheduleNext();
  }

  return {
    start,
    schedule: () => {
      if (timer === undefined && pending === 0) scheduleNext();
    },
    stop: () => {
      stopping.abort();
      clearTimeout(timer);
    },
  };
}
