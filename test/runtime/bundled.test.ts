// `npm start`: the server runs from a bundle of the sources as they are, or from the sources.
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cleanEnvironment, startCommand, temporaryFolder } from "../support/program.ts";
import { callServer } from "../support/server.ts";

const root = new URL("../../", import.meta.url).pathname;

/** A copy of the sources, beside links to the packages. */
async function copySources(): Promise<string> {
  const folder = await temporaryFolder();
  const packages = join(folder, "node_modules");
  await mkdir(packages);
  const parts = ["src", "db", "public", "package.json", "package-lock.json", "tsconfig.json"];
  await Promise.all(parts.map((part) => cp(join(root, part), join(folder, part), { recursive: true })));
  const names = (await readdir(join(root, "node_modules"))).filter((name) => !name.startsWith("."));
  await Promise.all(
    names.map((name) => symlink(join(root, "node_modules", name), join(packages, name), "junction")),
  );
  return folder;
}

const start = (folder: string, ...flags: string[]) =>
  startCommand([process.execPath, join(folder, "src/launch.js"), ...flags, "serve"], {
    ...cleanEnvironment({}),
    BELFRY_DATABASE_URL: `file:${join(folder, "data/belfry.db")}`,
    BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
  });

const bundlesOf = (folder: string) => readdir(join(folder, "node_modules/.cache/bundles"));

test("a changed source is bundled again, and traces name the sources", async () => {
  const folder = await copySources();
  const version = join(folder, "src/kernel/version.ts");
  await writeFile(
    version,
    "\n\nthrow new Error('broken');\nexport const version = '', versionForCoder = '';\n",
  );
  await expect(start(folder)).rejects.toThrow(/src\/kernel\/version\.ts:3\b/);
  expect(await bundlesOf(folder)).toHaveLength(1);

  await writeFile(version, "export const version = 'v9.8.7', versionForCoder = version;\n");
  const server = await start(folder);
  const build = await callServer(server.url, "GET", "/api/v2/buildinfo");
  expect(JSON.stringify(build.json)).toContain("v9.8.7");
  const bundles = await bundlesOf(folder);
  expect(bundles).toHaveLength(2);
  expect(bundles.filter((name) => name.includes("."))).toEqual([]);
});

test("without esbuild, and for development, the sources run as they are", async () => {
  const folder = await copySources();
  const developed = await start(folder, "--unbundled");
  await developed.kill("SIGTERM");
  await rm(join(folder, "node_modules/esbuild"));
  const server = await start(folder);
  expect((await callServer(server.url, "GET", "/assets/belfry.css")).status).toBe(200);
  expect(existsSync(join(folder, "node_modules/.cache/bundles"))).toBe(false);
});

test("the memory that only a start needs is not kept", async () => {
  const reportOnExit = `import v8 from "node:v8";
    process.on("exit", () => {
      const spaces = v8.getHeapSpaceStatistics();
      console.error("young: " + spaces.find(({ space_name: name }) => name === "new_space").space_size);
    });`;
  const server = await startCommand([process.execPath, join(root, "src/launch.js"), "serve"], {
    ...cleanEnvironment({}),
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(reportOnExit)}`,
    BELFRY_DATABASE_URL: `file:${join(await temporaryFolder(), "belfry.db")}`,
    BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
  });
  await server.kill("SIGTERM");
  const [, bytes] = /young: (\d+)/.exec(server.stderr())!;
  // Node's default is to let it grow to 32 MB, which a start does.
  expect(Number(bytes)).toBeLessThanOrEqual(16 * 2 ** 20);
});
