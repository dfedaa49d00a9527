// The innermost cause of an error, however a runtime wraps it.
import { expect, test } from "vitest";
import { innermostCause, isTimeout } from "../../../src/kernel/rules/connection-error.ts";

const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" });

test.each([
  ["an error", refused, { message: refused.message, code: "ECONNREFUSED" }],
  [
    "a cause",
    new TypeError("fetch failed", { cause: new Error("x", { cause: refused }) }),
    { code: "ECONNREFUSED" },
  ],
  ["all of several addresses", new AggregateError([new Error("first"), refused]), { code: "ECONNREFUSED" }],
  ["an aggregate of none", new AggregateError([], "nothing"), { message: "nothing", code: "" }],
  ["a code that is a number", Object.assign(new Error("x"), { code: 5 }), { message: "x", code: "" }],
  ["a cause that is no error", new Error("x", { cause: "y" }), { name: "Error", message: "x", code: "" }],
])("%s", (_, error, expected) => {
  expect(innermostCause(error)).toMatchObject(expected);
});

test("what is no error has none", () => {
  expect(innermostCause("broken")).toBeUndefined();
  expect(innermostCause(undefined)).toBeUndefined();
});

test("a signal that ended a request is a timeout", async () => {
  const signal = AbortSignal.timeout(0);
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  expect(isTimeout(signal.reason as Error)).toBe(true);
  expect(isTimeout({ name: "AbortError" })).toBe(true);
  expect(isTimeout(refused)).toBe(false);
});
