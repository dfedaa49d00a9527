// `npm run test:runtimes`: the conformance suite on every runtime. Deno has to be there already; Bun is tested if it is.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { deno, noDeno } from "./support/other-runtimes.ts";

const root = new URL("../", import.meta.url).pathname;
if (deno === undefined) {
  console.error(noDeno);
  process.exit(1);
}
const vitest = [join(root, "node_modules/vitest/vitest.mjs"), "run", "--config", "test/vitest.config.ts"];
const { status } = spawnSync(process.execPath, [...vitest, "--project", "load", "test/conformance/"], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, BELFRY_TEST_DENO: deno },
});
process.exit(status ?? 1);
