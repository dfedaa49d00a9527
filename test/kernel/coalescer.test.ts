// One coalescer for everything that gathers: each item is served by one run that began after it came, whatever fails.
import fc from "fast-check";
import { expect, test } from "vitest";
import { createCoalescer, createCoalescerMap, type CoalescerOptions } from "../../src/kernel/coalescer.ts";

interface Run {
  batch: number[];
  end: () => void;
  fail: () => void;
}

/** Resolves when everything that can go on by itself has gone on. */
const quiet = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A coalescer whose runs end when they are asked to; items are numbered as they come. */
function createBench(options: Partial<CoalescerOptions<number>> = {}) {
  const stopping = new AbortController();
  const started: number[][] = [];
  const failed: number[][] = [];
  const settled: number[] = [];
  const active: Run[] = [];
  const coalescer = createCoalescer<number>({
    run: (batch) =>
      new Promise((resolve, reject) => {
        started.push(batch);
        const run: Run = {
          batch,
          end: () => (active.splice(active.indexOf(run), 1), resolve()),
          fail: () => (active.splice(active.indexOf(run), 1), reject(new Error("no"))),
        };
        active.push(run);
      }),
    onError: (_, batch) => failed.push(batch),
    signal: stopping.signal,
    ...options,
  });
  let items = 0;
  const add = (count = 1) => {
    for (let left = count; left > 0; left -= 1) {
      const item = (items += 1);
      void coalescer.add(item).then(() => settled.push(item));
    }
  };
  return { add, active, started, failed, settled, stop: () => stopping.abort() };
}
type Bench = ReturnType<typeof createBench>;

const add = (count?: number) => (bench: Bench) => bench.add(count);
const end = (bench: Bench) => bench.active[0]!.end();
const fail = (bench: Bench) => bench.active[0]!.fail();
const stop = (bench: Bench) => bench.stop();

interface Case {
  name: string;
  steps: ((bench: Bench) => void)[];
  started: number[][];
  failed?: number[][];
  settled: number[];
  options?: Partial<CoalescerOptions<number>>;
}

const cases: Case[] = [
  { name: "what comes together is one batch", steps: [add(3)], started: [[1, 2, 3]], settled: [] },
  {
    name: "nothing is settled before its run ends",
    steps: [add(2), end],
    started: [[1, 2]],
    settled: [1, 2],
  },
  {
    name: "what arrives meanwhile is the next batch",
    steps: [add(), add(), add(), end],
    started: [[1], [2, 3]],
    settled: [1],
  },
  {
    name: "a run that fails ends its own batch only, and what arrived meanwhile is served",
    steps: [add(), add(2), fail, end],
    started: [[1], [2, 3]],
    failed: [[1]],
    settled: [1, 2, 3],
  },
  {
    name: "what comes after a failure is served too",
    steps: [add(), fail, add(), fail, add(), end],
    started: [[1], [2], [3]],
    failed: [[1], [2]],
    settled: [1, 2, 3],
  },
  {
    name: "a run that throws at once is a run that fails",
    options: {
      run: () => {
        throw new Error("no");
      },
    },
    steps: [add(2), add()],
    started: [],
    failed: [[1, 2], [3]],
    settled: [1, 2, 3],
  },
  {
    name: "after a stop no run begins, and nobody waits for one",
    steps: [add(), add(2), stop, end, add()],
    started: [[1]],
    settled: [2, 3, 1, 4],
  },
  {
    name: "what was stopped before it began is never served",
    steps: [stop, add()],
    started: [],
    settled: [1],
  },
  {
    name: "a batch is cut at its limit and has one item at least",
    options: { limit: { max: 3, sizeOf: (item) => item } },
    steps: [add(5), end, end, end],
    started: [[1, 2], [3], [4], [5]],
    settled: [1, 2, 3, 4],
  },
  {
    name: "as many runs at once as are allowed, each with what came before it",
    options: { concurrency: 2 },
    steps: [add(2), add(), add(2), end],
    started: [[1, 2], [3], [4, 5]],
    settled: [1, 2],
  },
];

test.each(cases)("$name", async ({ options, steps, started, failed = [], settled }) => {
  const bench = createBench(options);
  for (const step of steps) {
    step(bench);
    await quiet();
  }
  expect({ started: bench.started, failed: bench.failed, settled: bench.settled }).toEqual({
    started,
    failed,
    settled,
  });
});

