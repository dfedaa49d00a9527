// Turns for work that needs much memory: so many at a time, so many of them for one person, and so many who wait.

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
