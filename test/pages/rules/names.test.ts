// Names in a field of a form.
import { expect, test } from "vitest";
import { namesIn } from "../../../src/pages/rules/names.ts";

test.each([
  [undefined, []],
  ["", []],
  [" ada,\n mia  bob,", ["ada", "mia", "bob"]],
])("%j", (text, names) => {
  expect(namesIn(text)).toEqual(names);
});
