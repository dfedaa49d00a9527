// When a digest comes, also where clocks change, and what it says.
import { describe, expect, test } from "vitest";
import { composeDigest, maxLines, type DigestItem } from "../../../src/notifications/digest/rules/compose.ts";
import {
  digestTime,
  nextDigest,
  parseSchedule,
  type DigestSchedule,
} from "../../../src/notifications/digest/rules/schedule.ts";

const daily = (hour: number): DigestSchedule => ({ every: "daily", hour, weekday: 0 });
const weekly = (weekday: number, hour: number): DigestSchedule => ({ every: "weekly", hour, weekday });

test.each([
  ["today", daily(8), "Europe/Berlin", "2026-11-20T06:59:59Z", "2026-11-20T07:00:00Z"],
  ["tomorrow, at the hour itself", daily(8), "Europe/Berlin", "2026-11-20T07:00:00Z", "2026-11-21T07:00:00Z"],
  ["on Monday", weekly(0, 9), "America/New_York", "2026-11-20T12:00:00Z", "2026-11-23T14:00:00Z"],
  ["next week", weekly(4, 9), "UTC", "2026-11-20T09:00:00Z", "2026-11-27T09:00:00Z"],
  [
    "on another day than in UTC",
    weekly(5, 0),
    "Asia/Kathmandu",
    "2026-11-20T12:00:00Z",
    "2026-11-20T18:15:00Z",
  ],
  // 2:00 becomes 3:00: the hour is skipped.
  ["later", daily(2), "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"],
  // 3:00 becomes 2:00: the hour comes twice.
  ["once", daily(2), "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:00:00Z"],
  ["not again", daily(2), "Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-26T01:00:00Z"],
  ["not again", daily(1), "America/New_York", "2026-11-01T05:30:00Z", "2026-11-02T06:00:00Z"],
  ["later by half an hour", daily(2), "Australia/Lord_Howe", "2026-10-03T12:00:00Z", "2026-10-03T15:30:00Z"],
  [
    "after the month of fasting",
    daily(8),
    "Africa/Casablanca",
    "2026-03-21T12:00:00Z",
    "2026-03-22T07:00:00Z",
  ],
  ["in UTC", daily(8), null, "2026-11-20T07:00:00Z", "2026-11-20T08:00:00Z"],
  ["over the end of a year", weekly(4, 8), "UTC", "2026-12-29T00:00:00Z", "2027-01-01T08:00:00Z"],
])("it comes %s", (_, schedule, zone, now, then) => {
  expect(new Date(nextDigest(Date.parse(now), schedule, zone)).toISOString()).toBe(
    new Date(Date.parse(then)).toISOString(),
  );
});

describe("which emails wait for it", () => {
  const now = Date.parse("2026-11-20T12:00:00Z");
  const digest = JSON.stringify(daily(18));
  const at = Date.parse("2026-11-20T18:00:00Z");
  test.each([
    ["those of a kind that the person chose", { digest, inDigest: true, timeZone: null }, undefined, at],
    ["not those of others", { digest, inDigest: false }, undefined, undefined],
    ["not without a digest", { digest: null, inDigest: true }, undefined, undefined],
    ["those of a rule, at the person's hour", { digest, inDigest: null }, "weekly" as const, at],
    [
      "those of a rule, at the usual hour",
      { timeZone: "Europe/Berlin" },
      "weekly" as const,
      Date.parse("2026-11-23T07:00:00Z"),
    ],
  ])("%s", (_, person, byRule, expected) => {
    expect(digestTime(person, byRule, now)).toBe(expected);
  });

  test("a schedule that isn't there is none", () => {
    expect([parseSchedule(undefined), parseSchedule(null)]).toEqual([null, null]);
  });
});

describe("what it says", () => {
  let count = 0;
  const item = (given: Partial<DigestItem>): DigestItem => ({
    id: String((count += 1)),
    title: "Autostart failed",
    group: "Workspace Events",
    labels: { name: "web" },
    createdAt: Date.parse("2026-11-20T07:05:00Z"),
    situationId: null,
    isResolved: false,
    inboxId: null,
    ...given,
  });
  const thingsOf = (items: DigestItem[]) =>
    composeDigest(items, 0, null).groups.map(({ thing, items: lines }) => [
      thing,
      lines.map(({ title, count: times, resolved }) => `${title} ${times}${resolved ? " resolved" : ""}`),
    ]);

  test("grouped by the thing, the newest first; what repeats is one line", () => {
    expect(
      thingsOf([
        item({}),
        item({ group: "Template Events", labels: { template: "docker" }, title: "Deprecated" }),
        item({ situationId: "s", title: "Failing", isResolved: true }),
        item({ situationId: "s", title: "Failing again", isResolved: true }),
        item({}),
      ]),
    ).toEqual([
      ["Workspace web", ["Failing again 2 resolved", "Autostart failed 2"]],
      ["Template docker", ["Deprecated 1"]],
    ]);
  });

  test.each([
    ["Workspace Events", { workspace: "web", workspace_owner_username: "ada" }, "Workspace ada/web"],
    ["Task Events", { task: "Fix it", workspace: "fix" }, "Workspace fix"],
    ["Template Events", { name: "docker" }, "Template docker"],
    ["Template Events", {}, "Template "],
    ["Template Events", { template: "docker", preset: "large", workspace: "p-1" }, "Preset docker / large"],
    ["Template Events", { preset: "large" }, "Preset  / large"],
    ["Agent Events", { session: "Refactor" }, "Agent session Refactor"],
    ["Notification Events", { receiver: "ops" }, "Receiver ops"],
    ["User Events", { created_account_name: "mia" }, "Accounts"],
    ["Custom Events", { custom_title: "Hi" }, "Other"],
  ])("%s with %j is about %s", (group, labels, thing) => {
    expect(composeDigest([item({ group, labels })], 0, null).groups[0]!.thing).toBe(thing);
  });

  test("with the time on the person's clock, a link and a title that isn't endless", () => {
    const [{ items }] = composeDigest([item({ inboxId: "i", title: "x".repeat(300) })], 0, "Asia/Kathmandu")
      .groups as [ReturnType<typeof composeDigest>["groups"][number]];
    expect(items[0]).toMatchObject({ at: "Fri 12:50", path: "/inbox?open=i" });
    expect(items[0]!.title).toHaveLength(200);
  });

  test("what it has no place for is counted", () => {
    const items = Array.from({ length: maxLines + 5 }, (_, at) => item({ title: String(at) }));
    const { groups, more } = composeDigest(items, 7, null);
    expect([groups[0]!.items.length, groups[0]!.items[0]!.title, more]).toEqual([maxLines, "104", 12]);
  });
});
