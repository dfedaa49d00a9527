// Limits within one process: requests of a caller in a minute, a semaphore for work that needs memory, a fair queue for work
// that needs the processor, and slots that queues share.

export interface RequestLimit {
  /** Within `windowMs`. */
  readonly max: number;
  /** `now`: epoch milliseconds. */
  take: (caller: string, now: number) => RequestQuota;
}

export interface RequestQuota {
  isAllowed: boolean;
  left: number;
  /** Until the window ends, at least 1. */
  seconds: number;
}

export const windowMs = 60_000;
/** At more than these all counts are reset, so that forged addresses don't fill the memory. */
const maxCallers = 100_000;

/** The window is the minute of the clock, the same for everybody: at its end all counts are forgotten. */
export function createRequestLimit(max: number): RequestLimit {
  const counts = new Map<string, number>();
  let window = 0;
  return {
    max,
    take: (caller, now) => {
      const current = Math.floor(now / windowMs);
      if (current !== window || counts.size >= maxCallers) counts.clear();
      window = current;
      const count = Math.min((counts.get(caller) ?? 0) + 1, max + 1);
      counts.set(caller, count);
      const seconds = Math.max(1, Math.ceil(((current + 1) * windowMs - now) / 1_000));
      return { isAllowed: count <= max, left: Math.max(0, max - count), seconds };
    },
  };
}

export interface SemaphoreLimits {
  concurrency: number;
  /** Of these, for one holder. */
  perHolder: number;
  maxWaiting: number;
}

export interface Semaphore {
  /** Resolves with a function that releases it; undefined when too many wait already. */
  acquire: (holder: string) => Promise<(() => void) | undefined>;
}

/** First come, first served, but a holder at their own limit delays nobody else. */
export function createSemaphore({ concurrency, perHolder, maxWaiting }: SemaphoreLimits): Semaphore {
  const queue: { holder: string; start: () => void }[] = [];
  const held = new Map<string, number>();
  let running = 0;

  const canStart = (holder: string) => running < concurrency && (held.get(holder) ?? 0) < perHolder;
  function start(holder: string): void {
    running += 1;
    held.set(holder, (held.get(holder) ?? 0) + 1);
  }
  function release(holder: string): void {
    running -= 1;
    const left = held.get(holder)! - 1;
    if (left === 0) held.delete(holder);
    else held.set(holder, left);
    const next = queue.findIndex((waiting) => canStart(waiting.holder));
    if (next >= 0) queue.splice(next, 1)[0]!.start();
  }

  return {
    acquire: async (holder) => {
      if (canStart(holder)) start(holder);
      else if (queue.length >= maxWaiting) return undefined;
      else
        await new Promise<void>((resolve) =>
          queue.push({
            holder,
            start: () => {
              start(holder);
              resolve();
            },
          }),
        );
      let isHeld = true;
      return () => {
        if (isHeld) release(holder);
        isHeld = false;
      };
    },
  };
}

export interface Slots {
  /** Whether there was one; if not, `whenFree` is called once there is. */
  take: (whenFree: () => void) => boolean;
  /** Offers it to those who were refused, the first of them first. */
  give: () => void;
}

export function createSlots(limit: number): Slots {
  const refused = new Set<() => void>();
  let used = 0;
  return {
    take: (whenFree) => {
      if (used >= limit) {
        refused.add(whenFree);
        return false;
      }
      used += 1;
      return true;
    },
    give: () => {
      used -= 1;
      for (const whenFree of refused) {
        if (used >= limit) return;
        refused.delete(whenFree);
        whenFree();
      }
    },
  };
}

/** `sign-in` is for people who are not signed in yet, `account` for what signed-in people ask for. */
export type Lane = "sign-in" | "account";

export interface QueueHolder {
  lane: Lane;
  /** Shares the lane fairly with the others in it: a network, or an account. */
  holder: string;
}

export interface QueueReservation {
  /** Runs the task when this holder is next. */
  run: <T>(task: () => Promise<T>) => Promise<T>;
  /** Frees the reservation. */
  release: () => void;
}

export interface FairQueue {
  /** Undefined when the lane, or the holder's share of it, is full. Tasks of a reservation are never refused. */
  reserve: (by: QueueHolder) => QueueReservation | undefined;
}

/** Tasks that can wait in a lane for each one that runs: about five seconds at the cost of a password hash. */
export const maxWaitingPerTask = 20;
/** A holder's share of the reservations. An account's is small; behind one address can be an office. */
const maxSharePerHolder = { "sign-in": 0.75, account: 0.1 } as const;

interface LaneState {
  /** Reservations by holder. */
  reservations: Map<string, number>;
  total: number;
  running: number;
  /** Tasks that wait, by holder, the next holder first. */
  waiting: Map<string, (() => void)[]>;
}

const createLane = (): LaneState => ({ reservations: new Map(), total: 0, running: 0, waiting: new Map() });

/** Round robin between the lanes, and between the holders of a lane. With a concurrency above 1, `account` never uses all of it. */
export function createFairQueue(concurrency: number): FairQueue {
  const lanes = { "sign-in": createLane(), account: createLane() };
  const maxReservations = concurrency * (maxWaitingPerTask + 1);
  const laneConcurrency = { "sign-in": concurrency, account: Math.max(1, concurrency - 1) };
  let last: Lane = "account";

  function startNext(): void {
    const order: Lane[] = last === "account" ? ["sign-in", "account"] : ["account", "sign-in"];
    for (const name of order) {
      const lane = lanes[name];
      const [first] = lane.waiting;
      if (first === undefined || lane.running >= laneConcurrency[name]) continue;
      if (lanes["sign-in"].running + lanes.account.running >= concurrency) return;
      const [holder, [start, ...rest]] = first;
      lane.waiting.delete(holder);
      if (rest.length > 0) lane.waiting.set(holder, rest);
      lane.running += 1;
      last = name;
      start!();
    }
  }

  async function run<T>({ lane: name, holder }: QueueHolder, task: () => Promise<T>): Promise<T> {
    const lane = lanes[name];
    await new Promise<void>((resolve) => {
      lane.waiting.set(holder, [...(lane.waiting.get(holder) ?? []), resolve]);
      startNext();
    });
    try {
      return await task();
    } finally {
      lane.running -= 1;
      startNext();
    }
  }

  return {
    reserve: (by) => {
      const lane = lanes[by.lane];
      const own = lane.reservations.get(by.holder) ?? 0;
      if (lane.total >= maxReservations || own >= Math.floor(maxReservations * maxSharePerHolder[by.lane]))
        return undefined;
      lane.total += 1;
      lane.reservations.set(by.holder, own + 1);
      let isHeld = true;
      return {
        run: (task) => run(by, task),
        release: () => {
          if (!isHeld) return;
          isHeld = false;
          lane.total -= 1;
          const left = lane.reservations.get(by.holder)! - 1;
          if (left === 0) lane.reservations.delete(by.holder);
          else lane.reservations.set(by.holder, left);
        },
      };
    },
  };
}
