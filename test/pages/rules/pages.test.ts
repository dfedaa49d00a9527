// The pages' own decisions: where links may lead, how Markdown sits in a page, times as text, and whether every
// colour can be read.
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exactTime, relativeTime } from "../../../public/relative-time.js";
import {
  appStates,
  buildStatuses,
  lifecycleStates,
  prebuildStatuses,
  userStatuses,
} from "../../../db/schema.ts";
import { exactDuration, roleLabel, statusKind } from "../../../src/pages/rules/labels.ts";
import {
  afterSignIn,
  buttonTarget,
  ownPath,
  questionPath,
  groupPath,
  receiverPath,
  sourcePath,
  buildPath,
  filterPath,
  messagePath,
  notificationTemplatePath,
  taskPath,
  userPath,
  versionPath,
  workspacePath,
} from "../../../src/pages/rules/links.ts";
import { workspaceStatuses } from "../../../src/workspaces/jobs/rules/job.ts";
import { toProse } from "../../../src/pages/rules/document.ts";

describe("links", () => {
  test("a path of this site is kept as a browser reads it", () => {
    expect(ownPath("/inbox?show=unread#n-1")).toBe("/inbox?show=unread#n-1");
    expect(ownPath("/a/../inbox")).toBe("/inbox");
    expect(ownPath("/ä b")).toBe("/%C3%A4%20b");
  });

  test.each([
    "",
    "inbox",
    "//evil",
    "/\\evil",
    "/\n/evil",
    "/.//evil",
    "https://evil/",
    "javascript:alert(1)",
  ])("%j is no path of ours", (text) => expect(ownPath(text)).toBeNull());

  test("no value is not a path of this site", () => expect(ownPath(undefined)).toBeNull());

  test("any result stays on this site and is stable", () => {
    const piece = fc.constantFrom(
      "/",
      "\\",
      ".",
      "..",
      ":",
      "@",
      "evil.example",
      "\t",
      "%2f",
      "?",
      "#",
      "x",
      " ",
    );
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join("")}`);
    fc.assert(
      fc.property(text, (given) => {
        const path = ownPath(given);
        if (path === null) return;
        expect(new URL(path, "https://belfry.example").host).toBe("belfry.example");
        expect(ownPath(path)).toBe(path);
      }),
      { numRuns: 2_000 },
    );
  });

  test("sign-in leads to the requested page, but never to a sign-in page", () => {
    expect(afterSignIn("/deployment/notifications?tab=settings")).toBe(
      "/deployment/notifications?tab=settings",
    );
    for (const door of ["/", "/login", "/login?next=/inbox", "/logout", "/setup#x", "//evil", undefined])
      expect(afterSignIn(door)).toBe("/inbox");
  });

  test("buttons lead to pages of this site by path, to http and mailto URLs, and nowhere else", () => {
    const accessUrl = "https://belfry.example";
    const target = (url: string) => buttonTarget(url, accessUrl);
    expect(target("https://belfry.example/inbox?x=1")).toBe("/inbox?x=1");
    expect(target("/settings")).toBe("/settings");
    expect(target("https://belfry.example.evil/inbox")).toBe("https://belfry.example.evil/inbox");
    expect(target("https://ci.example.com/1")).toBe("https://ci.example.com/1");
    expect(target("mailto:ada@example.com")).toBe("mailto:ada@example.com");
    for (const url of ["javascript:alert(1)", "data:text/html,x", "//evil", "https://", "", "inbox"])
      expect(target(url)).toBeNull();
  });
});

describe("prose", () => {
  test("headings sink below the notification's title", () => {
    expect(toProse("# One\n\n##### Five")).toBe("<h3>One</h3>\n<h6>Five</h6>\n");
  });

  test("columns are aligned without inline style, and text that looks like markup stays text", () => {
    const table = toProse("| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |");
    expect(table).not.toContain("style");
    for (const side of ["left", "center", "right"]) expect(table).toContain(`<td class="${side}">`);
    const words = ' style="text-align:right" <h1>';
    expect(toProse(words)).toBe("<p>style=&quot;text-align:right&quot; &lt;h1&gt;</p>\n");
    expect(toProse(`\`${words}\``)).toContain(" style=&quot;text-align:right&quot; &lt;h1&gt;");
  });
});

describe("times", () => {
  const now = Date.parse("2026-11-21T10:00:00Z");
  const minute = 60_000;
  const hour = 60 * minute;
  test.each([
    [-minute, "just now"],
    [44_999, "just now"],
    [45_000, "1 min ago"],
    [hour - 1, "59 min ago"],
    [hour, "1 hour ago"],
    [24 * hour - 1, "23 hours ago"],
    [24 * hour, "1 day ago"],
    [7 * 24 * hour - 1, "6 days ago"],
    [7 * 24 * hour, "14 Nov"],
    [365 * 24 * hour, "21 Nov 2025"],
  ])("%i ms ago is shown as %s", (past, words) => expect(relativeTime(now - past, now, "UTC")).toBe(words));

  test("in UTC they are written as Intl writes them", () => {
    const months = Array.from({ length: 12 }, (_, month) => Date.UTC(2025, month, month * 2 + 1, month, 7));
    for (const at of months) {
      expect(exactTime(at, "UTC")).toBe(exactTime(at, "Etc/UTC"));
      expect(relativeTime(at, now, "UTC")).toBe(relativeTime(at, now, "Etc/UTC"));
    }
  });

  test("the exact moment has its zone", () => expect(exactTime(now, "UTC")).toBe("21 Nov 2026, 10:00 UTC"));
});

