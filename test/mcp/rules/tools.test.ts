// What an AI agent is told about its tools.
import { expect, test } from "vitest";
import { instructions, maxAskSeconds, toolsFor } from "../../../src/mcp/rules/tools.ts";
import { tools } from "../../../src/mcp/tools.ts";

test("each tool that is listed is one that is there, and the other way round", () => {
  expect(
    toolsFor(true)
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(Object.keys(tools).toSorted());
});

test("an agent names its session where the server doesn't know it", () => {
  const required = (hasSession: boolean) =>
    Object.fromEntries(toolsFor(hasSession).map(({ name, inputSchema }) => [name, inputSchema.required]));
  expect(required(true)).toEqual({
    notify: ["title", "message"],
    ask: [],
    set_state: ["state", "title"],
    list_waiting: [],
  });
  expect(required(false)).toEqual({ ...required(true), set_state: ["session", "state", "title"] });
});

test("every argument says what it is, and what is required is there", () => {
  for (const { inputSchema, description, annotations } of toolsFor(false)) {
    expect(description.length).toBeGreaterThan(20);
    expect(annotations.destructiveHint).toBe(false);
    for (const name of inputSchema.required) expect(Object.keys(inputSchema.properties)).toContain(name);
  }
  expect(instructions).not.toBe("");
  expect(maxAskSeconds).toBeLessThan(60);
});
