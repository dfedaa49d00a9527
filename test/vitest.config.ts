// The suite. `npm test` runs `rules` (test/coverage.ts), `unit` and `lost`, on Node: HTTP tests with the first answer of every
// write lost, so that it is sent again, which includes that it works as it is. `npm run test:adapters` runs the rest: HTTP
// tests plainly; those of the writes with the most guards with every write sent twice in a row; the other runtimes, workerd
// and Chromium; and what takes long: load, faults, deployments. `npm run test:fast -- FILE` runs one file, plainly.
import { defineConfig } from "vitest/config";

/** What needs neither a server nor a database; `npm run coverage` counts what these reach. */
const rules = ["test/**/rules/**/*.test.ts"];
const http = ["test/http/**/*.test.ts"];
/** The other runtime: the Worker in workerd, with a libSQL server. */
const worker = ["test/runtime/worker.test.ts", "test/conformance/worker.test.ts"];
/** Pages in Chromium. */
const browser = ["test/pages/browser*.test.ts"];
/**
 * Several processes, thousands of requests, databases and processes that are cut off, whole deployments: minutes of work that
 * `npm test` has no time for.
 */
const load = [
  ...worker,
  "test/accounts/stolen-database.test.ts",
  "test/api/fuzz.test.ts",
  "test/conformance/server.test.ts",
  "test/db/database-{away,faults}.test.ts",
  ...browser,
  "test/prebuilds/{claims-load,faults}.test.ts",
  "test/provisioner/provisioner{,-server}.test.ts",
  "test/runtime/{bundled,demo,faults,instances,pack,placed-faults,refused-cost,whole-way}.test.ts",
  "test/workspaces/jobs-load.test.ts",
];
const guarded =
  "*meanwhile,delivery,task-notifications,provisioner-jobs,provisioner-keys,prebuilds*,passcodes,drift,manual-update,build-endings,agents,questions,idempotency,inbox*";
/** What compares times, of the other runtime too; it runs after everything else. */
const alone = ["test/kernel/linear-time.test.ts", "test/runtime/worker-start.test.ts"];
// Most tests wait for sockets and processes: twice as many workers as there are cores keep two cores busy.
const common = {
  testTimeout: 90_000,
  hookTimeout: 90_000,
  pool: "forks" as const,
  isolate: false,
  // Node itself runs the sources, as in production: nothing is transformed, and what is compiled is kept.
  experimental: { viteModuleRunner: false },
  execArgv: ["--import", new URL("./support/module-cache.js", import.meta.url).href],
  // Vitest's own is one second: a busy machine's event may take longer.
  expect: { poll: { timeout: 30_000 } },
  maxWorkers: 4,
};

export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  test: {
    ...common,
    reporters: ["default", "./test/support/reporter.ts"],
    projects: [
      {
        test: {
          ...common,
          name: "rules",
          include: rules,
          setupFiles: process.argv.includes("--coverage") ? ["test/support/seed.ts"] : [],
        },
      },
      {
        test: {
          ...common,
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...rules, ...http, ...load, ...alone],
        },
      },
      { test: { ...common, name: "alone", include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } } },
      { test: { ...common, name: "load", include: load, testTimeout: 300_000 } },
      { test: { ...common, name: "http", include: http } },
      {
        test: {
          ...common,
          name: "twice",
          include: [`test/http/{${guarded}}.test.ts`],
          env: { BELFRY_TEST_ADAPTER: "twice" },
        },
      },
      { test: { ...common, name: "lost", include: http, env: { BELFRY_TEST_ADAPTER: "lost" } } },
    ],
  },
});
