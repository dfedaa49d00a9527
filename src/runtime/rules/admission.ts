// Whether a process takes another request: it has a queue of at most what it has done in the last half second. Beyond that a
// request would only wait, time out and be sent again, until nothing gets done at all. A burst may be larger, for longer if
// there was none for a while.

export interface Admission {
  /** A batch of the database, or an event that waits to be written. */
  started: () => void;
  ended: (now: number) => void;
  /** By so many milliseconds its own work made the last timer late. */
  delayed: (milliseconds: number, now: number) => void;
  isOpen: (now: number) => boolean;
}

/** So many may always wait: a slow database is no overload. */
export const minPending = 32;
/** A burst may be larger for so long, in milliseconds, after a calm of ten times as long: a slow disk takes seconds for one. */
export const patienceMs = 3_000;
const calmPerPatience = 10;
/** For so long it always may. */
export const graceMs = 300;
const maxPending = 10_000;
const maxDelayMs = 300;
const bucketMs = 100;
const buckets = 5;

/** Times are in milliseconds. */
export function createAdmission(): Admission {
  const done = Array.from({ length: buckets }, () => 0);
  let [latest, pending, delay] = [0, 0, 0];
  let overSince: number | undefined;
  let [patience, calmSince] = [patienceMs, 0];
  let isClosed = false;

  function bucketOf(now: number): number {
    const current = Math.floor(now / bucketMs);
    for (let at = Math.max(latest + 1, current - buckets + 1); at <= current; at += 1) done[at % buckets] = 0;
    latest = Math.max(latest, current);
    return latest % buckets;
  }

  function limitAt(now: number): number {
    bucketOf(now);
    return Math.max(
      minPending,
      done.reduce((sum, count) => sum + count, 0),
    );
  }

  function startOver(now: number): number {
    patience = Math.min(patienceMs, patience + (now - calmSince) / calmPerPatience);
    return now;
  }

  function endOver(now: number): void {
    if (overSince === undefined) return;
    patience = Math.max(graceMs, patience - (now - overSince));
    [overSince, calmSince] = [undefined, now];
  }

  return {
    started: () => {
      pending += 1;
    },
    ended: (now) => {
      pending -= 1;
      done[bucketOf(now)]! += 1;
    },
    delayed: (milliseconds, now) => {
      delay = milliseconds;
      // Nobody may have asked meanwhile: what was over then has ended.
      if (delay < maxDelayMs && pending < minPending) endOver(now);
    },
    isOpen: (now) => {
      const limit = limitAt(now);
      if (pending < limit && delay < maxDelayMs) {
        endOver(now);
        // Another burst is allowed once this one is over.
        if (pending <= limit / 2) isClosed = false;
        return true;
      }
      overSince ??= startOver(now);
      isClosed ||= now - overSince >= patience || pending >= maxPending;
      return !isClosed;
    },
  };
}
