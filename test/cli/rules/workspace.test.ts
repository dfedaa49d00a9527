// Names, parameters, schedules and outcomes of workspace commands, and which failed calls are retried.
import { describe, expect, test } from "vitest";
import { isReportRetryable, isTransient, reportRetryDelayMs } from "../../../src/cli/rules/server.ts";
import {
  describeAutostart,
  describeOutcome,
  formatNextStart,
  hasEnded,
  parseParameters,
  parseWorkspaceName,
  toSchedule,
} from "../../../src/cli/rules/workspace.ts";

describe("workspace commands", () => {
  test.each([
    ["web", { owner: "me", name: "web" }],
    ["ada/web", { owner: "ada", name: "web" }],
    ["", undefined],
    ["/web", undefined],
    ["a/b/c", undefined],
  ])("%j names a workspace: %j", (text, name) => {
    expect(parseWorkspaceName(text)).toEqual(name);
  });
  test("a parameter has a name and any value", () => {
    expect(parseParameters(["a=b=c", "d="])).toEqual({
      ok: true,
      parameters: [
        { name: "a", value: "b=c" },
        { name: "d", value: "" },
      ],
    });
    for (const text of ["a", "=b"]) expect(parseParameters([text]).ok).toBe(false);
  });
  test.each([
    ["succeeded", undefined, "Build 2 of web (stop) succeeded."],
    ["canceled", "x", "Build 2 of web (stop) was canceled."],
    ["failed", "no disk", "Build 2 of web (stop) failed: no disk"],
    ["failed", undefined, "Build 2 of web (stop) failed: no reason given"],
  ])("a build that ended as %s (%s) is described", (status, error, words) => {
    const build = { build_number: 2, transition: "stop", workspace_name: "web", job: { status, error } };
    expect(describeOutcome(build)).toBe(words);
    expect(hasEnded(status)).toBe(true);
  });
  test.each([
    ["8:30", "CRON_TZ=Europe/Berlin 30 8 * * *"],
    ["08:05 Mon-Fri", "CRON_TZ=Europe/Berlin 5 8 * * MON-FRI"],
    ["30 8 * * 1-5", "CRON_TZ=Europe/Berlin 30 8 * * 1-5"],
    ["CRON_TZ=UTC 30 8 * * *", "CRON_TZ=UTC 30 8 * * *"],
    ["whenever", undefined],
  ])("%j is the schedule %j", (text, schedule) => expect(toSchedule(text, "Europe/Berlin")).toBe(schedule));
  test("the next start is in the schedule's time zone", () => {
    expect(formatNextStart("CRON_TZ=America/New_York 0 9 * * *", "2026-11-23T14:00:00Z")).toContain("09:00");
    expect(formatNextStart("0 9 * * *", "2026-11-23T09:00:00Z")).toContain("09:00 UTC");
  });
  test("no answer, a server error and 429 are retried, a refusal is not", () => {
    const statuses = [undefined, 500, 503, 429, 401, 403, 404];
    expect(statuses.filter((status) => isTransient({ status }))).toEqual([undefined, 500, 503, 429]);
  });
  test("an active build has not ended", () => {
    for (const status of ["pending", "running", "canceling"]) expect(hasEnded(status)).toBe(false);
  });
});

describe("a report", () => {
  test.each([
    [undefined, false, true],
    [503, true, true],
    [502, false, true],
    [409, true, true],
    [429, true, true],
    [404, false, true],
    [404, true, false],
    [400, true, false],
    [401, true, false],
    [301, false, false],
  ])("that is answered with %s (by Belfry: %s) is retried: %s", (status, isBelfry, worth) => {
    expect(isReportRetryable({ status, isBelfry })).toBe(worth);
  });
  test("is retried with delays that grow to ten seconds, with jitter", () => {
    expect([1, 2, 3, 6, 7, 100].map((tries) => reportRetryDelayMs(tries, 0.5))).toEqual([
      250, 500, 1_000, 8_000, 10_000, 10_000,
    ]);
    expect([0, 1].map((chance) => reportRetryDelayMs(1, chance))).toEqual([187.5, 312.5]);
  });
});

test.each([
  [{ next_start_at: null }, "off"],
  [{ autostart_schedule: "CRON_TZ=UTC 0 9 * * *", next_start_at: null }, "CRON_TZ=UTC 0 9 * * *"],
  [
    { autostart_schedule: "CRON_TZ=UTC 0 9 * * *", next_start_at: "2026-11-23T09:00:00Z" },
    "CRON_TZ=UTC 0 9 * * *, next start Mon 23 Nov, 09:00 UTC",
  ],
])("an autostart is described: %j", (workspace, text) => expect(describeAutostart(workspace)).toBe(text));