describe("an exact duration", () => {
  test.each([
    [-5, "0 s"],
    [0, "0 s"],
    [59_400, "59 s"],
    [59_600, "1 min 0 s"],
    [3_599_000, "59 min 59 s"],
    [3_600_000, "1 h 0 min"],
    [90_061_000, "25 h 1 min"],
  ])("%i ms are %s", (milliseconds, words) => expect(exactDuration(milliseconds)).toBe(words));
});

describe("tags", () => {
  test("each status that a tag can show is good, bad or neutral", () => {
    const states = [...buildStatuses, ...workspaceStatuses, ...lifecycleStates, ...appStates];
    const kinds = Object.groupBy(
      [...states, ...prebuildStatuses, ...userStatuses],
      (state) => statusKind(state) ?? "neither",
    );
    expect(Object.fromEntries(Object.entries(kinds).map(([kind, all]) => [kind, [...new Set(all)]]))).toEqual(
      {
        good: ["running", "succeeded", "ready", "complete", "active"],
        bad: [
          "failed",
          "start_timeout",
          "start_error",
          "shutdown_timeout",
          "shutdown_error",
          "failure",
          "hard_limited",
          "validation_failed",
          "suspended",
        ],
        neither: [
          "pending",
          "canceling",
          "canceled",
          "starting",
          "stopping",
          "stopped",
          "deleting",
          "deleted",
          "created",
          "shutting_down",
          "off",
          "working",
          "idle",
          "normal",
        ],
      },
    );
  });
});

describe("addresses", () => {
  test("names can't change a path", () => {
    expect(questionPath("a/b")).toBe("/questions/a%2Fb");
    expect(workspacePath("ada", "web")).toBe("/@ada/web");
    expect(buildPath("a/b", "c?d", 3)).toBe("/@a%2Fb/c%3Fd/builds/3");
    expect(taskPath("ada", "#")).toBe("/tasks/ada/%23");
    expect(messagePath("id")).toBe("/deployment/notifications/messages/id");
    expect(messagePath("m1")).toBe("/deployment/notifications/messages/m1");
    expect(groupPath("a/b")).toBe("/deployment/groups/a%2Fb");
    expect(userPath("a/b")).toBe("/deployment/users/a%2Fb");
    expect(notificationTemplatePath("?")).toBe("/deployment/notifications/templates/%3F");
    expect(versionPath("default", "docker", "v 1/2")).toBe("/templates/default/docker/versions/v%201%2F2");
    expect(filterPath("owner:me template:a&b")).toBe("/workspaces?filter=owner%3Ame+template%3Aa%26b");
  });
});

describe("colours", () => {
  const css = readFileSync(new URL("../../../public/belfry.css", import.meta.url), "utf8");
  const [light, dark] = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, block]) =>
    Object.fromEntries(
      [...block!.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name!, value!]),
    ),
  ) as [Record<string, string>, Record<string, string>];

  const luminance = (hex: string) =>
    [1, 3, 5]
      .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index]!, 0);
  /** WCAG 2.2's contrast ratio. */
  const contrast = (a: string, b: string) => {
    const [high, low] = [luminance(a), luminance(b)].toSorted((x, y) => y - x) as [number, number];
    return (high + 0.05) / (low + 0.05);
  };

  const onPaperAndSheet = ["ink", "muted", "link", "good"];
  const texts = [
    ...onPaperAndSheet.flatMap((name) => [
      [name, "paper"],
      [name, "sheet"],
    ]),
    ["ink", "glow"],
    ["link", "glow"],
    ["muted", "glow"],
    ["ink", "code"],
    ["muted", "code"],
    ["on-primary", "primary"],
    ["danger", "danger-paper"],
    ["danger", "sheet"],
    ["good", "good-paper"],
    ["paper", "ink"],
  ] as [string, string][];
  const shapes = [
    ["edge", "sheet"],
    ["edge", "paper"],
    ["primary", "sheet"],
    ["primary", "paper"],
    ["brass", "sheet"],
    ["brass", "glow"],
    ["danger", "sheet"],
    ["bell", "arch"],
  ] as [string, string][];

  test("the stylesheet has both schemes", () => {
    expect(Object.keys(light).length).toBeGreaterThan(15);
    expect(Object.keys(dark).length).toBeGreaterThan(15);
  });

  for (const [scheme, colours] of [
    ["light", light],
    ["dark", { ...light, ...dark }],
  ] as const) {
    test.each(texts)(`${scheme}: %s can be read on %s`, (front, back) =>
      expect(contrast(colours[front]!, colours[back]!)).toBeGreaterThanOrEqual(4.5),
    );
    test.each(shapes)(`${scheme}: %s stands out from %s`, (front, back) =>
      expect(contrast(colours[front]!, colours[back]!)).toBeGreaterThanOrEqual(3),
    );
  }
});

test("a role is named as people write it", () => expect(roleLabel("template-admin")).toBe("Template admin"));

test("a source's and a receiver's page are found by their names", () =>
  expect([sourcePath("a b"), receiverPath("a b")]).toEqual([
    "/deployment/sources/a%20b",
    "/deployment/receivers/a%20b",
  ]));
