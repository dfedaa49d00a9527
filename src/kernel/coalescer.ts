// Gathers items into batches: a run serves everything that waits when it begins, what arrives meanwhile is served by the
// next. A run that fails ends only its own batch. One run at a time unless `concurrency` says more.

export interface Coalescer<Item> {
  /** Resolves when the run that serves the item has ended or failed, or when the signal is aborted first. Never rejects. */
  add: (item: Item) => Promise<void>;
}

export interface CoalescerOptions<Item> {
  /** Serves a batch, in the order of arrival; never empty. */
  run: (batch: Item[]) => Promise<void>;
  /** Hears what `run` threw, once for each failed run; later items are still served. Must not throw. */
  onError: (error: unknown, batch: Item[]) => void;
  /** Runs at once at most; 1 when left out. */
  concurrency?: number;
  /**
   * Awaited before each batch is cut: what arrives until it resolves is part of the batch. `countWaiting` returns how many
   * items there are. Must not throw.
   */
  gather?: Gather;
  /** A batch is cut once its sizes reach `max`; it has at least one item. Without it, a batch is all that waits. */
  limit?: { max: number; sizeOf: (item: Item) => number };
  /** Once it is aborted, no run begins any more. */
  signal?: AbortSignal;
}

export type Gather = (countWaiting: () => number) => Promise<void>;

interface Waiting<Item> {
  item: Item;
  settle: () => void;
}

export function createCoalescer<Item>(options: CoalescerOptions<Item>): Coalescer<Item> {
  const { run, onError, concurrency = 1, gather, limit, signal } = options;
  const waiting: Waiting<Item>[] = [];
  let running = 0;

  async function drain(): Promise<void> {
    running += 1;
    try {
      while (waiting.length > 0) {
        await gather?.(() => waiting.length);
        const members = takeBatch();
        // Another run has taken all of it, or the signal was aborted.
        if (members.length > 0) await runOne(members);
      }
    } finally {
      running -= 1;
    }
  }

  function takeBatch(): Waiting<Item>[] {
    let count = waiting.length;
    if (limit !== undefined) {
      let size = 0;
      for (count = 0; count < waiting.length && (count === 0 || size < limit.max); count += 1)
        size += limit.sizeOf(waiting[count]!.item);
    }
    return waiting.splice(0, count);
  }

  async function runOne(members: Waiting<Item>[]): Promise<void> {
    const batch = members.map(({ item }) => item);
    try {
      await run(batch);
    } catch (error) {
      onError(error, batch);
    } finally {
      for (const { settle } of members) settle();
    }
  }

  signal?.addEventListener("abort", () => {
    for (const { settle } of waiting.splice(0)) settle();
  });

  return {
    add: (item) => {
      if (signal?.aborted === true) return Promise.resolve();
      return new Promise((settle) => {
        waiting.push({ item, settle });
        if (running < concurrency) void drain();
      });
    },
  };
}

/** A coalescer for each key. One that is idle is forgotten: keys come and go. */
export interface CoalescerMap<Item> {
  add: (key: string, item: Item) => Promise<void>;
  /** Of those that have something to do. */
  size: () => number;
}

export function createCoalescerMap<Item>(
  options: Omit<CoalescerOptions<Item>, "signal">,
): CoalescerMap<Item> {
  const busy = new Map<string, { coalescer: Coalescer<Item>; items: number }>();
  return {
    add: async (key, item) => {
      const entry = busy.get(key) ?? { coalescer: createCoalescer(options), items: 0 };
      busy.set(key, entry);
      entry.items += 1;
      await entry.coalescer.add(item);
      entry.items -= 1;
      if (entry.items === 0) busy.delete(key);
    },
    size: () => busy.size,
  };
}
