// The one clock of a process: the machine's, corrected by what the database's says where several machines share one
// database, so that leases mean the same to all of them.
import type { Clock } from "../kernel/ports.ts";

export interface ClockOptions {
  /** Epoch milliseconds of this machine. */
  local: () => number;
  /** Whether to go by the database's clock. */
  follow: boolean;
}

export function createClock({ local, follow }: ClockOptions): Clock {
  let offset = 0;
  return {
    local,
    now: () => local() + offset,
    observe: (database, asked) => {
      const before = offset;
      if (follow) offset = nextOffset(offset, { database, asked, answered: local() });
      return offset - before;
    },
  };
}

/** Epoch milliseconds: what the database's clock said, and what ours said before the question and after the answer. */
export interface ClockReading {
  database: number;
  asked: number;
  answered: number;
}

/** The database was read somewhere between question and answer: an offset that fits in there stays as it is. */
export function nextOffset(present: number, { database, asked, answered }: ClockReading): number {
  const least = database - answered;
  const most = database - asked;
  return present >= least && present <= most ? present : Math.round((least + most) / 2);
}
