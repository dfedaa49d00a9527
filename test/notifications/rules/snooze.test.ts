// Until when something is snoozed: in an hour, tomorrow, on Monday, or at a time of one's own.
import { expect, test } from "vitest";
import {
  maxSnoozeMs,
  parseWallTime,
  snoozeProblem,
  snoozeUntil,
} from "../../../src/notifications/inbox/rules/snooze.ts";

const at = (text: string) => Date.parse(text);
const iso = (moment: number | undefined) =>
  moment === undefined ? undefined : new Date(moment).toISOString().slice(0, 16);

test.each([
  ["hour", "Europe/Berlin", "2026-11-27T20:00Z", "2026-11-27T21:00"],
  ["tomorrow", "Europe/Berlin", "2026-11-27T20:00Z", "2026-11-28T08:00"],
  // Half past midnight in Berlin, so that tomorrow is the 29th.
  ["tomorrow", "Europe/Berlin", "2026-11-27T23:30Z", "2026-11-29T08:00"],
  ["tomorrow", "America/Los_Angeles", "2026-11-28T05:00Z", "2026-11-28T17:00"],
  // Clocks are put forward in the night.
  ["tomorrow", "Europe/Berlin", "2026-03-28T12:00Z", "2026-03-29T07:00"],
  ["tomorrow", "UTC", "2026-12-31T12:00Z", "2027-01-01T09:00"],
  ["monday", "UTC", "2026-11-27T12:00Z", "2026-11-30T09:00"],
  ["monday", "UTC", "2026-11-29T23:59Z", "2026-11-30T09:00"],
  // A Monday's Monday is the next one.
  ["monday", "UTC", "2026-11-30T00:00Z", "2026-12-07T09:00"],
] as const)("%s in %s at %s is %s", (choice, zone, now, until) => {
  expect(iso(snoozeUntil(choice, zone, at(now)))).toBe(until);
});

test.each([
  ["2026-11-30T09:00", "2026-11-30T08:00"],
  ["2026-11-30 09:00:30", "2026-11-30T08:00"],
  ["2026-02-29T09:00", undefined],
  ["2026-13-01T09:00", undefined],
  ["2026-00-01T09:00", undefined],
  ["2026-11-30T24:00", undefined],
  ["2026-11-30T09:60", undefined],
  ["soon", undefined],
])("%s in Berlin is %s", (text, until) => {
  expect(iso(parseWallTime(text, "Europe/Berlin"))).toBe(until);
});

test("it must be in the future, and within a year", () => {
  expect([0, 1, 1 + maxSnoozeMs].map((until) => snoozeProblem(until, 0))).toEqual([
    "must be in the future",
    undefined,
    "must be within a year",
  ]);
});
