// Where other runtimes are, if they are: BELFRY_TEST_DENO and BELFRY_TEST_BUN, npm's packages, or PATH.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

const find = (name: string, variable: string, packaged: string): string | undefined =>
  [
    process.env[variable],
    join(root, "node_modules", packaged),
    ...(process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name)),
  ].find((file) => file !== undefined && existsSync(file));

export const deno = find("deno", "BELFRY_TEST_DENO", "@deno/linux-x64-glibc/deno");
export const bun = find("bun", "BELFRY_TEST_BUN", "@oven/bun-linux-x64/bin/bun");

export const noDeno =
  "There is no deno here. Install it (https://docs.deno.com/runtime/), or: npm install --no-save @deno/linux-x64-glibc";
export const noBun =
  "There is no bun here. Install it (https://bun.sh), or: npm install --no-save @oven/bun-linux-x64";

const common = ["run", "--no-prompt", "--node-modules-dir=manual"];

/** As the documentation has them: the smallest that do, here with receivers on this machine. */
export const denoWithServerFlags = [
  ...common,
  "--allow-env=BELFRY_*,UNDICI_*",
  "--allow-read=public",
  "--allow-net=127.0.0.1,localhost",
];

/** `folder`: of the database. */
export const denoWithFileFlags = (folder: string): string[] => [
  ...common,
  "--allow-env",
  "--allow-sys",
  "--allow-ffi=node_modules",
  `--allow-read=public,db,node_modules,${folder}`,
  `--allow-write=${folder}`,
  "--allow-net=127.0.0.1,localhost",
];
