// What is said of a field that a schema refuses.
import { expect, test } from "vitest";
import { z } from "zod";
import { describeIssue } from "../../../src/http/rules/validation.ts";

test.each<[z.ZodType, unknown, string]>([
  [z.string(), undefined, "missing"],
  [z.string(), 5, "must be a string"],
  [z.boolean(), "yes", "must be true or false"],
  [z.int(), 1.5, "must be a whole number"],
  [z.map(z.string(), z.string()), {}, "must be map"],
  [z.enum(["a", "b"]), "c", "must be one of a, b"],
  [z.literal("a"), "b", "must be a"],
  [z.number().max(200), 201, "must be at most 200"],
  [z.number().min(1), 0, "must be at least 1"],
  [z.string().min(1), "", "must have at least 1 character"],
  [z.array(z.string()).max(2), ["a", "b", "c"], "must have at most 2 items"],
  [z.strictObject({}), { colour: "red" }, "unknown field"],
  [z.string({ error: "must be the name of a city" }), 5, "must be the name of a city"],
  [z.union([z.string(), z.number()]), true, "Invalid input"],
  [z.set(z.string()).max(1), new Set(["a", "b"]), "must be at most 1"],
])("%# of a schema", (schema, value, expected) => {
  const [issue] = schema.safeParse(value).error!.issues;
  expect(describeIssue(issue!)).toBe(expected);
});

test("a kind of problem that is not known keeps its message", () => {
  const issue = { code: "custom", path: [], message: "Invalid input: expected luck" } as z.core.$ZodIssue;
  expect(describeIssue(issue)).toBe("Invalid input: expected luck");
});
