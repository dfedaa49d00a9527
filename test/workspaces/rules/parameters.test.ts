// Values of parameters: allowed values, patterns and masking.
import { describe, expect, test } from "vitest";
import {
  formatRules,
  maskIfSensitive,
  matches,
  maxPatternValueLength,
  noRules,
  parseRules,
  problemWithPattern,
  problemWithRules,
  problemWithValue,
  type ParameterRules,
} from "../../../src/workspaces/templates/rules/parameter-values.ts";

test("A sensitive value is masked, an empty one and any other stay", () => {
  const parameters = [
    { name: "key", sensitive: true },
    { name: "region", sensitive: false },
  ];
  expect(maskIfSensitive("key", "hunter2", parameters)).toBe("********");
  expect(maskIfSensitive("key", "", parameters)).toBe("");
  expect(maskIfSensitive("region", "eu", parameters)).toBe("eu");
  expect(maskIfSensitive("other", "x", parameters)).toBe("x");
});

describe("the rules of a parameter", () => {
  const rules = (more: Partial<ParameterRules>): ParameterRules => ({ ...noRules, ...more });
  const options = ["eu", "us"].map((value) => ({ name: value.toUpperCase(), value }));

  test.each<[Partial<ParameterRules>, string, string | undefined]>([
    [{}, "anything", undefined],
    [{ options }, "eu", undefined],
    [{ options }, "EU", "must be one of eu, us"],
    [{ min: 1, max: 8 }, "1", undefined],
    [{ min: 1, max: 8 }, "8.0", undefined],
    [{ min: 1 }, "0.5", "must be at least 1"],
    [{ max: 8 }, "9", "must be at most 8"],
    [{ max: -1 }, "-2", undefined],
    [{ min: 1 }, "", "must be a number"],
    [{ min: 1 }, "0x10", "must be a number"],
    [{ min: 1 }, "1e9", "must be a number"],
    [{ regex: "^[a-z]+$" }, "abc", undefined],
    [{ regex: "^[a-z]+$" }, "Abc", "must match ^[a-z]+$"],
    [{ regex: "b" }, "abc", undefined],
    [{ regex: "^[a-z]+$", error: "small letters only" }, "A", "is invalid: small letters only"],
    [{ regex: "a" }, "a".repeat(maxPatternValueLength + 1), "must have at most 256 characters"],
  ])("%j: %j", (more, value, problem) => {
    expect(problemWithValue(rules(more), value)).toBe(problem);
  });

  test.each<[Partial<ParameterRules>]>([
    [{ options }],
    [{ min: 0 }],
    [{ max: 0 }],
    [{ regex: "", error: "any text" }],
  ])("%j survive storage", (more) => {
    expect(parseRules(formatRules(rules(more)))).toEqual(rules(more));
  });
  test("that allow any value are stored as null", () => {
    expect(formatRules(rules({ error: "unused" }))).toBeNull();
    for (const nothing of [null, undefined]) expect(parseRules(nothing)).toEqual(noRules);
  });
  test("are validated", () => {
    expect(problemWithRules(rules({ options, min: 1, max: 1 }))).toBeUndefined();
    expect(problemWithRules(rules({ regex: "(" }))).toBe("invalid pattern: not a regular expression");
    expect(problemWithRules(rules({ min: 2, max: 1 }))).toBe("minimum 2 is above maximum 1");
    expect(problemWithRules(rules({ options: [...options, options[0]!] }))).toBe(
      "two options have the same value",
    );
  });
});

describe("a parameter's pattern", () => {
  test.each([
    "^[a-z0-9-]+$",
    "^(small|large)$",
    "^(?:v)?[0-9]+\\.[0-9]+$",
    "^[a-z]{1,32}$",
    "^([a-z]+)-([0-9]+)$",
    "^(ab)*$",
    "[(|+*]",
    "\\(\\+\\)+",
    "(a|b)",
    "((a|b))",
    "",
  ])("%j is allowed", (pattern) => {
    expect(problemWithPattern(pattern)).toBeUndefined();
  });

  test.each([
    "(a+)+$",
    "(a|aa)+$",
    "((a+))*",
    "(?:a*)*b",
    "([a-z]+-)*x",
    "(a{2,})+",
    "(a+){2,}",
    "^a*a*a*a*b",
    "a*a*a*b",
    "^a|b*b*b*c",
    "(a)\\1",
    "(?<n>a)\\k<n>",
    "(?=a)",
    "(?i)a",
    "(",
    "a".repeat(501),
  ])("%j is refused", (pattern) => {
    expect(problemWithPattern(pattern)).toEqual(expect.any(String));
  });

  test("that is allowed is quick on the worst of values", () => {
    const value = `${"a".repeat(maxPatternValueLength - 1)}!`;
    // Repeats over the same letters: what costs most of all that is allowed.
    for (const pattern of ["^a*a*a*$", "a*a*b", "^(ab)*(a)*a*$"]) {
      expect(problemWithPattern(pattern)).toBeUndefined();
      for (let count = 0; count < 5; count += 1) expect(matches(pattern, value)).toBe(false);
    }
  });
});
