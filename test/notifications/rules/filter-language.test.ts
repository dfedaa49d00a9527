// The language of filters: what parses, what doesn't and where, what matches, and why something doesn't.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluate, isLike, whyNot } from "../../../src/notifications/routing/rules/filter/evaluation.ts";
import {
  severityRanks,
  type Comparison,
  type FactName,
  type Facts,
  type Filter,
  type Severity,
} from "../../../src/notifications/routing/rules/filter/language.ts";
import {
  describeProblem,
  maxComparisons,
  maxDepth,
  maxValues,
  parseFilter,
} from "../../../src/notifications/routing/rules/filter/parser.ts";
import { printFilter } from "../../../src/notifications/routing/rules/filter/print.ts";
import { maxFilterLength, maxValueLength } from "../../../src/notifications/routing/rules/filter/tokens.ts";

const failed: Facts = {
  kind: "workspace-autobuild-failed",
  severity: "warning",
  group: "Workspace Events",
  template: "gpu-large",
  preset: "",
  workspace: "Web",
  owner: "mia",
  labels: { reason: "autostart", "build.nr": "7" },
};

function parsed(text: string): Filter {
  const result = parseFilter(text);
  if (!result.ok) throw new Error(describeProblem(result.problem));
  return result.filter;
}

test.each([
  ['template = "gpu-large"', true],
  ['template = "gpu-*"', true],
  ['template = "GPU-Large"', true],
  ['template in ("docker", "gpu-*")', true],
  ['template not in ("docker", "gpu-*")', false],
  ['template != "docker"', true],
  ['preset = ""', true],
  ['preset = "*"', true],
  ['preset != ""', false],
  ['workspace = "web"', true],
  ['owner = "mia" and template = "docker"', false],
  ['owner = "mia" and template = "docker" or severity = warning', true],
  ['owner = "mia" and (template = "docker" or severity = critical)', false],
  ['not owner = "mia"', false],
  ['not (owner = "bob" or preset = "x")', true],
  ["severity >= warning", true],
  ["severity > warning", false],
  ["severity > info", true],
  ["severity < critical", true],
  ["severity <= success", false],
  ["severity = info", false],
  ["severity in (warning, critical)", true],
  ['severity >= "warning"', true],
  ["SEVERITY >= Warning AND NOT severity = critical", true],
  ['label.reason = "autostart"', true],
  ['label.build.nr = "7"', true],
  ['label.nothing = ""', true],
  ['label.toString = ""', true],
  ['kind = "workspace-*-failed"', true],
  ['group = "workspace events"', true],
])("%s → %s", (text, expected) => {
  expect(evaluate(parsed(text), failed)).toBe(expected);
});

test.each([
  ["", "column 1: expected a fact: kind, severity, group, template, preset, workspace, owner, label.NAME"],
  ["template =", 'column 11: expected a value such as "docker"'],
  ["template = docker", 'column 12: expected a value such as "docker"'],
  ["label.x = ", 'column 11: expected a value such as "main"'],
  ["template = 'docker'", 'column 12: strings are in double quotes, such as "docker"'],
  ['template "docker"', "column 10: expected =, !=, in or not in"],
  ['template not "docker"', "column 10: expected =, !=, in or not in"],
  ['template >= "docker"', "column 10: >= compares only severities; here, use =, !=, in or not in"],
  ["severity is warning", "column 10: expected =, !=, >=, >, <=, <, in or not in"],
  ["severity >= high", "column 13: expected a severity: info, success, warning, critical"],
  ["severity >= )", "column 13: expected a severity: info, success, warning, critical"],
  ["severity in warning", "column 13: expected a list such as (warning, critical)"],
  ['template in "docker"', 'column 13: expected a list such as ("docker", "gpu-*")'],
  ['template in ("docker" "gpu")', "column 23: expected , or )"],
  ["template in ()", 'column 14: expected a value such as "docker"'],
  [
    'tmpl = "docker"',
    'column 1: unknown fact "tmpl", use kind, severity, group, template, preset, workspace, owner, label.NAME',
  ],
  ['owner = "mia" owner = "bob"', "column 15: expected and, or, or the end"],
  ['(owner = "mia"', "column 15: expected and, or, or )"],
  ['owner = "mia', 'column 9: this string has no " at its end'],
  ['owner = "m\\n"', 'column 11: in a string, a backslash stands only before ", * or a backslash'],
  ["owner ~ x", "column 7: unexpected ~"],
  ["owner = 😀", "column 9: unexpected 😀"],
  [
    `owner = "${"x".repeat(maxValueLength + 1)}"`,
    `column 9: a string has at most ${maxValueLength} characters`,
  ],
  [
    " ".repeat(maxFilterLength + 1),
    `column ${maxFilterLength + 1}: a filter has at most ${maxFilterLength} characters`,
  ],
  [
    `${"not ".repeat(maxDepth + 1)}owner = "x"`,
    `column ${4 * (maxDepth + 1) + 1}: at most ${maxDepth} levels of brackets and not are allowed`,
  ],
  [
    Array.from({ length: maxComparisons + 1 }, () => 'owner="x"').join(" or "),
    `column ${maxComparisons * 13 + 6}: at most ${maxComparisons} comparisons are allowed`,
  ],
  [
    `owner in (${Array.from({ length: maxValues + 1 }, () => '"x"').join(",")})`,
    `column ${11 + maxValues * 4}: at most ${maxValues} values are allowed in a list`,
  ],
])("%s is refused", (text, message) => {
  const result = parseFilter(text);
  expect(result.ok ? undefined : describeProblem(result.problem)).toBe(message);
});

