// A process that gets more requests than it can answer.
import { expect, test } from "vitest";
import { createAdmission, graceMs, minPending, patienceMs } from "../../../src/runtime/rules/admission.ts";

/** Whether each of so many at once is taken. */
function offer(admission: ReturnType<typeof createAdmission>, count: number, now: number): number {
  let taken = 0;
  for (let index = 0; index < count; index += 1) {
    if (!admission.isOpen(now)) continue;
    admission.started();
    taken += 1;
  }
  return taken;
}

test("a burst is taken whole, and what takes long without being much is no overload", () => {
  const admission = createAdmission();
  expect(offer(admission, 2_000, 0)).toBe(2_000);
  for (let index = 0; index < 2_000; index += 1) admission.ended(100);
  expect(offer(admission, minPending - 1, 200)).toBe(minPending - 1);
  expect(admission.isOpen(100_000)).toBe(true);
});

test("a burst on a disk that takes half a second for each write is taken whole, and so is the next one after a calm", () => {
  const admission = createAdmission();
  for (const start of [0, 60_000]) {
    let taken = 0;
    for (let turn = 0; turn < 5; turn += 1) {
      const now = start + turn * 500;
      admission.delayed(500, now);
      taken += offer(admission, 40, now);
      for (let index = 0; index < 20; index += 1) admission.ended(now + 499);
    }
    expect(taken).toBe(200);
    for (let index = 0; index < 100; index += 1) admission.ended(start + 3_000);
    admission.delayed(0, start + 3_000);
  }
});

test("half as many again as it can do, for long: it does what it can, and nothing waits for long", () => {
  const admission = createAdmission();
  const started: number[] = [];
  let [taken, refused, done, longest] = [0, 0, 0, 0];
  // Ten each hundredth of a second, against fifteen.
  for (let now = 0; now < 60_000; now += 10) {
    for (let index = 0; index < 10 && started.length > 0; index += 1) {
      const waited = now - started.shift()!;
      if (now > 10_000) longest = Math.max(longest, waited);
      admission.ended(now);
      done += 1;
    }
    for (let index = 0; index < 15; index += 1) {
      if (admission.isOpen(now)) {
        admission.started();
        started.push(now);
        taken += 1;
      } else refused += 1;
    }
  }
  expect(done).toBeGreaterThan(59_000);
  expect(refused).toBeGreaterThan(29_000);
  expect(taken - done).toBe(started.length);
  expect(longest).toBeLessThan(1_000);
});

test("when nothing is done any more the queue stays short, and it is open again at once when that is over", () => {
  const admission = createAdmission();
  let waiting = 0;
  for (let now = 0; now < 10_000; now += 10) waiting += offer(admission, 5, now);
  expect(waiting).toBeLessThan(minPending + (patienceMs / 10 + 1) * 5);
  for (let index = 0; index < waiting; index += 1) admission.ended(10_000);
  expect(admission.isOpen(10_001)).toBe(true);
  // What was done long ago says nothing about now.
  expect(offer(admission, 10_000, 20_000)).toBe(10_000);
  expect(admission.isOpen(20_000)).toBe(false);
});

test("a process that stays late for its timers takes nothing, and has little patience soon afterwards", () => {
  const admission = createAdmission();
  admission.delayed(600, 0);
  expect([0, graceMs, patienceMs - 1, patienceMs].map(admission.isOpen)).toEqual([true, true, true, false]);
  admission.delayed(10, 4_000);
  expect(admission.isOpen(4_000)).toBe(true);
  admission.delayed(600, 4_100);
  expect([4_100, 4_100 + graceMs - 1, 4_100 + graceMs + 10].map(admission.isOpen)).toEqual([
    true,
    true,
    false,
  ]);
  admission.delayed(10, 5_000);
  expect(admission.isOpen(5_000)).toBe(true);
});

test("stalls that are far apart are no overload, however few requests there are between them", () => {
  const admission = createAdmission();
  for (let now = 0; now < 100_000; now += 1_000) {
    admission.delayed(350, now);
    expect(admission.isOpen(now)).toBe(true);
    admission.delayed(0, now + 50);
  }
});
