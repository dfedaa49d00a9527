// Limits within one process: requests of a caller in a minute, a semaphore for work that needs memory, and a fair queue for
// work that needs the processor.

export interface RequestLimit {
  /** Within `windowMs`. */
  readonly most: number;
  /** `now`: epoch milliseconds. */
  take: (caller: string, now: number) => RequestQuota;
}

export interface RequestQuota {
  isAllowed: boolean;
  left: number;
  /** Until there are `most` again, at least 1. */
  seconds: number;
}

export const windowMs = 60_000;
/** More than these are forgotten, so that made-up addresses fill no memory. */
const mostCallers = 100_000;

/** The window is the minute of the clock, the same for everybody: at its end all counts are forgotten. */
export function createRequestLimit(most: number): RequestLimit {
  const counts = new Map<string, number>();
  let window = 0;
  return {
    most,
    take: (caller, now) => {
      const here = Math.floor(now / windowMs);
      if (here !== window || counts.size >= mostCallers) counts.clear();
      window = here;
      const count = Math.min((counts.get(caller) ?? 0) + 1, most + 1);
      counts.set(caller, count);
      const seconds = Math.max(1, Math.ceil(((here + 1) * windowMs - now) / 1_000));
      return { isAllowed: count <= most, left: Math.max(0, most - count), seconds };
    },
  };
}

export interface TurnLimits {
  atOnce: number;
  /** Of these, for one holder. */
  forOne: number;
  waiting: number;
}

export interface Turns {
  /** Resolves with how to give the turn back; undefined when too many wait already. */
  take: (holder: string) => Promise<(() => void) | undefined>;
}

/** First come, first served, but nobody waits for the turn of a holder who has all of theirs. */
export function createTurns({ atOnce, forOne, waiting }: TurnLimits): Turns {
  const queue: { holder: string; begin: () => void }[] = [];
  const held = new Map<string, number>();
  let running = 0;

  const mayBegin = (holder: string) => running < atOnce && (held.get(holder) ?? 0) < forOne;
  function begin(holder: string): void {
    running += 1;
    held.set(holder, (held.get(holder) ?? 0) + 1);
  }
  function giveBack(holder: string): void {
    running -= 1;
    const left = held.get(holder)! - 1;
    if (left === 0) held.delete(holder);
    else held.set(holder, left);
    const next = queue.findIndex((one) => mayBegin(one.holder));
    if (next >= 0) queue.splice(next, 1)[0]!.begin();
  }

  return {
    take: async (holder) => {
      if (mayBegin(holder)) begin(holder);
      else if (queue.length >= waiting) return undefined;
      else
        await new Promise<void>((resolve) =>
          queue.push({
            holder,
            begin: () => {
              begin(holder);
              resolve();
            },
          }),
        );
      let isHeld = true;
      return () => {
        if (isHeld) giveBack(holder);
        isHeld = false;
      };
    },
  };
}

/** `sign-in` is for people who are not signed in yet, `account` for what signed-in people ask for. */
export type Lane = "sign-in" | "account";

export interface QueueHolder {
  lane: Lane;
  /** Who takes turns with the others of the lane: a network, or an account. */
  holder: string;
}

export interface QueuePlace {
  /** Runs when it is this holder's turn. */
  run: <T>(task: () => Promise<T>) => Promise<T>;
  /** Gives the place to others. */
  leave: () => void;
}

export interface FairQueue {
  /** Undefined when the lane, or the holder's part of it, is full. With a place, nothing that follows is refused. */
  reserve: (by: QueueHolder) => QueuePlace | undefined;
}

/** For each task that runs at a time so many may wait in a lane: with the cost of a password that is about five seconds. */
export const waitingForEach = 20;
/** Places of one holder. An account's are few; behind one address may be an office. */
const placesForOne = { "sign-in": 0.75, account: 0.1 } as const;

interface LaneState {
  /** Places that are taken, by holder. */
  places: Map<string, number>;
  total: number;
  running: number;
  /** Tasks that wait, by holder, the next holder first. */
  waiting: Map<string, (() => void)[]>;
}

const createLane = (): LaneState => ({ places: new Map(), total: 0, running: 0, waiting: new Map() });

/** Holders of a lane take turns, and so do the lanes. With more than one task at a time, `account` never has them all. */
export function createFairQueue(width: number): FairQueue {
  const lanes = { "sign-in": createLane(), account: createLane() };
  const most = width * (waitingForEach + 1);
  const widthOf = { "sign-in": width, account: Math.max(1, width - 1) };
  let last: Lane = "account";

  function startNext(): void {
    const order: Lane[] = last === "account" ? ["sign-in", "account"] : ["account", "sign-in"];
    for (const name of order) {
      const lane = lanes[name];
      const [first] = lane.waiting;
      if (first === undefined || lane.running >= widthOf[name]) continue;
      if (lanes["sign-in"].running + lanes.account.running >= width) return;
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
      const own = lane.places.get(by.holder) ?? 0;
      if (lane.total >= most || own >= Math.floor(most * placesForOne[by.lane])) return undefined;
      lane.total += 1;
      lane.places.set(by.holder, own + 1);
      let isHeld = true;
      return {
        run: (task) => run(by, task),
        leave: () => {
          if (!isHeld) return;
          isHeld = false;
          lane.total -= 1;
          const left = lane.places.get(by.holder)! - 1;
          if (left === 0) lane.places.delete(by.holder);
          else lane.places.set(by.holder, left);
        },
      };
    },
  };
}
