// How many requests a caller may send in a minute, counted in the memory of one process: nothing waits for it.

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
