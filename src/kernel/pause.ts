// Work that nobody waits for is done in slices with pauses, so that a request in between passes all of its steps without
// waiting for a slice at each.

/** As long as a slice takes, or longer. */
const pauseMs = 10;

export const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, pauseMs));

/** Calls `work` for each item, with a pause after each `size` of them. */
export async function inSlices<T>(items: readonly T[], size: number, work: (item: T) => void): Promise<void> {
  for (let from = 0; from < items.length; from += size) {
    if (from > 0) await pause();
    items.slice(from, from + size).forEach(work);
  }
}
