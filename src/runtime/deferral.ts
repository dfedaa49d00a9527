// Work after responses, in a process that lives on.
import type { Deps } from "../kernel/deps.ts";
import type { Log } from "../kernel/log.ts";

export interface Deferral {
  defer: Deps["defer"];
  /** Resolves when all deferred work is done. */
  settled: () => Promise<void>;
}

export function createDeferral(log: Log): Deferral {
  const running = new Set<Promise<unknown>>();
  return {
    defer: (task) => {
      const job: Promise<unknown> = new Promise((resolve) => setImmediate(resolve))
        .then(task)
        .catch((error: unknown) => log.error("background work failed", { reason: String(error) }))
        .finally(() => running.delete(job));
      running.add(job);
    },
    settled: async () => {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
