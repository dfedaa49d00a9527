// `belfry drift`: a plan from a file or from standard input, without any server.
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { addPrebuilds } from "../support/prebuilds.ts";
import { runCommand } from "../support/command.ts";
import { temporaryFolder } from "../support/program.ts";
import { signInFirst, startTestServer } from "../support/server.ts";
import { addProvisioner, addTemplate, addVersion } from "../support/workspaces.ts";

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

test("a plan's replacements are printed with their fix, and set the exit code", async () => {
  const file = join(await temporaryFolder(), "plan.json");
  const document = plan(
    change("docker_container.dev[0]", [["env"], ["image"], ["env"]]),
    change("a_b.c", []),
  );
  await writeFile(file, JSON.stringify(document));
  const [text, asJson, none] = await Promise.all([
    runCommand(["drift", file]),
    runCommand(["drift", file, "--output", "json"]),
    runCommand(["drift", "-"], { input: JSON.stringify({ ...plan(), errored: true }) }),
  ]);
  expect(text).toEqual({
    code: 2,
    stderr: "",
    stdout: `2 resources would be replaced, because of these attributes:
- a_b.c: no attribute in the plan
- docker_container.dev[0]: env, image

To prevent this, add the lifecycle block to the resource in the template, then push a new version:

resource "docker_container" "dev" {
  # existing arguments
  lifecycle {
    ignore_changes = [env, image]
  }
}

a_b.c: the plan gives no reason; ignore_changes can't prevent this.
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
      "No resources would be replaced.\nTerraform planned with errors: there may be more replacements.\n",
  });
});

test("a file that is not a plan is an error with exit code 1", async () => {
  const folder = await temporaryFolder();
  const [missing, isFolder, cut] = await Promise.all([
    runCommand(["drift", join(folder, "none.json")]),
    runCommand(["drift", folder]),
    runCommand(["drift", "-"], { input: JSON.stringify(plan(change("a_b.c", []))).slice(0, -9) }),
  ]);
  expect([missing, isFolder, cut].map(({ code }) => code)).toEqual([1, 1, 1]);
  expect(missing.stderr).toBe(`belfry: ${folder}/none.json: no such file or folder\n`);
  expect(isFolder.stderr).toContain("is a folder");
  expect(cut.stderr).toMatch(/^belfry: Standard input: JSON is incomplete\nExport the plan as JSON: /);
});

test("belfry templates drift shows replaced resources by version, newest first, and the fix for the active one", async () => {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  const presets = () => [{ id: randomUUID(), name: "small", parameters: [], instances: 1 }];
  const first = presets();
  const { templateId, versionId } = await addTemplate(server, userId, "docker", { presets: first });
  await addTemplate(server, userId, "quiet");
  const provisioner = await addProvisioner(server, userId, "one");
  const environment = { BELFRY_CONFIG_DIR: await temporaryFolder(), BELFRY_URL: server.url };
  const belfry = (...words: string[]) =>
    runCommand(["templates", "drift", ...words], {
      environment: { ...environment, BELFRY_SESSION_TOKEN: token },
    });
  const presetId = first[0]!.id;
  await addPrebuilds(server, { templateId, versionId, presetId }, 1);
  const made = await server.call("POST", "/api/v2/users/me/workspaces", {
    token,
    json: { name: "web", template_id: templateId, template_version_preset_id: presetId },
  });
  const { id } = made.json.latest_build;
  await provisioner.acquire();
  await provisioner.job("POST", id, "plan", plan(change("docker_container.dev[0]", [["env"]])));
  await provisioner.job("POST", id, "complete", { resources: [] });
  const affected = await belfry("docker");
  expect(affected).toMatchObject({ code: 0, stderr: "" });
  expect(affected.stdout).toMatch(
    /^VERSION +PRESET +CLAIMS +AFFECTED +LAST AFFECTED\nv-\S+ \(active\) +small +1 +1 +\S/,
  );
  expect(affected.stdout).toContain(
    ", small: replaced because of these attributes\n- docker_container.dev[0]: env (1 claim)\n",
  );
  expect(affected.stdout).toContain("    ignore_changes = [env]\n");

  const marked = await belfry("docker", "--fixed", "small");
  expect(marked).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^Drift of v-\S+, small is marked as fixed\.\n$/),
  });
  expect((await belfry("docker")).stdout).toMatch(/\nv-\S+ \(active\) +small +0 +0 +never\n/);
  expect((await belfry("docker", "--fixed", "large")).stderr).toContain("large");
  expect((await belfry("docker", "--fixed", "small", "--version", "none")).code).toBe(1);
  await server.sql("UPDATE presets SET drift_fixed_at = NULL");
  const next = await addVersion(server, userId, templateId, { presets: presets() });
  const path = `/api/v2/templates/${templateId}/versions`;
  expect((await server.call("PATCH", path, { token, json: { id: next } })).status).toBe(200);
  const fixed = await belfry("docker");
  expect(fixed.stdout).toMatch(/\nv-\S+ \(active\) +small +0 +0 +never\nv-\S+ +small +1 +1 +/);
  expect(fixed.stdout).not.toContain("ignore_changes");
  expect(JSON.parse((await belfry("docker", "--output", "json")).stdout)).toHaveLength(2);
  expect((await belfry("quiet")).stderr).toMatch(/^No claims found/);
});