test("what goes wrong in the check of a value isn't a problem of the filter", () => {
  const check = () => {
    throw new Error("broken");
  };
  expect(() => parseFilter('owner = "mia"', check)).toThrow("broken");
});

test("a new filter is refused for what it must not name, at its column", () => {
  const result = parseFilter('owner = "mia" or template in ("docker", "dokcer")', (fact, value) =>
    fact === "template" && value !== "docker" ? `there is no template ${value}` : undefined,
  );
  expect(result).toEqual({ ok: false, problem: { column: 41, detail: "there is no template dokcer" } });
});

test.each([
  ["", "", true],
  ["a", "", false],
  ["", "*", true],
  ["abc", "a*c", true],
  ["abc", "a*b", false],
  ["aba", "ab*ba", false],
  ["abcabc", "*b*b*", true],
  ["abc", "*b*b*", false],
  ["abc", "b*", false],
  ["a*c", String.raw`a\*c`, true],
  ["abc", String.raw`a\*c`, false],
  [String.raw`a\c`, String.raw`a\\c`, true],
  [String.raw`a\xc`, String.raw`a\\*c`, true],
])("%j is like %j: %s", (text, pattern, expected) => {
  expect(isLike(text, pattern)).toBe(expected);
});

test.each([
  ['template = "docker"', ['template = "docker" is false: template is "gpu-large"']],
  ['preset = "large"', ['preset = "large" is false: it has no preset']],
  [
    'owner = "mia" and template = "docker" and preset = "x"',
    ['template = "docker" is false: template is "gpu-large"'],
  ],
  [
    'owner = "bob" or template = "docker"',
    ['owner = "bob" is false: owner is "mia"', 'template = "docker" is false: template is "gpu-large"'],
  ],
  ['not (owner = "bob" or owner = "mia")', ['owner = "mia" is true: owner is "mia"']],
  [
    'not (owner = "mia" and severity >= warning)',
    ['owner = "mia" is true: owner is "mia"', 'severity >= warning is true: severity is "warning"'],
  ],
  ['owner in ("a", "b") or owner in ("a", "b")', ['owner in ("a", "b") is false: owner is "mia"']],
])("why %s doesn't match", (text, expected) => {
  expect(whyNot(parsed(text), failed)).toEqual(expected);
});

