// A process that gets more requests than it can answer.
import { expect, test } from "vitest";
import { createAdmission, graceMs, minPending } from "../../../src/runtime/rules/admission.ts";

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

test("half as many again as it can do, for long: it does what it can, and nothing waits for long", () => {
  const admission = createAdmission();
  const started: number[] = [];
  let [taken, refused, done, longest] = [0, 0, 0, 0];
  // Ten each hundredth of a second, against fifteen.
  for (let now = 0; now < 60_000; now += 10) {
    for (let index = 0; index < 10 && started.length > 0; index += 1) {
      longest = Math.max(longest, now - started.shift()!);
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
  expect(waiting).toBeLessThan(minPending + (graceMs / 10 + 1) * 5);
  for (let index = 0; index < waiting; index += 1) admission.ended(10_000);
  expect(admission.isOpen(10_001)).toBe(true);
  // What was done long ago says nothing about now.
  expect(offer(admission, 10_000, 20_000)).toBe(10_000);
  expect(admission.isOpen(20_000)).toBe(false);
});

test("a process that is late for its timers takes nothing, unless that is over soon", () => {
  const admission = createAdmission();
  admission.delayed(600);
  expect(admission.isOpen(0)).toBe(true);
  expect(admission.isOpen(graceMs - 1)).toBe(true);
  admission.delayed(10);
  expect(admission.isOpen(graceMs)).toBe(true);
  admission.delayed(600);
  expect([admission.isOpen(1_000), admission.isOpen(1_000 + graceMs)]).toEqual([true, false]);
  admission.delayed(10);
  expect(admission.isOpen(1_500)).toBe(true);
});

test("stalls that are far apart are no overload, however few requests there are between them", () => {
  const admission = createAdmission();
  for (let now = 0; now < 10_000; now += 1_000) {
    admission.delayed(250);
    expect(admission.isOpen(now)).toBe(true);
    admission.delayed(0);
  }
});
