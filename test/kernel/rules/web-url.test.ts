// Which links lead to a page of the web.
import { expect, test } from "vitest";
import { isWebUrl } from "../../../src/kernel/rules/web-url.ts";

test.each([
  ["https://a.example/x", true],
  ["HTTP://a", true],
  ["https://", false],
  ["https:a", false],
  ["//a", false],
  ["/x", false],
  ["javascript:alert(1)", false],
  ["mailto:a@b.c", false],
])("%s is the address of a web page: %j", (url, expected) => {
  expect(isWebUrl(url)).toBe(expected);
});
