// At most so many people a minute get a custom notification by email, webhook or push: when it is each one's turn. Sends take
// their turns one after another. The inbox is not paced.

/** A minute that has begun, or is taken in advance, and how many people it has already. */
export interface Pace {
  minuteAt: number;
  used: number;
}

export interface Turns {
  /** The minute and the place in it at which they begin. */
  from: Pace;
  next: Pace;
  /** When it is the last one's turn. */
  lastAt: number;
}

const minuteMs = 60_000;

export function takeTurns(
  pace: Pace | undefined,
  { count, perMinute, now }: { count: number; perMinute: number; now: number },
): Turns {
  const from = pace !== undefined && now < pace.minuteAt + minuteMs ? pace : { minuteAt: now, used: 0 };
  const total = from.used + count;
  const minutes = Math.floor(total / perMinute);
  return {
    from,
    next: { minuteAt: from.minuteAt + minutes * minuteMs, used: total - minutes * perMinute },
    lastAt: turnAt(from, Math.max(0, count - 1), perMinute),
  };
}

/** Epoch milliseconds; `place`: from 0. */
export const turnAt = ({ minuteAt, used }: Pace, place: number, perMinute: number): number =>
  minuteAt + Math.floor((used + place) / perMinute) * minuteMs;

/** Whole minutes until a moment, at least 0. */
export const minutesUntil = (at: number, now: number): number =>
  Math.max(0, Math.ceil((at - now) / minuteMs));
