// The queue of password hashes, from outside: how many there were, and how it is while nobody gets a turn.
import type { Process } from "../../src/kernel/deps.ts";
import { maxWaitingPerTask, type Lane } from "../../src/kernel/rules/limits.ts";

/** Counts from now on. */
export function countHashes(process: Process): { count: number } {
  const { reserve } = process.hashing;
  const counted = { count: 0 };
  process.hashing = {
    reserve: (by) => {
      const place = reserve(by);
      if (place === undefined) return undefined;
      return {
        release: place.release,
        run: (task) => {
          counted.count += 1;
          return place.run(task);
        },
      };
    },
  };
  return counted;
}

/** Takes every place of a lane, each for somebody else; `release` ends what they do. */
export function fillHashes({ hashing }: Process, lanes: Lane[]): { release: () => Promise<void> } {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const work: Promise<void>[] = [];
  for (const lane of lanes)
    for (let at = 0; at < 2 * (maxWaitingPerTask + 1); at += 1) {
      const place = hashing.reserve({ lane, holder: `somebody ${at}` });
      if (place !== undefined) work.push(place.run(() => released).finally(place.release));
    }
  return {
    release: async () => {
      release();
      await Promise.all(work);
    },
  };
}
