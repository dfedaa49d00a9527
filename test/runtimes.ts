// `npm run test:runtimes`: the conformance suite on every runtime, Deno included, which has to be there already.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const root = new URL("../", import.meta.url).pathname;
const candidates = [
  process.env["BELFRY_TEST_DENO"],
  join(root, "node_modules/@deno/linux-x64-glibc/deno"),
  ...(process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "deno")),
];
const deno = candidates.find((file) => file !== undefined && existsSync(file));
if (deno === undefined) {
  console.error(
    "There is no deno here. Install it (https://docs.deno.com/runtime/), or: npm install --no-save @deno/linux-x64-glibc",
  );
  process.exit(1);
}
const vitest = [join(root, "node_modules/vitest/vitest.mjs"), "run", "--config", "test/vitest.config.ts"];
const { status } = spawnSync(process.execPath, [...vitest, "--project", "unit", "test/conformance/"], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, BELFRY_TEST_DENO: deno },
});
process.exit(status ?? 1);
