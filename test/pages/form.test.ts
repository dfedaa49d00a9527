// What is read from the fields of a form.
import { expect, test } from "vitest";
import { namesIn } from "../../src/pages/form.ts";

test.each([
  [undefined, []],
  ["", []],
  [" ada,\n mia  bob,", ["ada", "mia", "bob"]],
])("%j", (text, names) => {
  expect(namesIn(text)).toEqual(names);
});
