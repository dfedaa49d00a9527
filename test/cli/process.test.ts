// The packed program as a process: exit codes, pipes, relative paths. What commands do is tested without one.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { version } from "../../src/client.ts";
import { cleanEnvironment, packedLauncher, run, temporaryFolder } from "../support/program.ts";

test("data is on standard output, messages are on standard error, and the exit code says how it went", async () => {
  const environment = { BELFRY_CONFIG_DIR: await temporaryFolder() };
  const plan = JSON.stringify({ format_version: "1.2", planned_values: {} });
  const [shown, root, typo, signedOut, piped] = await Promise.all([
    run(["--version"], { environment }),
    run([], { environment }),
    run(["notifications", "cutsom"], { environment }),
    run(["whoami"], { environment }),
    run(["drift", "-"], { environment, input: plan }),
  ]);
  expect(shown).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  expect(root).toMatchObject({ code: 0, stdout: expect.stringContaining("not signed in"), stderr: "" });
  expect(typo).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(/^belfry: /) });
  expect(signedOut).toMatchObject({ code: 3, stdout: "", stderr: expect.stringContaining("belfry login") });
  expect(piped).toEqual({ code: 0, stdout: "", stderr: "No resources would be replaced.\n" });
  for (const { stdout, stderr } of [root, typo]) expect(stdout + stderr).not.toContain("\u001B");
});

test("a reader that closes the pipe is no failure", async () => {
  const file = join(await temporaryFolder(), "plan.json");
  const address = "docker_container.dev";
  const change = { actions: ["delete", "create"], replace_paths: [["env"]] };
  // More than a pipe holds.
  const changes = Array.from({ length: 20_000 }, (_, at) => ({ address: `${address}[${at}]`, change }));
  await writeFile(
    file,
    JSON.stringify({ format_version: "1.2", planned_values: {}, resource_changes: changes }),
  );
  const child = spawn(process.execPath, [await packedLauncher(), "drift", file], {
    env: cleanEnvironment({}),
  });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.once("data", () => child.stdout.destroy());
  const [code] = (await once(child, "close")) as [number | null];
  expect([code, stderr]).toEqual([0, ""]);
});

test("relative paths begin in the working directory, and a command that only looks creates nothing", async () => {
  const folder = await temporaryFolder();
  const environment = { BELFRY_DATABASE_URL: "file:./data/belfry.db" };
  const none = await run(["admin", "reset-password", "a@example.com"], { folder, environment });
  expect(none.code).toBe(1);
  expect(none.stderr).toContain(`There is no database at ${join(folder, "data/belfry.db")}.`);
  expect(await readdir(folder)).toEqual([]);
});