const name = fc.constantFrom("a", "ab", "b", "ba", "");
const pattern = fc.array(fc.constantFrom("a", "b", "*", String.raw`\*`, '"', String.raw`\\`), {
  maxLength: 4,
});
const text = pattern.map((parts) => parts.join(""));
const severity = fc.constantFrom<Severity>("info", "success", "warning", "critical");
const comparison: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({
    type: fc.constant("comparison" as const),
    fact: fc.constantFrom(
      "kind",
      "group",
      "template",
      "preset",
      "workspace",
      "owner",
      "label.x",
      "label.y-z",
    ),
    operator: fc.constantFrom("=" as const, "!=" as const),
    values: fc.tuple(text),
  }),
  fc.record({
    type: fc.constant("comparison" as const),
    fact: fc.constantFrom("template", "owner", "label.x"),
    operator: fc.constantFrom("in" as const, "not in" as const),
    values: fc.array(text, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    type: fc.constant("comparison" as const),
    fact: fc.constant("severity" as const),
    operator: fc.constantFrom(
      "=" as const,
      "!=" as const,
      ">=" as const,
      ">" as const,
      "<=" as const,
      "<" as const,
    ),
    values: fc.tuple(severity),
  }),
) as fc.Arbitrary<Filter>;

const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4 },
    comparison,
    fc.record({
      type: fc.constantFrom("and" as const, "or" as const),
      parts: fc.array(tie("filter"), { minLength: 2, maxLength: 3 }),
    }),
    fc.record({ type: fc.constant("not" as const), part: tie("filter") }),
  ),
}));

const facts: fc.Arbitrary<Facts> = fc.record({
  kind: name,
  severity,
  group: name,
  template: name,
  preset: name,
  workspace: name,
  owner: name,
  labels: fc.record({ x: name, "y-z": name }, { requiredKeys: [] }),
});

/** The same by regular expressions and arithmetic. */
function naive(one: Filter, of: Facts): boolean {
  switch (one.type) {
    case "and":
      return !one.parts.map((part) => naive(part, of)).includes(false);
    case "or":
      return one.parts.map((part) => naive(part, of)).includes(true);
    case "not":
      return !naive(one.part, of);
    case "comparison":
      return naiveComparison(one, of);
  }
}

function naiveComparison({ fact, operator, values }: Comparison, of: Facts): boolean {
  const actual = fact.startsWith("label.") ? (of.labels[fact.slice(6)] ?? "") : of[fact as FactName];
  const like = values.some((value) => {
    const source = value.replaceAll(/\\.|\*|[^\\*]/gs, (word) =>
      word === "*" ? ".*" : `\\u{${word.at(-1)!.codePointAt(0)!.toString(16)}}`,
    );
    return new RegExp(`^${source}$`, "us").test(actual);
  });
  const rank = (word: string) => severityRanks[word as Severity];
  const by = rank(actual) - rank(values[0]!);
  const orders: Record<string, boolean> = { ">=": by >= 0, ">": by > 0, "<=": by <= 0, "<": by < 0 };
  return orders[operator] ?? like === ["=", "in"].includes(operator);
}

describe("any filter", () => {
  test("is parsed as it was printed", () => {
    fc.assert(
      fc.property(filter, (one) => {
        const printed = printFilter(one);
        fc.pre(printed.length <= maxFilterLength);
        const result = parseFilter(printed);
        fc.pre(result.ok || !result.problem.detail.startsWith("at most"));
        expect(result).toEqual({ ok: true, filter: one });
      }),
    );
  });

  test("matches what a naive reading of it does, and says why not if and only if it doesn't", () => {
    fc.assert(
      fc.property(filter, facts, (one, of) => {
        const matches = evaluate(one, of);
        expect(matches).toBe(naive(one, of));
        if (!matches) expect(whyNot(one, of)).not.toEqual([]);
      }),
    );
  });

  test("whatever is given parses or has a problem at a column of it", () => {
    const words = fc.constantFrom(
      "and",
      "or",
      "not",
      "in",
      "(",
      ")",
      ",",
      '"a"',
      '"',
      "\\",
      "=",
      ">=",
      "template",
      "severity",
      "warning",
      "label.x",
      " ",
    );
    const given = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(words, { maxLength: 12 }).map((all) => all.join(" ")),
    );
    fc.assert(
      fc.property(given, (one) => {
        const result = parseFilter(one);
        if (result.ok) return;
        expect(result.problem.column).toBeGreaterThanOrEqual(1);
        expect(result.problem.column).toBeLessThanOrEqual(one.length + 1);
      }),
    );
  });
});
