// Whether a process takes another request: it has a queue of at most what it has done in the last half second. Beyond that a
// request would only wait, time out and be sent again, until nothing gets done at all.

export interface Admission {
  /** A batch of the database, or an event that waits to be written. */
  started: () => void;
  ended: (now: number) => void;
  /** By so many milliseconds the last timer was late. */
  delayed: (milliseconds: number) => void;
  isOpen: (now: number) => boolean;
}

/** So many may always wait: a slow database is no overload. */
export const minPending = 32;
/** A burst may be larger for so long, in milliseconds. */
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

  return {
    started: () => {
      pending += 1;
    },
    ended: (now) => {
      pending -= 1;
      done[bucketOf(now)]! += 1;
    },
    delayed: (milliseconds) => {
      delay = milliseconds;
      // Nobody may have asked meanwhile: what was over then has ended.
      if (delay < maxDelayMs && pending < minPending) overSince = undefined;
    },
    isOpen: (now) => {
      const limit = limitAt(now);
      if (pending < limit && delay < maxDelayMs) {
        overSince = undefined;
        // Another burst is allowed once this one is over.
        if (pending <= limit / 2) isClosed = false;
        return true;
      }
      overSince ??= now;
      isClosed ||= now - overSince >= graceMs || pending >= maxPending;
      return !isClosed;
    },
  };
}
