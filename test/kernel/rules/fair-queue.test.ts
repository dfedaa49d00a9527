// Turns for work that needs much memory.
import { expect, test } from "vitest";
import {
  createFairQueue,
  maxWaitingPerTask,
  createSemaphore,
  createSlots,
} from "../../../src/kernel/rules/limits.ts";

test("a semaphore limits total, holder and queue, and is first come, first served", async () => {
  const turns = createSemaphore({ concurrency: 2, perHolder: 1, maxWaiting: 2 });
  const log: string[] = [];
  const ends: Record<string, () => void> = {};
  const take = async (name: string, holder: string) => {
    const end = await turns.acquire(holder);
    log.push(end === undefined ? `${name} away` : name);
    if (end !== undefined) ends[name] = end;
  };
  await take("a1", "a");
  const waits = [take("a2", "a")];
  await take("b1", "b");
  waits.push(take("c1", "c"));
  await take("d1", "d");
  expect(log).toEqual(["a1", "b1", "d1 away"]);
  // a's second waits for a's first, c doesn't.
  ends["b1"]!();
  ends["b1"]!();
  await waits[1];
  expect(log.at(-1)).toBe("c1");
  ends["a1"]!();
  await waits[0];
  expect(log.at(-1)).toBe("a2");
});

test("a slot that becomes free is offered to those who were refused, in their order, until one takes it", () => {
  const slots = createSlots(2);
  const offered: string[] = [];
  const taker = (name: string) => () => void (offered.push(name), slots.take(taker(name)));
  const declines = () => void offered.push("declines");
  expect([slots.take(taker("a")), slots.take(taker("b"))]).toEqual([true, true]);
  expect([slots.take(declines), slots.take(taker("c")), slots.take(taker("d"))]).toEqual([
    false,
    false,
    false,
  ]);
  slots.give();
  expect(offered).toEqual(["declines", "c"]);
  slots.give();
  expect(offered).toEqual(["declines", "c", "d"]);
  slots.give();
  expect([slots.take(declines), slots.take(declines)]).toEqual([true, false]);
});

test("a fair queue alternates between lanes and between holders, and accounts never use all of it", async () => {
  const { reserve } = createFairQueue(2);
  const began: string[] = [];
  const ends: (() => void)[] = [];
  const all: Promise<void>[] = [];
  const start = (lane: "sign-in" | "account", holder: string) => {
    const place = reserve({ lane, holder })!;
    const task = () => {
      began.push(holder);
      return new Promise<void>((resolve) => ends.push(resolve));
    };
    all.push(place.run(task).finally(place.release));
  };
  for (const holder of ["a", "a", "a", "b"]) start("account", holder);
  for (const holder of ["x", "x", "x", "y"]) start("sign-in", holder);
  await Promise.resolve();
  expect(began).toEqual(["a", "x"]);
  while (ends.length > 0) {
    ends.shift()!();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(all);
  expect(began).toEqual(["a", "x", "a", "x", "b", "y", "a", "x"]);
});

test("a fair queue refuses when the lane or the holder's share is full, until a reservation is released", () => {
  for (const width of [1, 2]) {
    const { reserve } = createFairQueue(width);
    const most = width * (maxWaitingPerTask + 1);
    const take = (holder: (at: number) => string, lane: "sign-in" | "account") => {
      const places = [];
      for (let at = 0; at < 100; at += 1) places.push(reserve({ lane, holder: holder(at) }));
      return places.filter((place) => place !== undefined);
    };
    const ofOne = take(() => "a", "account");
    expect(ofOne).toHaveLength(Math.floor(most / 10));
    expect(take(String, "account")).toHaveLength(most - ofOne.length);
    expect(take(() => "x", "sign-in")).toHaveLength(Math.floor(most * 0.75));
    expect(reserve({ lane: "account", holder: "new" })).toBeUndefined();
    ofOne[0]!.release();
    ofOne[0]!.release();
    expect(reserve({ lane: "account", holder: "new" })).toBeDefined();
    expect(reserve({ lane: "account", holder: "newer" })).toBeUndefined();
  }
});
