// The files that commands read: Terraform plans, belfry.json, texts of notification templates.
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadTemplateFiles } from "../../../db/template-files.ts";
import {
  parseManifest,
  readPlanFile,
  readTemplateFile,
  slugOf,
  writeTemplateFile,
} from "../../../src/cli/rules/input-files.ts";

const change = (address: string, paths: unknown[][]) => ({
  address,
  type: "docker_container",
  change: { actions: ["delete", "create"], replace_paths: paths },
});
const plan = (...changes: unknown[]) => ({
  format_version: "1.2",
  planned_values: {},
  ...(changes.length === 0 ? {} : { resource_changes: changes }),
});
const bytesOf = (text: string) => new TextEncoder().encode(text);

test.each([
  [bytesOf(""), /empty/],
  [bytesOf("PK\u0003\u0004"), /binary plan file/],
  [bytesOf('{"@level":"info","@message":"Plan"}\n{"@level":"info"}'), /log of a plan/],
  [bytesOf("Plan: 1 to add"), /invalid JSON/],
  [bytesOf('{"format_version": "1.2", "resource_changes": ['), /incomplete/],
  [bytesOf('{"format_version":"1.0","values":{}}'), /this is a state/],
  [bytesOf("[]"), /must be an object/],
])("a file that is not a plan is refused with the reason: %#", (bytes, words) => {
  expect(readPlanFile(bytes)).toMatchObject({ ok: false, problem: expect.stringMatching(words) });
});

describe("output of the setup-terraform wrapper around a plan", () => {
  const json = JSON.stringify(plan(change('a_b.c["}\\" {"]', [["x"]])));
  const command = "[command]/home/runner/work/_temp/0a1b/terraform-bin show -json claim\n";
  const debug = `::debug::Terraform exited with code 0.\n::debug::stdout: ${json}%0A\n::debug::stderr: \n`;

  test.each([
    ["a command line before", `${command}${json}\n`],
    ["workflow commands after", `${command}${json}\n\n${debug}`],
    ["workflow commands right behind", `${json}::debug::exitcode: 0`],
    ["escaped line ends", `${command}${json}%0A%0D%0A\r\n::set-output name=stdout::${json}%0A\r\n`],
    ["workflow commands before", `::debug::masked\n${command}${json}`],
  ])("is ignored: %s", (_name, text) => {
    expect(readPlanFile(bytesOf(text))).toEqual({ ok: true, document: JSON.parse(json) as unknown });
  });

  test.each([
    ["no document of its own line", `${command}${debug}`],
    ["something else between", `${command}${json}\nDone.\n`],
    ["a document that is cut", `${command}${json.slice(0, -2)}`],
    ["a hostile length", `${command}${"::a ".repeat(100_000)}x\u2028\n${"{".repeat(100_000)}`],
  ])("is an error that names the setting: %s", (_name, text) => {
    expect(readPlanFile(bytesOf(text))).toMatchObject({
      ok: false,
      hint: expect.stringContaining("terraform_wrapper: false"),
    });
  });
});

test("a plan can begin with a byte order mark, also in UTF-16", () => {
  const text = JSON.stringify(plan());
  const utf16 = new Uint8Array(Buffer.from(`\uFEFF${text}`, "utf16le"));
  expect([bytesOf(`\uFEFF${text}`), utf16].map((bytes) => readPlanFile(bytes).ok)).toEqual([true, true]);
});

test.each([
  ["{", "invalid JSON"],
  ["[]", "must be an object"],
  ["null", "must be an object"],
  ['{"name": 1}', "name: must be a string"],
  ['{"has_ai_task": "yes"}', "has_ai_task: must be true or false"],
  ['{"presets": {}}', "presets: must be a list"],
  ['{"toString": 1}', "toString: unknown field. Known fields: name"],
])("belfry.json %s is invalid: %s", (text, words) => {
  expect(parseManifest(text)).toMatchObject({ ok: false, problem: expect.stringContaining(words) });
});

describe("a template file", () => {
  test("is read as it was written, whatever the text", () => {
    const texts = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll(/\s+/g, " ").trim());
    const actions = fc.array(
      fc.record({ label: texts.map((text) => text.replaceAll("->", "")), url: texts }),
      { maxLength: 3 },
    );
    const bodies = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\r", "").trim());
    fc.assert(
      fc.property(texts, bodies, actions, (title_template, body_template, buttons) => {
        const text = { title_template, body_template, actions: buttons };
        expect(readTemplateFile(writeTemplateFile("Any: name\n---", text))).toEqual({ ok: true, text });
      }),
    );
  });

  test("can be one of db/templates; its other fields are ignored", () => {
    const folder = new URL("../../../db/templates/", import.meta.url);
    const files = loadTemplateFiles();
    expect(files.length).toBeGreaterThan(1);
    for (const name of readdirSync(folder)) {
      const verdict = readTemplateFile(readFileSync(new URL(name, folder), "utf8"));
      const texts = files.map(({ title, body, actions }) => ({
        title_template: title,
        body_template: body,
        actions,
      }));
      expect(texts).toContainEqual(verdict.ok ? verdict.text : verdict.problem);
    }
  });

  test.each([
    ["", "must begin with"],
    ["title: x\n", "must begin with"],
    ["---\naction: A -> /b\n---\n", "title: missing"],
    ["---\ntitle: x\naction: nowhere\n---\n", "Line 3: invalid action"],
    ["---\ntitle: x\n\ncolour: red\n---\n", 'Line 4: unknown field "colour: red"'],
  ])("that is invalid is refused with the reason: %j", (content, words) => {
    const verdict = readTemplateFile(content);
    expect(verdict.ok ? "fine" : verdict.problem).toContain(words);
  });
});

test("a valid belfry.json is returned, and a template without a body has an empty one", () => {
  const manifest = { $schema: "x", name: "docker", has_ai_task: true, parameters: [], presets: [] };
  expect(parseManifest(JSON.stringify(manifest))).toEqual({ ok: true, manifest });
  expect(readTemplateFile("---\ntitle: Done\n---")).toMatchObject({ ok: true, text: { body_template: "" } });
  expect([" Custom Notification! ", "custom-notification"].map(slugOf)).toEqual([
    "custom-notification",
    "custom-notification",
  ]);
});
