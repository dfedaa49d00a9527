// The suite. HTTP tests run three times: as it is, with every write sent twice, and with first answers lost.
import { defineConfig } from "vitest/config";

const http = ["test/http/**/*.test.ts"];
// Most tests wait for sockets and processes: one worker more than there are cores keeps two cores busy.
const common = {
  testTimeout: 90_000,
  hookTimeout: 90_000,
  pool: "forks" as const,
  isolate: false,
  maxWorkers: 3,
};

export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  test: {
    ...common,
    reporters: ["default", "./test/support/reporter.ts"],
    projects: [
      { test: { ...common, name: "unit", include: ["test/**/*.test.ts"], exclude: http } },
      { test: { ...common, name: "http", include: http } },
      { test: { ...common, name: "twice", include: http, env: { BELFRY_TEST_ADAPTER: "twice" } } },
      { test: { ...common, name: "lost", include: http, env: { BELFRY_TEST_ADAPTER: "lost" } } },
    ],
  },
});
