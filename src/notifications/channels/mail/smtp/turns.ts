// Who may go next: at most so many at a time, the others in order, none longer than they have time. Made by pool.ts.
import { MailFailure } from "./failure.ts";

export interface Turns {
  /** Resolves when it is one's turn; each turn ends with `end`. Throws `MailFailure`. */
  begin: (signal: AbortSignal) => Promise<void>;
  end: () => void;
  /** Lets fewer through until everybody is through; with none, all who wait get the failure. */
  narrow: (width: number, failure: MailFailure) => void;
  /** Nobody begins any more. */
  close: () => void;
}

interface Waiter {
  go: () => void;
  fail: (failure: MailFailure) => void;
}

export function createTurns(most: number): Turns {
  const waiting: Waiter[] = [];
  let busy = 0;
  let width = most;
  let closed: MailFailure | undefined;

  const failAll = (failure: MailFailure) => {
    for (const waiter of waiting.splice(0)) waiter.fail(failure);
  };

  return {
    begin: (signal) => {
      if (closed !== undefined) return Promise.reject(closed);
      if (signal.aborted) return Promise.reject(new MailFailure("no time was left"));
      if (busy < width) {
        busy += 1;
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        const waiter = { go: resolve, fail: reject };
        waiting.push(waiter);
        signal.addEventListener("abort", () => {
          const place = waiting.indexOf(waiter);
          if (place >= 0) waiting.splice(place, 1);
          reject(new MailFailure(`no connection became free in time (there may be ${width})`));
        });
      });
    },
    end: () => {
      busy -= 1;
      if (busy === 0) width = most;
      while (busy < width && waiting.length > 0) {
        busy += 1;
        waiting.shift()!.go();
      }
    },
    narrow: (next, failure) => {
      width = next;
      if (width === 0) failAll(failure);
    },
    close: () => {
      closed = new MailFailure("the program is being stopped");
      failAll(closed);
    },
  };
}
