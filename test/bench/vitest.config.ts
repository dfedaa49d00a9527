// Benches that need the helpers of tests: `npm run bench:reads`, `bench:workers` and `bench:price`. Each writes a table into this folder.
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: new URL("../..", import.meta.url).pathname,
  test: {
    include: ["test/bench/*.bench.ts"],
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
    maxWorkers: 1,
    isolate: false,
    pool: "forks",
    experimental: { viteModuleRunner: false, nodeLoader: false },
    execArgv: ["--import", new URL("../support/module-cache.js", import.meta.url).href],
  },
});
