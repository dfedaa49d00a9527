// Every kind is complete: its text, its front matter, a producer and a sample. What is missing is named.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadTemplateFiles } from "../../db/template-files.ts";
import { findKind, kinds } from "../../src/notifications/kinds/kinds.ts";

const source = new URL("../../src/", import.meta.url).pathname;
const files = loadTemplateFiles();

const defined = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .flatMap((file) =>
    [...readFileSync(join(source, file), "utf8").matchAll(/\bdefineKind\(\s*"([^"]+)"/g)].map(
      ([, name]) => name!,
    ),
  );

test("every template has a producer: defineKind(…) beside the verb that causes it", () => {
  expect(files.map(({ slug }) => slug).filter((slug) => !defined.includes(slug))).toEqual([]);
});

test("every producer has a template: a file of db/templates", () => {
  const slugs = new Set(files.map(({ slug }) => slug));
  expect(defined.filter((name) => !slugs.has(name))).toEqual([]);
});

test("no kind has two producers", () => {
  expect(defined.filter((name, at) => defined.indexOf(name) !== at)).toEqual([]);
});

test("the registry has every template, by its file's name and by its id: npm run docs", () => {
  expect(Object.keys(kinds)).toEqual(files.map(({ slug }) => slug));
  for (const { slug, id, name } of files) expect(findKind(id), slug).toMatchObject({ name });
  for (const field of ["id", "key", "name"] as const)
    expect(new Set(files.map((file) => file[field])).size, field).toBe(files.length);
});

test.each(files.map((file) => [file.slug, file] as const))("%s has a sample of its labels", (_, file) => {
  const texts = [file.title, file.body, ...file.actions.flatMap(({ label, url }) => [label, url])].join("\n");
  const used = new Set([...texts.matchAll(/\blabels\.(\w+)/g)].map(([, label]) => label!));
  expect([...used].filter((label) => !(label in file.sample.labels))).toEqual([]);
});

test.each(files.map((file) => [file.slug, file] as const))("%s is described for people", (_, file) => {
  expect(file.about).toMatch(/^[A-Z].{15,110}[.]$/);
  expect(file.audience).toMatch(/^[a-z].*[^.]$/);
});

test.each(files.map((file) => [file.slug, file.body] as const))(
  "%s escapes nothing within code: Markdown shows it as it is, so it is | raw",
  (_, body) => {
    const code = body.match(/^ *```[^]*?^ *```|`[^`\n]+`/gm) ?? [];
    const values = code.flatMap((one) => one.match(/\{\{.*?\}\}/g) ?? []);
    expect(values.filter((value) => !/\|\s*raw\s*\}\}$/.test(value))).toEqual([]);
  },
);
