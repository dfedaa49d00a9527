// What can be done to a workspace, as tables.
import { expect, test } from "vitest";
import {
  transitionOf,
  workspaceActions,
  type WorkspaceState,
} from "../../../src/workspaces/builds/rules/workspace-actions.ts";

const running: WorkspaceState = {
  ownerId: "mia",
  isDeleted: false,
  isOutdated: false,
  status: "succeeded",
  transition: "start",
};
const mia = { userId: "mia", roles: [] };

test.each<[string, Partial<WorkspaceState>, string[]]>([
  ["running", {}, ["stop", "restart", "delete"]],
  ["running an old version", { isOutdated: true }, ["stop", "restart", "update", "delete"]],
  ["stopped", { transition: "stop" }, ["start", "delete"]],
  ["stopped with an old version", { transition: "stop", isOutdated: true }, ["start", "update", "delete"]],
  ["failed to start", { status: "failed" }, ["retry", "stop", "delete"]],
  [
    "failed to start an old version",
    { status: "failed", isOutdated: true },
    ["retry", "update", "stop", "delete"],
  ],
  [
    "failed to delete",
    { status: "failed", transition: "delete", isOutdated: true },
    ["retry", "start", "stop"],
  ],
  ["canceled", { status: "canceled", transition: "stop" }, ["retry", "start", "delete"]],
  ["starting", { status: "running" }, ["cancel"]],
  ["queued", { status: "pending" }, ["cancel"]],
  ["canceling", { status: "canceling" }, []],
  ["deleted", { isDeleted: true, transition: "delete" }, []],
])("%s", (_name, state, actions) => {
  expect(workspaceActions({ ...running, ...state }, mia)).toEqual(actions);
});

test.each<[string, string[]]>([
  ["owner", ["stop", "restart", "update", "delete"]],
  ["template-admin", ["stop", "delete"]],
  ["auditor", []],
])("%s, of somebody else's workspace", (role, actions) => {
  const actor = { userId: "other", roles: [role as "owner"] };
  expect(workspaceActions({ ...running, isOutdated: true }, actor)).toEqual(actions);
});

test("a retry does again what failed, a restart stops first, an update starts", () => {
  const latest = { transition: "stop" } as const;
  expect(
    (["retry", "restart", "update", "delete"] as const).map((action) => transitionOf(action, latest)),
  ).toEqual(["stop", "stop", "start", "delete"]);
});
