// Fields of the API by the names under which they were typed.
import { expect, test } from "vitest";
import { typedName } from "../../../src/cli/rules/typed-names.ts";

const command = {
  args: "NAME TITLE [MESSAGE]",
  fields: { rich_parameter_values: "--parameter", q: "--status" },
  options: { "stop-after": { type: "string", text: "" }, preset: { type: "string", text: "" } },
} as const;

test.each([
  ["name", "NAME"],
  ["content.title", "TITLE"],
  ["content.message", "MESSAGE"],
  ["stop_after", "--stop-after"],
  ["preset", "--preset"],
  ["q", "--status"],
  ["rich_parameter_values", "--parameter"],
  ["rich_parameter_values.0.name", "--parameter"],
  ["rich_parameter_values_2", undefined],
  ["recipients.0.name", undefined],
  ["body", undefined],
])("%s was typed as %s", (field, typed) => expect(typedName(field, command)).toBe(typed));

test("a command without arguments and fields of its own has its options", () =>
  expect([typedName("preset", { options: command.options }), typedName("name", { options: {} })]).toEqual([
    "--preset",
    undefined,
  ]));
