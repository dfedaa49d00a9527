// The difference between two texts: the rows rebuild both, and lines that stayed are found.
import { describe, expect, test } from "vitest";
import { diffLines, type DiffRow } from "../../../src/pages/rules/line-diff.ts";

const signs = { same: " ", changed: "~", removed: "-", added: "+" } as const;
const shown = (rows: DiffRow[]) =>
  rows.map(({ kind, old, new: fresh }) => `${signs[kind]}${old ?? ""}|${fresh ?? ""}`);
const diff = (before: string, after: string) => shown(diffLines(before.split(""), after.split("")));

describe("lines", () => {
  test.each([
    ["", "", []],
    ["ab", "ab", [" a|a", " b|b"]],
    ["ab", "aXb", [" a|a", "+|X", " b|b"]],
    ["aXb", "ab", [" a|a", "-X|", " b|b"]],
    ["aXb", "aYb", [" a|a", "~X|Y", " b|b"]],
    ["aXYb", "aZb", [" a|a", "~X|Z", "-Y|", " b|b"]],
    ["XaYbZ", "1a2b3", ["~X|1", " a|a", "~Y|2", " b|b", "~Z|3"]],
    ["abcd", "acbd", [" a|a", "-b|", " c|c", "+|b", " d|d"]],
    ["aab", "ab", [" a|a", "-a|", " b|b"]],
    ["XabY", "ab1", ["-X|", " a|a", " b|b", "~Y|1"]],
  ])("from %j to %j", (before, after, expected) => {
    const split = (text: string) => (text === "" ? [] : text.split(""));
    expect(shown(diffLines(split(before), split(after)))).toEqual(expected);
  });

  test("moved lines are kept where most of them stay", () => {
    expect(diff("12345X", "X12345").filter((row) => row.startsWith(" "))).toHaveLength(5);
  });
});

test("the rows rebuild both texts, also of texts too long to compare", () => {
  const lines = (count: number) => Array.from({ length: count }, (_, at) => `line ${at}`);
  for (const [count, expectedSame] of [
    [40, 40],
    [900, 0],
  ] as const) {
    const [before, after] = [lines(count), ["x", ...lines(count), "y"]];
    const rows = diffLines(before, after);
    expect(rows.flatMap(({ old }) => old ?? [])).toEqual(before);
    expect(rows.flatMap(({ new: fresh }) => fresh ?? [])).toEqual(after);
    expect(rows.filter(({ kind }) => kind === "same")).toHaveLength(expectedSame);
  }
});
