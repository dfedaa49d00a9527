// The commands of templates and of provisioners' keys as people use them: against a real server.
import { execFile } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { runCommand } from "../support/command.ts";
import { temporaryFolder } from "../support/program.ts";
import { signInFirst, startTestServer } from "../support/server.ts";
import { countRows } from "../support/stored.ts";

async function open() {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const home = await temporaryFolder();
  const environment = { BELFRY_CONFIG_DIR: home, BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: token };
  const belfry = (...words: string[]) => runCommand(words, { environment });
  return { server, token, belfry };
}

/** A folder named so, with these files. */
async function folderOf(name: string, files: Record<string, string>): Promise<string> {
  const folder = join(await temporaryFolder(), name);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

const said = (stderr: string) => ({ code: 0, stdout: "", stderr });

describe("belfry templates", () => {
  test("push creates a template, then versions of it; state and secrets are not uploaded", async () => {
    const { server, token, belfry } = await open();
    const manifest = {
      message: "the first",
      has_ai_task: true,
      parameters: [{ name: "region", default_value: "eu" }],
      presets: [
        { name: "Berlin", parameters: [{ name: "region", value: "eu" }], prebuilds: { instances: 1 } },
      ],
    };
    const folder = await folderOf("docker", {
      "main.tf": "# one",
      "scripts/start.sh": "#!/bin/sh\n",
      ".terraform.lock.hcl": "# kept",
      ".terraform/providers/big": "x",
      ".git/config": "x",
      "terraform.tfstate": "secret",
      "terraform.tfstate.backup": "secret",
      "belfry.json": JSON.stringify(manifest),
    });
    expect(await belfry("templates", "list")).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("push"),
    });
    expect(await belfry("templates", "push", folder, "--version-name", "v1")).toEqual(
      said("Created template docker with version v1, now active.\n"),
    );
    const template = (await server.call("GET", "/api/v2/organizations/default/templates/docker", { token }))
      .json;
    const get = async <P extends string>(path: P) => (await server.call("GET", path, { token })).json;
    const version = await get(`/api/v2/templateversions/${template.active_version_id}`);
    expect(version).toMatchObject({ name: "v1", message: "the first", has_ai_task: true });
    expect(await get(`/api/v2/templateversions/${version.id}/presets`)).toMatchObject([
      { name: "Berlin", prebuilds: { instances: 1 } },
    ]);
    const stored = await fetch(`${server.url}/api/v2/files/${version.file_id}`, {
      headers: { "coder-session-token": token },
    });
    const tar = join(await temporaryFolder(), "stored.tar");
    await writeFile(tar, await stored.bytes());
    const { stdout } = await promisify(execFile)("tar", ["-tf", tar]);
    expect(stdout.trim().split("\n")).toEqual([
      ".terraform.lock.hcl",
      "belfry.json",
      "main.tf",
      "scripts/start.sh",
    ]);

    // The name in belfry.json wins over the folder's; the same files are stored once.
    await writeFile(join(folder, "belfry.json"), JSON.stringify({ ...manifest, name: "Docker" }));
    const second = await belfry(
      "templates",
      "push",
      folder,
      "--no-activate",
      "--message",
      "x",
      "--output",
      "json",
    );
    const pushed = JSON.parse(second.stdout) as { id: string; name: string };
    expect(pushed).toMatchObject({ message: "x", template_id: template.id });
    const activeVersion = async () => (await get(`/api/v2/templates/${template.id}`)).active_version_id;
    expect(await activeVersion()).toBe(version.id);
    expect(await belfry("templates", "push", folder, "--no-activate", "--version-name", "v3")).toEqual(
      said("Created version v3 of docker.\nActivate it: belfry templates activate Docker v3\n"),
    );
    expect(await countRows(server, "files")).toBe(2);
    expect(await belfry("templates", "activate", "docker", pushed.name)).toEqual(
      said(`Activated version ${pushed.name} of docker.\n`),
    );
    expect(await activeVersion()).toBe(pushed.id);
    expect(await belfry("templates", "push", folder, "--version-name", "v4")).toEqual(
      said("Created version v4 of docker, now active.\n"),
    );
    expect(await activeVersion()).not.toBe(pushed.id);

    expect(await belfry("templates", "deprecate", "docker", "Use podman.")).toEqual(
      said("Deprecated template docker.\n"),
    );
    const list = await belfry("templates", "list");
    expect(list.stdout).toMatch(
      /^NAME +ACTIVE VERSION +USERS +UPDATED +NOTE\ndocker +v4 +0 .* deprecated: Use podman\.\n$/,
    );
    expect(await belfry("templates", "deprecate", "docker", "")).toEqual(
      said("Template docker is no longer deprecated.\n"),
    );
    expect(await belfry("templates", "delete", "docker")).toEqual(said("Deleted template docker.\n"));
    expect(JSON.parse((await belfry("templates", "list", "--output", "json")).stdout)).toEqual([]);
  });

  test("an error names the path, and nothing is created", async () => {
    const { server, belfry } = await open();
    const bad = await folderOf("bad", {
      "main.tf": "",
      "belfry.json": JSON.stringify({
        presets: [{ name: "a", prebuilds: { instances: -1 } }, { name: "a" }],
      }),
    });
    const typo = await folderOf("typo", { "belfry.json": '{"preset": []}' });
    const linked = await folderOf("linked", { "main.tf": "" });
    await symlink("/etc/hostname", join(linked, "host.tf"));
    const empty = await folderOf("empty", { ".git/config": "" });
    const large = await folderOf("large", { "main.tf": "", "image.iso": "x".repeat(10_485_760) });
    const spaced = await folderOf("a b", { "main.tf": "" });
    const push = (folder: string) => belfry("templates", "push", folder);
    const answers = await Promise.all(
      [bad, typo, linked, empty, join(empty, "none"), large, spaced].map(push),
    );
    expect(answers.map(({ code }) => code)).toEqual([1, 1, 1, 1, 1, 1, 2]);
    const texts = answers.map(({ stderr }) => stderr);
    expect(texts[0]).toBe(
      `belfry: ${join(bad, "belfry.json")} has invalid fields:\n` +
        "  presets.0.prebuilds.instances: must be a whole number of at least 0, not -1\n" +
        '  presets.1.name: duplicate name "a"\n',
    );
    expect(texts[1]).toContain(`${join(typo, "belfry.json")}: preset: unknown field.`);
    expect(texts[1]).toContain('Did you mean "presets"?');
    expect(texts[2]).toContain(`${join(linked, "host.tf")}: is a symbolic link`);
    expect(texts[3]).toContain(`${empty}: no files`);
    expect(texts[4]).toContain(`${join(empty, "none")}: no such file or folder`);
    expect(texts[5]).toContain(join(large, "image.iso"));
    expect(texts[6]).toContain(`invalid template name "a b": must contain only letters, digits`);
    expect(await countRows(server, "template_versions")).toBe(0);
  });

  test("an unknown name is an error that suggests the nearest", async () => {
    const { belfry } = await open();
    const folder = await folderOf("docker", { "main.tf": "" });
    expect(await belfry("templates", "push", folder, "--version-name", "v1.0")).toMatchObject({ code: 0 });
    const [template, version, usage] = await Promise.all([
      belfry("templates", "delete", "dokcer"),
      belfry("templates", "activate", "docker", "v1.1"),
      belfry("templates", "deprecate", "docker"),
    ]);
    expect(template).toMatchObject({ code: 1, stderr: expect.stringContaining('Did you mean "docker"?') });
    expect(version).toMatchObject({ code: 1, stderr: expect.stringContaining("Versions of docker: v1.0") });
    expect(usage).toMatchObject({ code: 2 });
  });
});

