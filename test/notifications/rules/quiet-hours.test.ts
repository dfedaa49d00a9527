// Quiet hours: until when a message waits, also where clocks are put forward and back.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kinds } from "../../../src/notifications/kinds/kinds.ts";
import {
  coversWeek,
  nextDeliverable,
  quietUntil,
  weekdays,
  type QuietHours,
} from "../../../src/notifications/preferences/rules/quiet-hours.ts";
import { formatRange, parseRange } from "../../../src/notifications/preferences/rules/quiet-text.ts";

const minuteMs = 60_000;
const quiet = (...texts: string[]): QuietHours => ({
  ranges: texts.map((text) => parseRange(text)!),
  critical: false,
});
const next = (at: string, zone: string | null, ...texts: string[]) =>
  new Date(nextDeliverable(Date.parse(at), quiet(...texts), zone)).toISOString().replace(".000Z", "Z");

test.each([
  ["before they begin", "2026-11-20T20:59:59Z", "2026-11-20T20:59:59Z"],
  ["the start is inclusive", "2026-11-20T21:00:00Z", "2026-11-21T06:00:00Z"],
  ["in the evening", "2026-11-20T22:30:17Z", "2026-11-21T06:00:00Z"],
  ["over midnight", "2026-11-21T05:59:59Z", "2026-11-21T06:00:00Z"],
  ["the end is exclusive", "2026-11-21T06:00:00Z", "2026-11-21T06:00:00Z"],
  ["of Friday, not of Saturday", "2026-11-21T22:30:00Z", "2026-11-21T22:30:00Z"],
  ["of Sunday, into the next week", "2026-11-22T23:30:00Z", "2026-11-23T06:00:00Z"],
])("%s: %s", (_, at, then) => {
  expect(next(at, "Europe/Berlin", "fri,sun 22:00-07:00")).toBe(then);
});

test("ranges that touch or overlap are one", () => {
  expect(next("2026-11-20T12:00:00Z", null, "fri 10:00-18:00", "fri 18:00-22:00", "fri 21:00-02:00")).toBe(
    "2026-11-21T02:00:00Z",
  );
});

test("a range that ends when it begins is a whole day", () => {
  expect(next("2026-11-20T12:00:00Z", null, "fri 00:00-24:00")).toBe("2026-11-21T00:00:00Z");
  expect(next("2026-11-21T08:00:00Z", null, "fri 09:00-09:00")).toBe("2026-11-21T09:00:00Z");
});

