// What a group may be called, and the nearest name.
import { expect, test } from "vitest";
import { groupProblems, wordsOf } from "../../../src/accounts/rules/group.ts";
import { didYouMean } from "../../../src/kernel/rules/nearest.ts";

const good = { name: "sre", displayName: "", avatarUrl: "" };

test.each([
  [good, []],
  [{ ...good, name: "SRE-2", displayName: "Site Réliability", avatarUrl: "/emojis/1f525.png" }, []],
  [{ ...good, avatarUrl: "https://example.com/a.png" }, []],
  [{ ...good, name: "" }, ["name: must have 1 to 255 characters"]],
  [{ ...good, name: "x".repeat(256) }, ["name: must have 1 to 255 characters"]],
  [{ ...good, name: "Everyone" }, ['name: "Everyone" is a reserved word; choose another']],
  [{ ...good, name: "a--b" }, ["name: use only letters, digits and single hyphens"]],
  [{ ...good, displayName: "x".repeat(65) }, ["display_name: 65 characters, at most 64 allowed"]],
  [{ ...good, displayName: "a\nb" }, ["display_name: must be one line of text"]],
  [{ ...good, avatarUrl: "javascript:x" }, ["avatar_url: must be a URL or a path"]],
  [{ ...good, avatarUrl: `/${"x".repeat(2_000)}` }, ["avatar_url: has more than 2000 bytes"]],
])("%j", (fields, problems) => {
  expect(groupProblems(fields).map(({ field, detail }) => `${field}: ${detail}`)).toEqual(problems);
});

test("words of a search", () => {
  expect(wordsOf("  site  rel ")).toEqual(["site", "rel"]);
});

test.each([
  ["platfrom", ["sre", "Platform"], ' Did you mean "Platform"?'],
  ["plat", ["sre", "platform"], ' Did you mean "platform"?'],
  ["other", ["sre", "platform"], ""],
  ["other", [], ""],
])("%s of %j", (word, known, text) => {
  expect(didYouMean(word, known)).toBe(text);
});
