// Durations as people type them.
import { expect, test } from "vitest";
import { parseDuration, toTypedDuration } from "../../../src/kernel/rules/duration.ts";

const second = 1_000;
const hour = 3_600 * second;
const day = 24 * hour;

test("a duration is read in seconds to years", () => {
  expect(parseDuration("90s")).toBe(90 * second);
  expect(parseDuration("12h")).toBe(12 * hour);
  expect(parseDuration("1d12h")).toBe(36 * hour);
  expect(parseDuration("2w")).toBe(14 * day);
  expect(parseDuration("1y")).toBe(365 * day);
  for (const text of ["", "30", "d", "1.5h", "-3d", "30 days", "3dd", "0h"])
    expect(parseDuration(text), text).toBeUndefined();
});

test.each(["1s", "59s", "1m", "15m", "1h30m", "23h59m59s", "1d12h", "7d"])(
  "%s is written as it is read",
  (text) => {
    expect(toTypedDuration(parseDuration(text)!)).toBe(text);
  },
);
