// AI tasks: their status, their names and the parameter for the prompt.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildStatuses, lifecycleStates, transitions } from "../../../db/schema.ts";
import {
  newTaskName,
  promptParameterName,
  taskName,
  taskStatus,
  taskStatuses,
  taskWork,
  type TaskState,
} from "../../../src/workspaces/agents/rules/task.ts";
import { problemWithTemplateName } from "../../../src/workspaces/templates/rules/names.ts";

test.each<[string, Parameters<typeof taskWork>, string]>([
  ["is queued", [{ status: "pending", transition: "start" }, null], "working"],
  ["failed to start", [{ status: "failed", transition: "start" }, "working"], "failed"],
  ["was canceled", [{ status: "canceled", transition: "start" }, null], "stopped"],
  ["is being canceled", [{ status: "canceling", transition: "start" }, null], "stopped"],
  ["is stopped", [{ status: "succeeded", transition: "stop" }, "idle"], "stopped"],
  ["has an agent that said nothing", [{ status: "succeeded", transition: "start" }, null], "working"],
  ["has an agent at work", [{ status: "succeeded", transition: "start" }, "working"], "working"],
  ["has an idle agent", [{ status: "succeeded", transition: "start" }, "idle"], "waiting"],
  ["has an agent that is done", [{ status: "succeeded", transition: "start" }, "complete"], "complete"],
  ["has an agent that failed", [{ status: "succeeded", transition: "start" }, "failure"], "failed"],
])("a task that %s", (_name, [build, reported], work) => {
  expect(taskWork(build, reported)).toBe(work);
});

describe("a task's status", () => {
  const state = (more: Partial<TaskState>): TaskState => ({
    status: "succeeded",
    transition: "start",
    lifecycles: [],
    hasReported: false,
    ...more,
  });
  test.each<[string, Partial<TaskState>, string]>([
    ["whose start is queued", { status: "pending" }, "pending"],
    ["whose start runs", { status: "running" }, "initializing"],
    ["whose start failed", { status: "failed" }, "error"],
    ["whose stop failed", { status: "failed", transition: "stop" }, "error"],
    ["whose start is being canceled", { status: "canceling" }, "unknown"],
    ["whose stop was canceled", { status: "canceled", transition: "stop" }, "unknown"],
    ["that is stopped", { transition: "stop" }, "paused"],
    ["that is being stopped", { status: "running", transition: "stop" }, "unknown"],
    ["whose agent was created", { lifecycles: ["created"] }, "initializing"],
    ["whose agent starts", { lifecycles: ["ready", "starting"] }, "initializing"],
    ["whose agent starts, but whose app reports", { lifecycles: ["starting"], hasReported: true }, "active"],
    ["whose agent is ready", { lifecycles: ["ready"] }, "active"],
    ["without agents", {}, "active"],
  ])("of a task %s", (_what, more, status) => {
    expect(taskStatus(state(more))).toBe(status);
  });
  test("is a known one for every state of build and agents", () => {
    const states = fc.record({
      status: fc.constantFrom(...buildStatuses),
      transition: fc.constantFrom(...transitions),
      lifecycles: fc.array(fc.constantFrom(...lifecycleStates), { maxLength: 3 }),
      hasReported: fc.boolean(),
    });
    fc.assert(fc.property(states, (given) => taskStatuses.includes(taskStatus(given))));
  });
});

test.each([
  [["prompt", "ai_prompt", "AI Prompt"], "AI Prompt"],
  [["prompt", "ai_prompt"], "ai_prompt"],
  [["region", "prompt"], "prompt"],
  [["region"], undefined],
  [[], undefined],
])("The prompt of a version with the parameters %j is given as %s", (names, expected) => {
  expect(promptParameterName(names.map((name) => ({ name })))).toBe(expected);
});

describe("a task's name", () => {
  test.each([
    ["Fix it", "Fix it"],
    [null, "dev"],
    ["  \n", "dev"],
    ["x".repeat(161), "x".repeat(160)],
    ["👩".repeat(161), "👩".repeat(160)],
  ])("of %j is %j", (prompt, name) => {
    expect(taskName(prompt, "dev")).toBe(name);
  });
});

describe("a new task's workspace name", () => {
  const id = "0199f3a0-0000-7000-8000-000000abcdef";
  test.each([
    ["Fix the login page", "fix-the-login-page-abcdef"],
    ["Fix the login page of the shop", "fix-the-login-page-of-abcdef"],
    ["x".repeat(30), `${"x".repeat(24)}-abcdef`],
    ["日本語", "task-abcdef"],
    ["", "task-abcdef"],
  ])("for the prompt %j is %s", (prompt, name) => {
    expect(newTaskName(prompt, id)).toBe(name);
  });
  test("is a valid name for every prompt", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 2_000 }), fc.uuid(), (prompt, uuid) => {
        expect(problemWithTemplateName(newTaskName(prompt, uuid))).toBeUndefined();
      }),
    );
  });
});
