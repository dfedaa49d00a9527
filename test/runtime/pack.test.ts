// The packed package, installed into an empty folder as people do it, and used: nothing of this repository is in reach
// there. npm has to reach its registry for the database's native part.
import { execFile } from "node:child_process";
import { chmod, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { loadMigrations } from "../../db/migrate.ts";
import { loadTemplateFiles } from "../../db/template-files.ts";
import { version } from "../../src/kernel/version.ts";
import { pack } from "../support/package.ts";
import { cleanEnvironment, run, startProgram, temporaryFolder } from "../support/program.ts";
import { startReceiver } from "../support/receiver.ts";
import { callServer, owner } from "../support/server.ts";

const noNetwork = process.env["BELFRY_TEST_NO_NETWORK"] === "1";
/** Bytes of everything under node_modules. */
const largest = 40_000_000;

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

test.skipIf(noNetwork)("one tarball holds all that a machine with Node needs", async () => {
  const folder = await temporaryFolder();
  const tarball = await pack(await temporaryFolder());
  await promisify(execFile)("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", tarball], {
    cwd: folder,
    env: cleanEnvironment({}),
  });
  expect(await sizeOf(join(folder, "node_modules"))).toBeLessThan(largest);
  const program = join(folder, "node_modules/.bin/belfry");

  const receiver = await startReceiver();
  const environment = {
    BELFRY_DATABASE_URL: `file:${join(folder, "data/belfry.db")}`,
    BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
    BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
    XDG_CACHE_HOME: join(folder, "cache"),
  };
  const server = await startProgram(environment, program);
  expect(server.started["migrations"]).toEqual(loadMigrations().map(({ name }) => name));
  await callServer(server.url, "POST", "/api/v2/users/first", { json: owner });
  const login = await callServer(server.url, "POST", "/api/v2/users/login", { json: owner });
  const token = login.json.session_token;

  const [sent, shown] = await Promise.all([
    run(["notifications", "custom", "Packed", "All of it"], {
      environment: { ...environment, BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: token },
      folder,
      program,
    }),
    run(["--version"], { environment, folder, program }),
  ]);
  expect(sent).toMatchObject({ code: 0 });
  expect(shown.stdout).toBe(`${version}\n`);
  const [arrival] = await receiver.wait(1);
  expect(arrival!.json).toMatchObject({ title: "Packed", body: "All of it" });

  const [templates, custom, style, page] = await Promise.all([
    callServer(server.url, "GET", "/api/v2/notifications/templates/system", { token }),
    callServer(server.url, "GET", "/api/v2/notifications/templates/custom", { token }),
    callServer(server.url, "GET", "/assets/belfry.css"),
    callServer(server.url, "GET", "/inbox", { headers: { cookie: `coder_session_token=${token}` } }),
  ]);
  expect(templates.json.length + custom.json.length).toBe(loadTemplateFiles().length);
  expect([style.status, page.status]).toEqual([200, 200]);
  expect(page.text).toContain("Packed");

  if (process.getuid?.() === 0) await chmod(folder, 0o755);
  else console.log("not root: that it runs for a user without a home was not tried");
  const nobody = { uid: process.getuid?.() === 0 ? 54_321 : process.getuid!(), cwd: "/", env: {} };
  const asNobody = await promisify(execFile)(process.execPath, [program, "admin", "doctor"], nobody).catch(
    (error: { stdout: string }) => error,
  );
  expect(asNobody.stdout).toContain("/data/belfry.db does not exist.");

  const access = { ...environment, BELFRY_ACCESS_URL: server.url };
  const doctor = await run(["admin", "doctor"], { environment: access, folder, program });
  expect(doctor.stdout.replaceAll(/ +/g, " ")).toContain(`ok server ${server.url} is ready`);
  expect(doctor.code).toBe(0);
  expect(await server.kill("SIGTERM")).toMatchObject({ code: 0 });
});
