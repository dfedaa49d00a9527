// Work that nobody waits for is done in slices with pauses, so that a request in between passes all of its steps without
// waiting for a slice at each.

/** As long as a slice takes, or longer. */
const pauseMs = 10;

export const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, pauseMs));
