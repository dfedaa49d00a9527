// `belfry drift`: a plan from a file or from standard input, without any server.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readPlanFile } from "../src/cli/rules/plan-file.ts";
import { run, temporaryFolder } from "./support/program.ts";

const change = (address: string, paths: unknown[][], more: object = {}) => ({
  address,
  type: "docker_container",
  change: { actions: ["delete", "create"], replace_paths: paths },
  ...more,
});
const plan = (...changes: unknown[]) => ({
  format_version: "1.2",
  planned_values: {},
  ...(changes.length === 0 ? {} : { resource_changes: changes }),
});
const bytesOf = (text: string) => new TextEncoder().encode(text);

test("what a plan replaces is told with the cure, and by the exit code", async () => {
  const file = join(await temporaryFolder(), "plan.json");
  const document = plan(
    change("docker_container.dev[0]", [["env"], ["image"], ["env"]]),
    change("a_b.c", []),
  );
  await writeFile(file, JSON.stringify(document));
  const [told, asJson, none] = await Promise.all([
    run(["drift", file]),
    run(["drift", file, "--output", "json"]),
    run(["drift", "-"], { input: JSON.stringify({ ...plan(), errored: true }) }),
  ]);
  expect(told).toEqual({
    code: 2,
    stderr: "",
    stdout: `2 resources would be destroyed and made anew, because of:
- a_b.c: the plan names no attribute
- docker_container.dev[0]: env, image

To keep what was prebuilt, add this to the template:

resource "docker_container" "dev" {
  # what it has already
  lifecycle {
    ignore_changes = [env, image]
  }
}

a_b.c: the plan does not say why; ignore_changes can't help.
`,
  });
  expect(asJson.code).toBe(2);
  expect(JSON.parse(asJson.stdout)).toMatchObject({
    replacements: [
      { resource: "a_b.c", paths: [] },
      { resource: "docker_container.dev[0]", paths: ["env", "image", "env"] },
    ],
    cure: { snippet: expect.stringContaining("[env, image]"), notes: [expect.stringContaining("a_b.c")] },
  });
  expect(none).toEqual({
    code: 0,
    stdout: "",
    stderr:
      "Nothing would be destroyed and made anew.\nTerraform had errors while it planned: there may be more.\n",
  });
});

test("what is no plan is told in words, with 1", async () => {
  const folder = await temporaryFolder();
  const [missing, isFolder, cut] = await Promise.all([
    run(["drift", join(folder, "none.json")]),
    run(["drift", folder]),
    run(["drift", "-"], { input: JSON.stringify(plan(change("a_b.c", []))).slice(0, -9) }),
  ]);
  expect([missing, isFolder, cut].map(({ code }) => code)).toEqual([1, 1, 1]);
  expect(missing.stderr).toBe(`belfry: There is no file ${folder}/none.json.\n`);
  expect(isFolder.stderr).toContain("can't be read (EISDIR)");
  expect(cut.stderr).toMatch(/^belfry: Standard input: it ends in the middle\.\nPrint the plan as JSON: /);
});

test.each([
  [bytesOf(""), /nothing in it/],
  [bytesOf("PK\u0003\u0004"), /Terraform's own form/],
  [bytesOf('{"@level":"info","@message":"Plan"}\n{"@level":"info"}'), /the log of a plan/],
  [bytesOf("Plan: 1 to add"), /no JSON/],
  [bytesOf('{"format_version": "1.2", "resource_changes": ['), /ends in the middle/],
  [bytesOf('{"format_version":"1.0","values":{}}'), /this is a state/],
  [bytesOf("[]"), /must be an object/],
])("a file that is something else: %#", (bytes, words) => {
  expect(readPlanFile(bytes)).toMatchObject({ ok: false, problem: expect.stringMatching(words) });
});

test("a file may begin with the marks that Windows writes", () => {
  const text = JSON.stringify(plan());
  const utf16 = new Uint8Array(Buffer.from(`\uFEFF${text}`, "utf16le"));
  expect([bytesOf(`\uFEFF${text}`), utf16].map((bytes) => readPlanFile(bytes).ok)).toEqual([true, true]);
});
