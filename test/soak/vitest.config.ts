// `npm run test:soak`: what takes minutes. MESSAGES and SEED change what it does.
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: new URL("../..", import.meta.url).pathname,
  test: {
    include: ["test/soak/**/*.soak.ts"],
    testTimeout: 3_600_000,
    hookTimeout: 60_000,
    reporters: ["default", "./test/support/reporter.ts"],
    disableConsoleIntercept: true,
  },
});
