// Clocks on the wall, also where they are put forward and back.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { momentOf, wallTimeAt } from "../../../src/kernel/rules/wall-clock.ts";

const at = (text: string) => Date.parse(text);
const wall = (year: number, month: number, day: number, hour: number, minute = 0) => ({
  year,
  month,
  day,
  hour,
  minute,
});

test.each([
  ["UTC", wall(2026, 11, 30, 9), "2026-11-30T09:00:00Z"],
  ["Europe/Berlin", wall(2026, 11, 30, 9), "2026-11-30T08:00:00Z"],
  ["Asia/Kathmandu", wall(2026, 7, 1, 9), "2026-07-01T03:15:00Z"],
  ["Pacific/Kiritimati", wall(2026, 1, 1, 0), "2025-12-31T10:00:00Z"],
  ["Pacific/Pago_Pago", wall(2026, 1, 1, 23, 59), "2026-01-02T10:59:00Z"],
  // Put forward at 2:00, and back at 3:00.
  ["Europe/Berlin", wall(2026, 3, 29, 9), "2026-03-29T07:00:00Z"],
  ["Europe/Berlin", wall(2026, 3, 29, 2, 30), "2026-03-29T01:30:00Z"],
  ["Europe/Berlin", wall(2026, 10, 25, 2, 30), "2026-10-25T00:30:00Z"],
  ["America/New_York", wall(2026, 11, 1, 1, 30), "2026-11-01T05:30:00Z"],
  // The day after the last one of a month and of a year.
  ["Europe/Berlin", wall(2026, 12, 32, 9), "2027-01-01T08:00:00Z"],
])("in %s clocks show %j at %s", (zone, time, moment) => {
  expect(new Date(momentOf(zone, time)).toISOString()).toBe(new Date(at(moment)).toISOString());
});

test("the moment of what a clock shows is that moment, or the first one that looks the same", () => {
  const zones = [
    "UTC",
    "Europe/Berlin",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Tehran",
    "Pacific/Chatham",
  ];
  const minutes = fc.integer({
    min: at("2020-01-01T00:00Z") / 60_000,
    max: at("2030-01-01T00:00Z") / 60_000,
  });
  fc.assert(
    fc.property(fc.constantFrom(...zones), minutes, (zone, minute) => {
      const moment = minute * 60_000;
      const found = momentOf(zone, wallTimeAt(zone, moment));
      expect(wallTimeAt(zone, found)).toEqual(wallTimeAt(zone, moment));
      expect(found).toBeLessThanOrEqual(moment);
      expect(moment - found).toBeLessThanOrEqual(3_600_000);
    }),
  );
});
