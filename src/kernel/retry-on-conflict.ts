// Guarded writes: decide on what was read, write if it still holds, otherwise decide again on the new state.
import { conflict } from "./errors.ts";

const maxAttempts = 3;

/**
 * Attempts a guarded write on what was read. When the guard failed, `done` is undefined and `after` is the new state, for
 * the next attempt. Throws 409 after three.
 */
export async function retryOnConflict<State, Done>(
  state: State,
  attempt: (before: State) => Promise<{ done: Done | undefined; after: State }>,
  what = "workspace",
): Promise<Done> {
  for (let tries = 1, before = state; tries <= maxAttempts; tries += 1) {
    const { done, after } = await attempt(before);
    if (done !== undefined) return done;
    before = after;
  }
  throw conflict(`The ${what} keeps changing.`, "Try again.");
}
