// When workspaces start by themselves: schedules as they are read, their next times, and who is left as they are.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  nextStart,
  parseAutostart,
  startGraceMs,
  whyNotStarted,
  type DueStart,
} from "../../../src/workspaces/autostart/rules/autostart.ts";
import { automaticUpdate } from "../../../src/workspaces/autostart/autostart.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

describe("a schedule", () => {
  test.each([
    ["CRON_TZ=Europe/Berlin 30 8 * * 1-5", "30 8 * * 1-5", "Europe/Berlin"],
    ["  30  8 * * MON-FRI ", "30 8 * * MON-FRI", "UTC"],
    ["CRON_TZ=UTC */15 8,9 * * *", "*/15 8,9 * * *", "UTC"],
    ["0 0 * * 0", "0 0 * * 0", "UTC"],
  ])("%j is read", (text, cron, timeZone) =>
    expect(parseAutostart(text)).toEqual({ ok: true, schedule: { cron, timeZone } }),
  );

  test.each([
    ["", "must have five fields"],
    ["8:30", "must have five fields"],
    ["30 8 * *", "must have five fields"],
    ["0 30 8 * * 1-5", "must have five fields"],
    ["CRON_TZ=Europe/Berlin", "must have five fields"],
    ["CRON_TZ=Europe/Berlim 30 8 * * 1-5", 'unknown time zone "Europe/Berlim"'],
    ["CRON_TZ=+02:00 30 8 * * 1-5", 'unknown time zone "+02:00"'],
    ["30 8 1 * *", 'must have * for the day of the month and the month, not "1 *"'],
    ["30 8 * JAN *", 'must have * for the day of the month and the month, not "* JAN"'],
    ["60 8 * * *", 'invalid minute "60"'],
    ["x 8 * * *", 'invalid minute "x"'],
    ["*/0 8 * * *", 'invalid minute "*/0"'],
    ["30 24 * * *", 'invalid hour "24"'],
    ["30 8, * * *", 'invalid hour "8,"'],
    ["30 8 * * 8", 'invalid day of the week "8"'],
    ["30 8 * * FUN", 'invalid day of the week "FUN"'],
    ["30 8 * * 1#2", 'invalid day of the week "1#2"'],
    ["30 8 * * L", 'invalid day of the week "L"'],
  ])("%j is invalid", (text, problem) => {
    const verdict = parseAutostart(text);
    expect(verdict).toEqual({ ok: false, problem: expect.stringContaining(problem) });
    expect(nextStart(text, 0)).toBeNull();
  });

  test.each([
    // Saturday to Monday, in winter.
    ["CRON_TZ=Europe/Berlin 30 8 * * 1-5", "2026-11-21T10:00:00Z", "2026-11-23T07:30:00Z"],
    // The very minute is over once it is there.
    ["30 8 * * *", "2026-11-21T08:30:00Z", "2026-11-22T08:30:00Z"],
    ["30 8 * * *", "2026-11-21T08:29:59.999Z", "2026-11-21T08:30:00Z"],
    // Half past two is left out when clocks go forward: it starts when they have; and comes once when they go back.
    ["CRON_TZ=Europe/Berlin 30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"],
    ["CRON_TZ=Europe/Berlin 30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"],
    ["CRON_TZ=Europe/Berlin 30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
    // Where a day has several times, those that are skipped are left out.
    ["CRON_TZ=Europe/Berlin 15 2,3 * * 0", "2026-03-28T12:00:00Z", "2026-03-29T01:15:00Z"],
    ["CRON_TZ=Europe/Dublin */15 1 * * 0,1", "2026-03-28T17:00:00Z", "2026-03-30T00:00:00Z"],
    // Every hour is every hour that passes, also of the two that clocks show alike.
    ["CRON_TZ=Europe/Berlin 59 * * * *", "2026-10-25T00:59:00Z", "2026-10-25T01:59:00Z"],
    // Half an hour is skipped.
    ["CRON_TZ=Australia/Lord_Howe 15 2 * * *", "2026-10-03T05:00:00Z", "2026-10-03T15:30:00Z"],
    ["CRON_TZ=Europe/Berlin 05 08 * * mon-fri", "2026-11-21T10:00:00Z", "2026-11-23T07:05:00Z"],
    ["30 8 * * 7", "2026-11-21T10:00:00Z", "2026-11-22T08:30:00Z"],
    ["CRON_TZ=America/New_York 0 9 * * 1", "2026-11-21T10:00:00Z", "2026-11-23T14:00:00Z"],
  ])("after %j comes in time: %s → %s", (text, after, next) =>
    expect(new Date(nextStart(text, Date.parse(after))!).toISOString()).toBe(new Date(next).toISOString()),
  );

  test("has no next time when there is none, when it is invalid, or at the end of the calendar", () => {
    expect(nextStart(null, 0)).toBeNull();
    expect(nextStart("whenever", 0)).toBeNull();
    expect(nextStart("0 9 * * *", Date.UTC(9999, 11, 31, 23))).toBeNull();
  });

  test("the next time is the first minute that a clock on the wall there shows", () => {
    const zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"];
    const formats = new Map(
      zones.map((timeZone) => [
        timeZone,
        new Intl.DateTimeFormat("en-US", {
          timeZone,
          hourCycle: "h23",
          weekday: "short",
          hour: "numeric",
          minute: "numeric",
        }),
      ]),
    );
    const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const onTheWall = (zone: string, at: number) => {
      const parts = Object.fromEntries(
        formats
          .get(zone)!
          .formatToParts(at)
          .map(({ type, value }) => [type, value]),
      );
      return {
        minute: Number(parts["minute"]),
        hour: Number(parts["hour"]),
        weekday: weekdays.indexOf(parts["weekday"]!),
      };
    };
    const cases = fc.record({
      zone: fc.constantFrom(...zones),
      minute: fc.integer({ min: 0, max: 59 }),
      // Clocks change at night.
      hour: fc.integer({ min: 5, max: 23 }),
      days: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }),
      after: fc.integer({ min: Date.parse("2026-01-01"), max: Date.parse("2027-01-01") }),
    });
    fc.assert(
      fc.property(cases, ({ zone, minute: at, hour, days, after }) => {
        const next = nextStart(`CRON_TZ=${zone} ${at} ${hour} * * ${days.join(",")}`, after)!;
        const fits = (time: number) => {
          const wall = onTheWall(zone, time);
          return wall.minute === at && wall.hour === hour && days.includes(wall.weekday);
        };
        expect(next).toBeGreaterThan(after);
        expect(next - after).toBeLessThanOrEqual(8 * day);
        expect(fits(next)).toBe(true);
        // Zones are off by quarters of an hour at the finest.
        for (let time = next - 15 * minute; time > after; time -= 15 * minute) expect(fits(time)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});

describe("when its time has come a workspace", () => {
  const now = Date.parse("2026-11-23T07:30:30Z");
  const due: DueStart = {
    nextStartAt: now - 30_000,
    ownerStatus: "active",
    ownerIsSystem: false,
    latest: { transition: "stop", status: "succeeded" },
  };
  const latest = (transition: DueStart["latest"]["transition"], status: DueStart["latest"]["status"]) => ({
    latest: { transition, status },
  });
  test.each([
    ["that is stopped", {}],
    ["whose time was missed by an hour", { nextStartAt: now - startGraceMs }],
    ["that could not be stopped", latest("stop", "failed")],
    ["whose stop was canceled", latest("stop", "canceled")],
    ["that could not be started", latest("start", "failed")],
    ["whose start was canceled", latest("start", "canceled")],
  ])("%s is started", (_words, change) => expect(whyNotStarted({ ...due, ...change }, now)).toBeUndefined());

  test.each([
    [
      "whose time was missed by more",
      { nextStartAt: now - startGraceMs - 1 },
      "passed more than an hour ago",
    ],
    ["of somebody suspended", { ownerStatus: "suspended" as const }, "its owner is not active"],
    ["of the pools", { ownerIsSystem: true }, "its owner is not active"],
    ["that waits to be stopped", latest("stop", "pending"), "a build is in progress"],
    ["that is being started", latest("start", "running"), "a build is in progress"],
    ["whose start is being canceled", latest("start", "canceling"), "a build is in progress"],
    ["that runs", latest("start", "succeeded"), "it is already running"],
    ["that could not be deleted", latest("delete", "failed"), "its deletion was requested"],
  ])("%s is not", (_words, change, reason) =>
    expect(whyNotStarted({ ...due, ...change }, now)).toContain(reason),
  );
});

test("an automatic update notifies the workspace's owner of the version once for its build", () => {
  const update = {
    buildId: "build",
    workspaceId: "workspace",
    workspaceName: "web",
    ownerId: "owner",
    ownerName: "mia",
    templateId: "template",
    templateName: "docker",
    organizationId: "organization",
    version: { name: "v2", message: "Newer base image" },
  };
  expect(automaticUpdate.event(update, [])).toEqual({
    facts: { owner: "mia", template: "docker", workspace: "web" },
    labels: {
      name: "web",
      initiator: "autobuild",
      reason: "autostart",
      template_version_name: "v2",
      template_version_message: "Newer base image",
    },
    data: null,
    targets: ["workspace", "owner", "template", "organization"],
    createdBy: "autobuild",
    identity: "build",
    recipients: { people: [{ id: "owner", why: "workspace_owner" }] },
  });
  const silent = automaticUpdate.event({ ...update, version: { name: "v2", message: "" } }, []);
  expect(silent.labels["template_version_message"]).toBe("None provided");
});
