// The one clock of a process: the machine's, corrected by what the database's says where several machines share one
// database, so that leases mean the same to all of them.
import type { Clock } from "../kernel/ports.ts";
import { nextOffset } from "../kernel/rules/clock-offset.ts";

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
