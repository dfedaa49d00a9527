// The icon of a row, and the thing that it names beside the title.
import { describe, expect, test } from "vitest";
import { kinds } from "../../../src/notifications/kinds/kinds.ts";
import {
  iconOf,
  iconPaths,
  severityPrefix,
  subjectOf,
  waitingIcon,
} from "../../../src/pages/rules/inbox-item.ts";

describe("the icon", () => {
  test("distinguishes severities by shape, and what is no alarm by what it is about", () => {
    const shapes = [
      { severity: "critical", icon: "other" },
      { severity: "warning", icon: "other" },
      { severity: "success", icon: "other" },
      { severity: "info", icon: "workspace" },
      { severity: "info", icon: "template" },
      { severity: "info", icon: "account" },
      { severity: "info", icon: "other" },
    ] as const;
    expect(new Set(shapes.map((kind) => iconPaths[iconOf(kind)])).size).toBe(shapes.length);
    expect(iconOf({ severity: "warning", icon: "account" })).toBe(iconOf(shapes[1]));
    expect(iconOf(undefined)).toBe(iconOf(shapes[6]));
  });

  test.each(Object.values(kinds).map((kind) => [kind.name, kind] as const))(
    "there is one for %s",
    (_, kind) => expect(iconPaths[iconOf(kind)]).toMatch(/^M[\dMmLlHhVvCcAaSsZz .-]+z$/),
  );

  test("what needs attention is also said", () =>
    expect((["critical", "warning", "success", "info"] as const).map(severityPrefix)).toEqual([
      "Critical: ",
      "Warning: ",
      "",
      "",
    ]));
});

describe("the subject", () => {
  const at = "https://belfry.example";
  const subject = (title: string, ...urls: string[]) =>
    subjectOf(
      urls.map((url) => ({ label: "View", url })),
      title,
      at,
    );

  test.each([
    ["Task waiting for you: Fix it", [`${at}/tasks/ada/fix-login`], "ada/fix-login"],
    ["Resources replaced", [`${at}/@mia/notes/builds/2`, `${at}/templates/default/docker`], "mia/notes"],
    [
      "Prebuilds stopped",
      [`${at}/workspaces?filter=x`, `${at}/templates/default/docker/versions/v2`],
      "docker",
    ],
    ["A name", [`${at}/@mia/my%20notes`], "mia/my notes"],
    ["A broken name", [`${at}/@mia/%E0%A4%A`], "mia/%E0%A4%A"],
  ])("of %j is that of the first button with one", (title, urls, expected) =>
    expect(subject(title, ...urls)).toBe(expected),
  );

  test.each([
    ["Your workspace web was deleted", [`${at}/@ada/web`]],
    ["Prebuilds stopped: my\\_docker / large", [`${at}/templates/default/my_docker`]],
    ["No buttons", []],
    ["Elsewhere", ["https://elsewhere.example/@ada/web", "javascript:alert(1)"]],
  ])("of %j is left out", (title, urls) => expect(subject(title, ...urls)).toBeUndefined());
});

test("each kind of what waits has its own icon", () => {
  expect(new Set((["task", "build", "preset"] as const).map(waitingIcon)).size).toBe(3);
});
