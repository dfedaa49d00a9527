// Names, addresses and secrets of sources.
import { expect, test } from "vitest";
import {
  hashSourceSecret,
  isBelfry,
  problemWithSourceName,
  sourceAddress,
  withoutSecret,
} from "../../../src/sources/rules/source.ts";

test.each([
  ["prod", undefined],
  ["a-1", undefined],
  ["", "must have 1 to 32 characters"],
  ["x".repeat(33), "must have 1 to 32 characters"],
  ["Prod", "must contain only lowercase letters, digits and single hyphens between them"],
  ["a--b", "must contain only lowercase letters, digits and single hyphens between them"],
  ["a b", "must contain only lowercase letters, digits and single hyphens between them"],
])("%j: %s", (name, problem) => {
  expect(problemWithSourceName(name)).toBe(problem);
});

test("an address has its secret, which no log has", () => {
  const address = sourceAddress("https://belfry.example.com", "s3cret");
  expect(address).toBe("https://belfry.example.com/api/v2/source-messages/s3cret");
  expect(withoutSecret(new URL(address).pathname)).toBe("/api/v2/source-messages/…");
  expect(withoutSecret("/api/v2/sources")).toBe("/api/v2/sources");
  expect(hashSourceSecret("s3cret")).toMatch(/^[0-9a-f]{64}$/);
});

test.each([
  ["Belfry", true],
  ["belfry/1.0", true],
  ["Go-http-client/1.1", false],
  [undefined, false],
])("%j is Belfry: %j", (userAgent, expected) => {
  expect(isBelfry(userAgent)).toBe(expected);
});
