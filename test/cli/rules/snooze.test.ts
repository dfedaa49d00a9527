// Until when the command line snoozes.
import { expect, test } from "vitest";
import { readSnoozeTime } from "../../../src/cli/rules/snooze.ts";

const now = Date.parse("2026-11-27T12:00Z");
const read = (options: { for?: string; until?: string }) => {
  const time = readSnoozeTime(options, "Europe/Berlin", now);
  return time.ok ? new Date(time.until).toISOString() : time.problem;
};

test.each([
  [{ for: "1h" }, "2026-11-27T13:00:00.000Z"],
  [{ until: "tomorrow" }, "2026-11-28T08:00:00.000Z"],
  [{ until: "monday" }, "2026-11-30T08:00:00.000Z"],
  [{ until: "2026-12-24 18:00" }, "2026-12-24T17:00:00.000Z"],
  [{ until: "2026-12-24T18:00:00Z" }, "2026-12-24T18:00:00.000Z"],
  [{ until: "2026-12-24T18:00:00-05:00" }, "2026-12-24T23:00:00.000Z"],
  [{ for: "soon" }, '--for: "soon" is not a duration, use 30m, 1h or 2d'],
  [{ until: "hour" }, '--until: "hour" is not a time, use "2026-11-30 09:00", tomorrow or monday'],
  [
    { until: "2026-99-99T18:00:00Z" },
    '--until: "2026-99-99T18:00:00Z" is not a time, use "2026-11-30 09:00", tomorrow or monday',
  ],
  [{}, "Use either --for or --until."],
  [{ for: "1h", until: "tomorrow" }, "Use either --for or --until."],
])("%j is %s", (options, expected) => {
  expect(read(options)).toBe(expected);
});
