// How long a write waits for others: while more requests arrive, and not at all for a caller who has been alone for a while.
import { expect, test } from "vitest";
import { createGather } from "../../src/runtime/process-groups.ts";

/** How many iterations of the event loop a write waits, where each brings one of `arriving`. */
async function iterationsOf(gather: ReturnType<typeof createGather>, state: State): Promise<number> {
  state.iterations = 0;
  await gather(() => state.waiting);
  return state.iterations;
}
interface State {
  waiting: number;
  iterations: number;
  arriving: number;
}

test("a write waits while iterations bring more, four at most, and for a caller alone at first only", async () => {
  const state: State = { waiting: 1, iterations: 0, arriving: 0 };
  const gather = createGather(async () => {
    state.iterations += 1;
    if (state.arriving > 0) state.waiting += 1;
    state.arriving -= 1;
  });
  const wait = (arriving: number, waiting = 1) => {
    Object.assign(state, { waiting, arriving });
    return iterationsOf(gather, state);
  };
  expect(await wait(0)).toBe(1);
  expect(await wait(2)).toBe(3);
  expect(await wait(9)).toBe(4);
  for (let round = 0; round < 8; round += 1) expect(await wait(0)).toBe(1);
  expect(await wait(0)).toBe(0);
  // Two at once: others are expected again.
  expect(await wait(0, 2)).toBe(1);
  expect(await wait(0)).toBe(1);
});