describe("where clocks change", () => {
  test.each([
    // 2:00 becomes 3:00: the night is an hour shorter.
    ["Europe/Berlin", "sat 22:00-07:00", "2026-03-28T21:00:00Z", "2026-03-29T05:00:00Z"],
    // An end that is skipped: the clock jumps past it.
    ["Europe/Berlin", "sat 22:00-02:30", "2026-03-28T23:00:00Z", "2026-03-29T01:00:00Z"],
    // A start that is skipped.
    ["Europe/Berlin", "sun 02:30-05:00", "2026-03-29T01:00:00Z", "2026-03-29T03:00:00Z"],
    ["Europe/Berlin", "sun 02:30-05:00", "2026-03-29T00:59:00Z", "2026-03-29T00:59:00Z"],
    // 3:00 becomes 2:00: the night is an hour longer, and an end within that hour comes twice.
    ["Europe/Berlin", "sat 22:00-07:00", "2026-10-24T20:00:00Z", "2026-10-25T06:00:00Z"],
    ["Europe/Berlin", "sat 22:00-02:30", "2026-10-24T20:00:00Z", "2026-10-25T00:30:00Z"],
    ["Europe/Berlin", "sat 22:00-02:30", "2026-10-25T01:10:00Z", "2026-10-25T01:30:00Z"],
    ["America/New_York", "sat 23:00-06:00", "2026-11-01T04:00:00Z", "2026-11-01T11:00:00Z"],
    ["America/New_York", "sat 23:00-06:00", "2026-03-08T05:00:00Z", "2026-03-08T10:00:00Z"],
    // By half an hour.
    ["Australia/Lord_Howe", "sat 22:00-07:00", "2026-10-03T12:00:00Z", "2026-10-03T20:00:00Z"],
    ["Australia/Lord_Howe", "sat 22:00-07:00", "2026-04-04T12:00:00Z", "2026-04-04T20:30:00Z"],
    // For the month of fasting, against the season.
    ["Africa/Casablanca", "sat 22:00-07:00", "2026-02-14T22:00:00Z", "2026-02-15T07:00:00Z"],
    ["Africa/Casablanca", "sat 22:00-07:00", "2026-03-21T23:00:00Z", "2026-03-22T06:00:00Z"],
    ["Asia/Kathmandu", "daily 22:00-07:00", "2026-11-20T20:00:00Z", "2026-11-21T01:15:00Z"],
    ["Nowhere/Unknown", "daily 22:00-07:00", "2026-11-20T23:00:00Z", "2026-11-21T07:00:00Z"],
  ])("%s, %s: from %s until %s", (zone, text, at, then) => {
    expect(next(at, zone, text)).toBe(then);
  });

  const zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"];
  const nearChanges = [
    "2026-02-15T03:00Z",
    "2026-03-08T07:00Z",
    "2026-03-22T02:00Z",
    "2026-03-29T01:00Z",
    "2026-04-04T15:00Z",
    "2026-10-03T15:30Z",
    "2026-10-25T01:00Z",
    "2026-11-01T06:00Z",
  ].map((text) => Date.parse(text));

  test("as somebody who looks at the clock every minute", () => {
    const time = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }));
    const text = ([hour, minute]: [number, number]) =>
      `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
    const range = fc.record({
      days: fc.subarray([...weekdays], { minLength: 1 }),
      from: time.map(text),
      to: time.map(text),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.array(range, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(...nearChanges),
        fc.integer({ min: -36 * 60, max: 12 * 60 }),
        fc.nat(minuteMs - 1),
        (zone, ranges, change, minutes, rest) => {
          const quietHours = { ranges, critical: false };
          fc.pre(!coversWeek(quietHours));
          const now = change + minutes * minuteMs + rest;
          expect(nextDeliverable(now, quietHours, zone)).toBe(watchClock(now, quietHours, zone));
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** The model: looks at the clock on the wall now, and then at the beginning of every minute. */
function watchClock(now: number, { ranges }: QuietHours, timeZone: string): number {
  const wall = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
  const isQuiet = (at: number) => {
    const [, day, time] = /^(\w+),? (\d\d:\d\d)$/.exec(wall.format(at))!;
    const today = weekdays.findIndex((one) => one === day!.toLowerCase());
    const yesterday = weekdays[(today + 6) % 7]!;
    return ranges.some(({ days, from, to }) =>
      from < to
        ? days.includes(weekdays[today]!) && time! >= from && time! < to
        : (days.includes(weekdays[today]!) && time! >= from) || (days.includes(yesterday) && time! < to),
    );
  };
  if (!isQuiet(now)) return now;
  let at = now - (now % minuteMs);
  while (isQuiet(at)) at += minuteMs;
  return at;
}

test("the whole week is recognized, and waiting ends even then", () => {
  expect(coversWeek(quiet("daily 00:00-24:00"))).toBe(true);
  expect(coversWeek(quiet("mon-sat 08:00-08:00", "sun 08:00-07:59"))).toBe(false);
  expect(coversWeek(quiet("daily 12:00-11:59"))).toBe(false);
  expect(next("2026-11-20T00:00:00Z", null, "daily 00:00-24:00") > "2026-12-06").toBe(true);
});

describe("what waits", () => {
  const now = Date.parse("2026-11-20T23:00:00Z");
  const person = (critical: boolean) => ({
    quietHours: JSON.stringify({ ...quiet("daily 22:00-07:00"), critical }),
    timeZone: null,
  });
  const waits = (kind: keyof typeof kinds, critical = false) =>
    quietUntil(person(critical), kinds[kind], now) > now;

  test("nothing that protects the account, and no test", () => {
    expect([waits("password-changed"), waits("one-time-passcode"), waits("test-notification")]).toEqual([
      false,
      false,
      false,
    ]);
    expect(waits("task-idle")).toBe(true);
  });

  test("critical ones break through if the person says so", () => {
    expect(kinds["notification-receiver-disabled"].severity).toBe("critical");
    expect([
      waits("notification-receiver-disabled"),
      waits("notification-receiver-disabled", true),
      waits("task-idle", true),
    ]).toEqual([true, false, true]);
  });

  test("an owner's severity decides what is critical", () => {
    const { id } = kinds["task-idle"];
    const severities = JSON.stringify({ [id]: "critical" });
    expect(quietUntil(person(true), { id, severities }, now)).toBe(now);
    expect(quietUntil(person(false), { id, severities }, now)).toBeGreaterThan(now);
  });

  test("nothing for those without quiet hours", () => {
    expect(quietUntil({}, kinds["task-idle"], now)).toBe(now);
    expect(quietUntil({ quietHours: person(false).quietHours }, kinds["task-idle"], now)).toBeGreaterThan(
      now,
    );
  });
});

describe("as text", () => {
  test.each([
    ["mon-fri 22:00-07:00", "Mon–Fri 22:00–07:00"],
    ["Daily 9:00-24:00", "Every day 09:00–00:00"],
    ["weekends 00:00 - 12:30", "Sat, Sun 00:00–12:30"],
    ["weekdays,sun 01:00-02:00", "Mon, Tue, Wed, Thu, Fri, Sun 01:00–02:00"],
    ["fri-mon 22:00–23:00", "Mon, Fri, Sat, Sun 22:00–23:00"],
    ["wednesday 22:00-23:00", "Wed 22:00–23:00"],
    ["tue-thu 22:00-23:00", "Tue–Thu 22:00–23:00"],
  ])("%s", (text, shown) => {
    expect(formatRange(parseRange(text)!)).toBe(shown);
  });

  test.each([
    "",
    "mon",
    "22:00-07:00",
    "mon 22-07",
    "mon 24:01-07:00",
    "mon 22:00-25:00",
    "someday 22:00-07:00",
    "mon-tue-wed 22:00-07:00",
    "mon-x 22:00-07:00",
    "mon, 22:00-23:00",
  ])("“%s” is none", (text) => {
    expect(parseRange(text)).toBeUndefined();
  });
});
