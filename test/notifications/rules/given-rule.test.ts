// What people say about a rule: what is wrong with it, how it is stored, and what of it is no more.
import { describe, expect, test } from "vitest";
import {
  filterProblem,
  mentionedIn,
  missingOf,
  noActions,
  ruleNameProblem,
  ruleProblems,
  toActions,
  type GivenRule,
  type Known,
} from "../../../src/notifications/routing/rules/given-rule.ts";

const known: Known = {
  templates: new Set(["docker"]),
  users: new Set(["mia"]),
  receivers: new Map([["ops", "id-of-ops"]]),
  targets: new Map([
    ["user:mia", "u1"],
    ["group:sre", "g1"],
    ["receiver:ops", "r1"],
  ]),
};
const rule: GivenRule = {
  ...noActions,
  name: "quiet",
  filter: "",
  continues: false,
  isEnabled: true,
  suppress: true,
};
const problems = (change: Partial<GivenRule>, isOwn = false) =>
  ruleProblems({ ...rule, ...change }, known, isOwn).map(({ field, detail }) => `${field}: ${detail}`);

test.each([
  ["a", undefined],
  ["gpu-2-failures", undefined],
  ["", "must have 1 to 32 characters"],
  ["x".repeat(33), "must have 1 to 32 characters"],
  ["GPU", "must contain only lowercase letters, digits and single hyphens between them"],
  ["a--b", "must contain only lowercase letters, digits and single hyphens between them"],
])("the name %j: %s", (name, problem) => expect(ruleNameProblem(name)).toBe(problem));

test.each<[Partial<GivenRule>, boolean, string[]]>([
  [{}, false, []],
  [{ suppress: false, channels: [] }, false, []],
  [{ suppress: false, receivers: ["OPS"] }, false, []],
  [{ suppress: false, receivers: [] }, false, []],
  [{ suppress: false, delayMs: 1_000 }, true, []],
  [{ suppress: false, digest: "daily" }, true, []],
  [
    { suppress: false },
    false,
    ["suppress: choose what the rule does: suppress, channels, receivers, delay, digest or escalate"],
  ],
  [{ suppress: false }, true, ["suppress: choose what the rule does: suppress, channels, delay or digest"]],
  [{ digest: "weekly" }, false, ["suppress: nobody gets it, so that no other action is possible"]],
  [
    { suppress: false, receivers: ["ops", "pager"], delayMs: 999 },
    false,
    ["receivers: unknown receiver pager", "delay_seconds: must be from 1 second to 7 days"],
  ],
  [
    { suppress: false, receivers: ["ops"] },
    true,
    ["receivers: only rules of the deployment choose receivers"],
  ],
  [{ suppress: false, delayMs: 8 * 86_400_000 }, false, ["delay_seconds: must be from 1 second to 7 days"]],
  [
    { name: "", filter: "x" },
    false,
    [expect.stringMatching(/^name:/), expect.stringMatching(/^filter: column 1:/)],
  ],
])("%j, one's own: %s", (change, isOwn, expected) => expect(problems(change, isOwn)).toEqual(expected));

test.each([
  ["  ", undefined],
  ['template in ("Docker", "gpu-*", "")', undefined],
  ['owner != "MIA" or workspace = "anything" or label.x = "y"', undefined],
  ['kind in ("task-failed", "00000000-0000-4000-8000-000000000001")', undefined],
  ['group = "coder events" and group != "Workspace Events"', undefined],
  ['kind = "toString"', 'column 8: unknown kind "toString", use a name such as "task-failed"'],
  // The id of a kind that has a name.
  [
    'kind = "bd4b7168-d05e-4e19-ad0f-3593b77aa90f"',
    'column 8: unknown kind "bd4b7168-d05e-4e19-ad0f-3593b77aa90f", use a name such as "task-failed"',
  ],
  ['not template = "gpu"', 'column 16: unknown template "gpu"'],
  ['owner = "bob"', 'column 9: unknown user "bob"'],
])("the filter %s: %s", (text, problem) => expect(filterProblem(text, known)).toBe(problem));

test("an unknown group is refused with those that there are", () => {
  expect(filterProblem('group = "x"', known)).toMatch(
    /^column 9: unknown group "x", use one of ".*"Workspace Events".*"Coder Events"$/,
  );
});

test("the templates and users that filters name, without patterns", () => {
  expect(
    mentionedIn([
      null,
      "not valid",
      'template in ("Docker", "gpu-*") and not (owner = "Mia" or owner = "")',
      'severity = info and workspace = "web" or template != "other"',
    ]),
  ).toEqual({ templates: ["docker", "other"], users: ["mia"] });
});

test("what is stored is what was said, with the ids of receivers", () => {
  expect(toActions(rule, known)).toEqual({ suppress: true });
  const all = { channels: ["inbox"] as const, receivers: ["Ops"], delayMs: 5_000, digest: "weekly" as const };
  expect(toActions({ ...noActions, ...all }, known)).toEqual({ ...all, receivers: ["id-of-ops"] });
});

describe("what a rule names and is no more", () => {
  const receivers = new Map([
    ["1", { name: "ops", isDeleted: false }],
    ["2", { name: "pager", isDeleted: true }],
  ]);
  test.each<[string | null, string[] | undefined, string[]]>([
    [null, undefined, []],
    ['template = "docker" and owner = "mia"', ["1"], []],
    [
      'template = "gone" and owner = "bob"',
      ["1", "2", "3"],
      [
        "The template gone no longer exists.",
        "The user bob no longer exists.",
        "The receiver pager no longer exists.",
        "The receiver 3 no longer exists.",
      ],
    ],
  ])("%s and receivers %j", (filter, ids, expected) => {
    const actions = ids === undefined ? {} : { receivers: ids };
    expect(missingOf({ filter, actions }, known, receivers)).toEqual(expected);
  });
});
