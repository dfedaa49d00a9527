// Rate limits and device marks, without a database.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  deviceIdOf,
  deviceMark,
  isAllowed,
  msUntilAllowed,
  waitAfterMs,
  weightedCount,
  type LimitPolicy,
} from "../../../src/accounts/rules/sign-in-limits.ts";

const plain: LimitPolicy = { name: "plain", maxRequests: 4, windowMs: 1_000 };
const growing: LimitPolicy = { name: "growing", maxRequests: 6, windowMs: 20_000, maxBurst: 2 };

test.each([
  [plain, 3, 0],
  [plain, 4, 1_000],
  [plain, 6, 4_000],
  [growing, 1, 0],
  [growing, 2, 1_000],
  [growing, 4, 4_000],
])("with %j, a request after %i others waits %i ms", (policy, count, waitMs) => {
  expect(waitAfterMs(count, policy)).toBe(waitMs);
});

test.each([
  ["in its window", 10, 10_250, 3_000 + 2 * 750],
  ["in the next window", 9, 10_250, 3 * 750],
  ["after that", 8, 10_250, 0],
  ["while the clock is behind", 11, 10_250, 3_000 + 2 * 1_000],
])("a row counts %s", (_, window, now, weight) => {
  expect(weightedCount({ window, current: 3, previous: 2 }, 1_000, now)).toBe(weight);
});

test("the announced wait is exact to the millisecond", () => {
  const counts = fc.record({
    age: fc.nat(3),
    current: fc.nat(6),
    previous: fc.nat(6),
    since: fc.nat(20_000),
  });
  fc.assert(
    fc.property(counts, fc.constantFrom(plain, growing), fc.nat(30_000), (counted, policy, later) => {
      const now = 2_000_000 + later;
      const { age, since, ...rest } = counted;
      const window = Math.floor(now / policy.windowMs) - age;
      const row = { ...rest, window, admittedBy: "one", admittedAt: now - since };
      const waitMs = msUntilAllowed(row, policy, now);
      expect(isAllowed(row, policy, now + waitMs)).toBe(true);
      if (waitMs > 0) expect(isAllowed(row, policy, now + waitMs - 1)).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test("a device mark is valid only for its address and a key of the server", () => {
  const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const mark = deviceMark(key, "Ada@Example.com", "device-0001");
  expect(deviceIdOf(mark, " ada@example.com", [other, key])).toBe("device-0001");
  expect(deviceIdOf(mark, "eve@example.com", [key])).toBeUndefined();
  expect(deviceIdOf(mark, "ada@example.com", [other])).toBeUndefined();
  expect(deviceIdOf(`${mark}x`, "ada@example.com", [key])).toBeUndefined();
  expect(deviceIdOf(undefined, "ada@example.com", [key])).toBeUndefined();
});
