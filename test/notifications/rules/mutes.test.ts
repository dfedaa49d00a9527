// What can be muted of a notification, and what a mute silences.
import { expect, test } from "vitest";
import { kinds } from "../../../src/notifications/kinds/kinds.ts";
import {
  isMutable,
  isMuted,
  mutableFor,
  mutableThings,
} from "../../../src/notifications/outbox/rules/mutes.ts";

const idOf = (name: keyof typeof kinds) => kinds[name].id;

test.each([
  ["workspace-created", ["workspace", "template"]],
  ["task-idle", ["workspace"]],
  ["template-deprecated", ["template"]],
  ["prebuild-failure-limit-reached", ["preset", "template"]],
  ["prebuilt-workspace-resource-replaced", ["preset", "template"]],
  ["custom-notification", []],
  ["user-account-created", []],
  // Always on.
  ["password-changed", []],
  ["one-time-passcode", []],
] as const)("of %s one mutes %j", (name, things) => {
  expect(mutableThings(idOf(name), [])).toEqual(things);
  expect(isMutable(idOf(name))).toBe(things.length > 0);
});

test("an agent is muted by the workspace that it runs in, else by its session", () => {
  for (const name of ["agent-session-waiting", "agent-session-stale", "agent-question"] as const) {
    expect(mutableThings(idOf(name), ["session", "user"])).toEqual(["session"]);
    expect(mutableThings(idOf(name), ["session", "user", "workspace"])).toEqual(["workspace"]);
    expect(isMutable(idOf(name))).toBe(true);
  }
});

test("a kind of another release has nothing to mute, and an own workspace isn't muted by its template", () => {
  expect(mutableThings("unknown", [])).toEqual([]);
  const created = { templateId: idOf("workspace-created"), targets: [] };
  expect(mutableFor(created, ["workspace_owner"])).toEqual(["workspace"]);
  expect(mutableFor(created, ["role_owner"])).toEqual(["workspace", "template"]);
  expect(mutableFor(created, ["source_prod"])).toEqual([]);
});

const about = (name: keyof typeof kinds, targets: string[], labels: Record<string, string> = {}) => ({
  templateId: idOf(name),
  targets,
  labels,
});

test.each([
  [null, [], about("task-idle", ["w"]), false],
  ["workspace w ", [], about("task-idle", ["w", "o"]), true],
  ["workspace v \nworkspace w ", [], about("task-idle", ["w"]), true],
  ["workspace v ", [], about("task-idle", ["w"]), false],
  // The workspace whose claim replaced resources isn't what the notification is about.
  ["workspace w ", [], about("prebuilt-workspace-resource-replaced", ["w", "t"], { preset: "small" }), false],
  ["template t ", [], about("prebuilt-workspace-resource-replaced", ["w", "t"], { preset: "small" }), true],
  ["template t ", ["role_template-admin"], about("workspace-manual-build-failed", ["w", "t"]), true],
  ["template t ", ["workspace_owner"], about("workspace-manual-build-failed", ["w", "t"]), false],
  ["preset t small", [], about("prebuild-failure-limit-reached", ["t", "v", "p"], { preset: "small" }), true],
  [
    "preset t large",
    [],
    about("prebuild-failure-limit-reached", ["t", "v", "p"], { preset: "small" }),
    false,
  ],
  ["preset t very large", [], about("prebuild-failure-limit-reached", ["t"], { preset: "very large" }), true],
  ["preset t small", [], about("template-deprecated", ["t"]), false],
  ["workspace w ", [], about("password-changed", ["w"]), false],
  ["session s ", [], about("agent-question", ["s", "u"]), true],
  ["session r ", [], about("agent-question", ["s", "u"]), false],
  ["workspace w ", [], about("agent-session-done", ["s", "u", "w"]), true],
  ["workspace v ", [], about("agent-session-done", ["s", "u", "w"]), false],
] as const)("%j for %j: %j is %s", (mutes, why, subject, muted) => {
  expect(isMuted(mutes, why, subject)).toBe(muted);
});
