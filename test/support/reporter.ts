// The suite's last lines: what ran, and what was skipped and why nobody should overlook it.
import type { Reporter, TestModule } from "vitest/node";

export default class Closing implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const skipped: string[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const state = test.result().state;
        if (state === "passed" || state === "failed") counts[state] += 1;
        else {
          counts.skipped += 1;
          skipped.push(test.fullName);
        }
      }
      if (module.state() === "failed" && [...module.children.allTests("failed")].length === 0)
        counts.failed += 1;
    }
    for (const name of skipped) console.log(`skipped: ${name}`);
    console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  }
}
