// How situations are described.
import { expect, test } from "vitest";
import {
  formatDuration,
  resolvedLabel,
  situationKey,
} from "../../../src/notifications/situations/rules/situation.ts";

test.each([
  [0, "0 s"],
  [999, "0 s"],
  [-5, "0 s"],
  [59_999, "59 s"],
  [60_000, "1 min"],
  [61_000, "1 min 1 s"],
  [7_800_000, "2 h 10 min"],
  [7_200_999, "2 h"],
  [90_000_000, "1 d 1 h"],
])("%i ms is %s", (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));

test("an end is described by its code, its duration and who did it", () => {
  const ended = { openedAt: 0, resolvedAt: 60_000, how: "resumed", by: "ada" };
  expect(resolvedLabel(ended)).toBe("Resumed by ada after 1 min");
  expect(resolvedLabel({ ...ended, by: null })).toBe("Resumed after 1 min");
  expect(resolvedLabel({ ...ended, by: null, how: null })).toBe("Resolved after 1 min");
  expect(resolvedLabel({ ...ended, by: null, how: "toString" })).toBe("Resolved after 1 min");
  expect(resolvedLabel({ ...ended, resolvedAt: null })).toBeUndefined();
});

test("a key names its type and things", () => {
  expect(situationKey("drift", "v1", "p1")).toBe("drift/v1/p1");
});
