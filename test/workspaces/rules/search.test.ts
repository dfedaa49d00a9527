// Searches for workspaces, tasks and templates.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  parseTaskSearch,
  parseTemplateSearch,
  parseWorkspaceSearch,
} from "../../../src/workspaces/builds/rules/search.ts";
import { taskStatuses } from "../../../src/workspaces/agents/rules/task.ts";
import { workspaceStatuses } from "../../../src/workspaces/jobs/rules/job.ts";

describe("a search for workspaces", () => {
  test.each([
    ["", {}],
    ["owner:me", { owner: "me" }],
    [
      "owner:ada template:docker name:web status:Running",
      { owner: "ada", template: "docker", name: "web", status: "running" },
    ],
    ['name:"my web"', { name: "my web" }],
    ["web", { name: "web" }],
    ["ada/web", { owner: "ada", name: "web" }],
  ])("%j", (q, search) => {
    expect(parseWorkspaceSearch(q)).toEqual({ ok: true, search });
  });
  test.each([
    ["status:asleep", 'unknown status "asleep"'],
    ["colour:red", 'unknown filter "colour"'],
  ])("%j is refused: %s", (q, problem) => {
    expect(parseWorkspaceSearch(q)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });
});

describe("a search for tasks", () => {
  test.each([
    ["", {}],
    ["fix", { name: "fix" }],
    ["ada/web", { name: "ada/web" }],
    [
      "owner:me organization:default status:ACTIVE",
      { owner: "me", organization: "default", status: "active" },
    ],
    ["has-ai-task:true name:web", { name: "web" }],
    ["state:Waiting", { state: "waiting" }],
  ])("%j", (q, search) => {
    expect(parseTaskSearch(q)).toEqual({ ok: true, search });
  });
  test.each([
    ["has-ai-task:false", 'unknown filter "has-ai-task", use owner, organization, name, status, state'],
    ["state:asleep", 'unknown state "asleep", use waiting, working, complete, failed, stopped'],
    ["template:docker", 'unknown filter "template", use owner, organization, name, status, state'],
    ["status:asleep", 'unknown status "asleep", use pending, initializing, active'],
  ])("%j is refused: %s", (q, problem) => {
    expect(parseTaskSearch(q)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });
  test("accepts each status of a task and of a workspace", () => {
    fc.assert(
      fc.property(fc.constantFrom(...taskStatuses, ...workspaceStatuses), (status) => {
        expect(parseTaskSearch(`status:"${status}"`)).toEqual({ ok: true, search: { status } });
      }),
    );
  });
});

describe("the search of templates", () => {
  const template = {
    name: "docker",
    displayName: "Containers, with a GPU",
    organizationId: "0199f3a0-0000-7000-8000-000000000001",
    organizationName: "default",
    createdByName: "ada",
    deprecationMessage: "",
    hasAiTask: true,
  };
  test.each([
    ["", true],
    ["has-ai-task:true", true],
    ["has-ai-task:false", false],
    ["DOCK", true],
    ["gpu", true],
    ["podman", false],
    ['name:"with a"', true],
    ['exact_name:"Docker"', true],
    ["exact_name:dock", false],
    [`organization:"${template.organizationId}" exact_name:"docker"`, true],
    ["organization:default author:ADA deprecated:false", true],
    ["author:grace", false],
    ["deprecated:true", false],
    ["docker author:grace", false],
  ])("%j finds it: %s", (q, finds) => {
    const verdict = parseTemplateSearch(q);
    expect(verdict.ok && verdict.search(template)).toBe(finds);
  });
  test("by author doesn't find a template whose author was deleted", () => {
    const verdict = parseTemplateSearch("author:ada");
    expect(verdict.ok && verdict.search({ ...template, createdByName: null })).toBe(false);
  });
  test("lists the known filters when one is unknown", () => {
    for (const key of ["colour", "constructor"])
      expect(parseTemplateSearch(`${key}:x`)).toEqual({
        ok: false,
        problem: `unknown filter "${key}", use name, exact_name, organization, author, deprecated, has-ai-task`,
      });
  });
});
