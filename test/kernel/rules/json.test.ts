// Where a text stops being JSON: the same verdict as the language's own parser, and a place.
import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonErrorAt } from "../../../src/kernel/rules/json.ts";

test.each([
  ["", 0],
  [" ", 1],
  ["[1,]", 3],
  ["[,1]", 1],
  ["[1 2]", 3],
  ["[1", 2],
  ["]", 0],
  ["1,2", 1],
  ["1 2", 2],
  ["[}", 1],
  ['{"a":}', 5],
  ['{"a"}', 4],
  ['{"a":1,}', 7],
  ["{1:2}", 1],
  ['{"a":1 "b":2}', 7],
  ['{"a":"line\nbreak"}', 5],
  ['"\\x"', 0],
  ["01", 1],
  ["{:", 1],
] as const)("%j stops at %i", (text, at) => {
  expect(jsonErrorAt(text)).toBe(at);
});

test("agrees with the language's parser, whatever is cut from or put into a text", () => {
  const anyChange = fc.tuple(
    fc.nat(200),
    fc.nat(3),
    fc.constantFrom("", ",", "]", "}", '"', "1", ":", "\\", "[", "e"),
  );
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom(undefined, 1),
      fc.option(anyChange),
      (value, indent, change) => {
        const whole = JSON.stringify(value, undefined, indent);
        const [from, count, put] = change ?? [0, 0, ""];
        const text = whole.slice(0, from) + put + whole.slice(from + count);
        let isValid = true;
        try {
          JSON.parse(text);
        } catch {
          isValid = false;
        }
        expect(jsonErrorAt(text) === undefined).toBe(isValid);
      },
    ),
    { numRuns: 2_000 },
  );
});
