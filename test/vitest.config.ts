// The suite. `npm test` runs `rules` (test/coverage.ts) and `quick`, on Node: `unit`, and HTTP tests with the first answer of
// every write lost, so that it is sent again, which includes that it works as it is. `npm run test:adapters` runs `twice`, which
// sends every write twice in a row in the tests of those with the most guards, then `slow`: the other HTTP tests plainly, and
// `load`; then `alone`. `npm run test:fast -- FILE` runs one file, plainly.
import { defineConfig } from "vitest/config";
import LongFirst from "./support/sequencer.ts";

/** What needs neither a server nor a database; `npm run coverage` counts what these reach. */
const rules = ["test/**/rules/**/*.test.ts"];
const http = ["test/http/**/*.test.ts"];
/** Of those, the ones that `npm test` has no time for: tables of everything, models, waits. */
const longHttp = [
  "test/http/{accounts-limits,agent-sessions-model,coder-workspaces,declared-errors,prebuilds-claim,receivers,slow-readers,sources-many,task-notifications}.test.ts",
];
/** The other runtime: the Worker in workerd, with a libSQL server. */
const worker = ["test/runtime/worker{,-delivery}.test.ts"];
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
  "test/cli/{admin,program,run,workspaces}.test.ts",
  "test/cli/hooks/hook.test.ts",
  "test/conformance/*.test.ts",
  "test/db/{database-{away,faults,limits},migrations,move}.test.ts",
  ...browser,
  "test/mcp/mcp.test.ts",
  "test/notifications/{hub,receivers-soak,situations,situations-cut}.test.ts",
  "test/prebuilds/{claims-load,drift-cost,drift-real,faults}.test.ts",
  "test/agent-sessions/questions-{cut,load,model}.test.ts",
  "test/provisioner/provisioner{,-server}.test.ts",
  "test/runtime/{bundled,demo,faults,flat-reads,inbox-cost,instances,metrics,namespaces,overload,pack,placed-faults,refused-cost,replica,whole-way,write-cost}.test.ts",
  "test/workspaces/{jobs-load,retention,template-cost}.test.ts",
];
const guarded = [
  "test/http/{*meanwhile,escalations,delivery,task-notifications,provisioner-jobs,provisioner-keys,prebuilds*,passcodes,drift,manual-update,build-endings,agents,agent-sessions*,questions,idempotency,inbox*,own-chats,receivers*,sources*}.test.ts",
];
/** Of which `npm test` runs a part. */
const partly = ["test/accounts/who-may.test.ts"];
/** What compares times, of the other runtime too; it runs after everything else. */
const alone = ["test/kernel/linear-time.test.ts", "test/runtime/worker-start.test.ts"];
const unit = { include: ["test/**/*.test.ts"], exclude: [...rules, ...http, ...load, ...alone] };
const lost = { BELFRY_TEST_ADAPTER: "lost" };
// Some tests wait for sockets and processes: three workers keep two cores busy. Each further one costs as much processor time
// as twenty files, until it has read and compiled the sources and run them often enough to be fast. A worker is of one project,
// which is why there are projects of two kinds of test.
const common = {
  // For what hangs. A busy machine may give a test of ten seconds a twentieth of a core.
  testTimeout: 300_000,
  hookTimeout: 300_000,
  pool: "forks" as const,
  isolate: false,
  // Node itself runs the sources, as in production: nothing is transformed, and what is compiled is kept.
  // It has no mocks to look for, either.
  experimental: { viteModuleRunner: false, nodeLoader: false },
  execArgv: ["--import", new URL("./support/module-cache.js", import.meta.url).href],
  // Vitest's own is one second: a busy machine's event may take longer.
  expect: { poll: { timeout: 30_000 } },
  maxWorkers: 3,
};

export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  test: {
    ...common,
    reporters: ["default", "./test/support/reporter.ts"],
    sequence: { sequencer: LongFirst },
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
          name: "quick",
          include: unit.include,
          exclude: [...rules, ...longHttp, ...load, ...alone],
          env: lost,
        },
      },
      {
        test: {
          ...common,
          name: "slow",
          include: [...http, ...load, ...partly],
          exclude: [...rules, ...guarded],
        },
      },
      { test: { ...common, name: "unit", ...unit } },
      { test: { ...common, name: "alone", include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } } },
      { test: { ...common, name: "load", include: load } },
      { test: { ...common, name: "http", include: http, exclude: rules } },
      {
        test: {
          ...common,
          name: "twice",
          include: guarded,
          env: { BELFRY_TEST_ADAPTER: "twice" },
        },
      },
      { test: { ...common, name: "lost", include: http, exclude: rules, env: lost } },
    ],
  },
});
