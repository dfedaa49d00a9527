// `npm run screenshots`: a picture of every page in every state, on a phone and on a desk, light and dark.
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: new URL("../..", import.meta.url).pathname,
  test: {
    include: ["test/screenshots/*.shots.ts"],
    testTimeout: 1_800_000,
    hookTimeout: 60_000,
    reporters: ["default", "./test/support/reporter.ts"],
    disableConsoleIntercept: true,
  },
});