test("belfry provisioner key prints a key that the server knows, and only that", async () => {
  const { server, belfry } = await open();
  const made = await belfry("provisioner", "key", "rack-1");
  expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\w{10}-\w{22}\n$/) });
  const file = await fetch(`${server.url}/api/v2/files/${"0".repeat(64)}`, {
    headers: { "coder-provisioner-daemon-key": made.stdout.trim() },
  });
  expect(file.status).toBe(404);
  expect(await belfry("provisioner", "key", "rack-1")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('"rack-1" is already taken'),
  });
});

test("belfry provisioner keys creates, lists and revokes keys", async () => {
  const { server, belfry } = await open();
  expect(await belfry("provisioner", "keys", "list")).toMatchObject({ code: 0, stdout: "" });
  const made = await belfry("provisioner", "keys", "create", "rack-1");
  expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\w{10}-\w{22}\n$/) });
  const headers = { "coder-provisioner-daemon-key": made.stdout.trim() };
  const use = () =>
    server.call("POST", "/api/v2/provisionerdaemons/jobs/acquire", {
      headers,
      json: { name: "rack", acquire_id: crypto.randomUUID() },
    });
  expect((await use()).status).toBe(204);
  await server.settled();
  const listed = await belfry("provisioner", "keys", "list");
  expect(listed.stdout).toMatch(/^NAME +CREATED BY +CREATED +LAST USED +FROM +JOBS\nrack-1 +ada /);
  const wrong = await belfry("provisioner", "keys", "delete", "rack-1", "rack-2");
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('Did you mean "rack-1"?') });
  expect((await use()).status).toBe(204);
  expect(await belfry("provisioner", "keys", "delete", "RACK-1")).toMatchObject({ code: 0 });
  expect((await use()).status).toBe(401);
});