test("items that arrive while a batch is gathered are part of it; an abort drops them", async () => {
  const gathered: (() => void)[] = [];
  const bench = createBench({ gather: () => new Promise((resolve) => gathered.push(resolve)) });
  bench.add();
  await quiet();
  bench.add();
  gathered.shift()!();
  await quiet();
  expect(bench.started).toEqual([[1, 2]]);
  bench.add();
  end(bench);
  await quiet();
  bench.stop();
  gathered.shift()!();
  await quiet();
  expect(bench).toMatchObject({ started: [[1, 2]], settled: [1, 2, 3] });
});

test("gathering knows how many items wait, so it can go on while more arrive", async () => {
  const counts: number[] = [];
  const bench = createBench({
    gather: async (countWaiting) => {
      for (let before = -1; countWaiting() > before;) {
        before = countWaiting();
        counts.push(before);
        if (before < 3) bench.add();
        await quiet();
      }
    },
  });
  bench.add();
  for (let turn = 0; turn < 5; turn += 1) await quiet();
  expect({ counts, started: bench.started }).toEqual({ counts: [1, 2, 3], started: [[1, 2, 3]] });
});

type Step = "add" | "end" | "fail" | "look" | "stop";

/** What a coalescer does, in the simplest terms: a queue, and runs that take what is at its head. */
function createModel(concurrency: number, max: number) {
  let items = 0;
  let isStopped = false;
  const waiting: number[] = [];
  const active: number[][] = [];
  const state = { started: [] as number[][], failed: [] as number[][], settled: [] as number[] };
  const finish = () => {
    const batch = active.shift() ?? [];
    state.settled.push(...batch);
    return batch;
  };
  return {
    state,
    active,
    /** All that can go on by itself. */
    settle: () => {
      if (isStopped) state.settled.push(...waiting.splice(0));
      while (waiting.length > 0 && active.length < concurrency) {
        const batch = waiting.splice(0, max);
        active.push(batch);
        state.started.push(batch);
      }
    },
    add: () => void waiting.push((items += 1)),
    end: () => void finish(),
    fail: () => void (active.length > 0 && state.failed.push(finish())),
    stop: () => void (isStopped = true),
    look: () => {},
  };
}

const anySteps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Step>("add") },
    { weight: 4, arbitrary: fc.constantFrom<Step>("end", "fail") },
    { weight: 2, arbitrary: fc.constant<Step>("look") },
    { weight: 1, arbitrary: fc.constant<Step>("stop") },
  ),
  { maxLength: 40 },
);

test("agrees with a simple model for any order of arrivals, ends, failures and aborts", async () => {
  const anyLimit = fc.integer({ min: 1, max: 4 });
  await fc.assert(
    fc.asyncProperty(anySteps, anyLimit, anyLimit, async (steps, concurrency, max) => {
      const bench = createBench({ concurrency, limit: { max, sizeOf: () => 1 } });
      const model = createModel(concurrency, max);
      const real = {
        add: () => bench.add(),
        end: () => bench.active[0]?.end(),
        fail: () => bench.active[0]?.fail(),
        stop: () => bench.stop(),
        look: () => {},
      };
      for (const step of [...steps, "look" as const]) {
        // Items come in bursts; everything else happens when all is quiet.
        if (step !== "add") {
          await quiet();
          model.settle();
          const { started, failed, settled } = bench;
          const sorted = (items: number[]) => items.toSorted((a, b) => a - b);
          expect({ started, failed, settled: sorted(settled) }).toEqual({
            ...model.state,
            settled: sorted(model.state.settled),
          });
          expect(bench.active.map(({ batch }) => batch)).toEqual(model.active);
        }
        real[step]();
        model[step]();
      }
    }),
    { numRuns: 300 },
  );
});

test("a map has a coalescer for each key, and forgets those that have nothing to do", async () => {
  const runs: { batch: string[]; end: () => void }[] = [];
  const map = createCoalescerMap<string>({
    run: (batch) => new Promise((resolve) => void runs.push({ batch, end: resolve })),
    onError: () => {},
  });
  const added = [map.add("a", "a1"), map.add("b", "b1")];
  await quiet();
  added.push(map.add("a", "a2"));
  await quiet();
  expect(runs.map(({ batch }) => batch)).toEqual([["a1"], ["b1"]]);
  expect(map.size()).toBe(2);
  for (const { end } of runs) end();
  await quiet();
  // What waits keeps its queue.
  expect(map.size()).toBe(1);
  expect(runs[2]!.batch).toEqual(["a2"]);
  runs[2]!.end();
  await Promise.all(added);
  expect(map.size()).toBe(0);
});
