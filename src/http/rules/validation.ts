// What is wrong with a field: the messages of our schemas as they are, those of the library in the words of all other errors.
import type { z } from "zod";

const kinds: Partial<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

/** Where a schema has no message of its own. */
const isOfLibrary = (message: string): boolean =>
  /^(Invalid (input|option)|Too (big|small)): expected /.test(message);

export function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") return "unknown field";
  if (!isOfLibrary(issue.message)) return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return issue.message.endsWith("received undefined")
        ? "missing"
        : `must be ${kinds[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `must be ${issue.values.length === 1 ? "" : "one of "}${issue.values.map(String).join(", ")}`;
    case "too_big":
      return `must ${amount(issue.origin, "at most", Number(issue.maximum))}`;
    case "too_small":
      return `must ${amount(issue.origin, "at least", Number(issue.minimum))}`;
    default:
      return issue.message;
  }
}

function amount(origin: string, bound: string, count: number): string {
  if (origin !== "string" && origin !== "array") return `be ${bound} ${count}`;
  const unit = origin === "string" ? "character" : "item";
  return `have ${bound} ${count} ${unit}${count === 1 ? "" : "s"}`;
}
