// Work after responses, in a process that lives on, and how long its stop waits.
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

/** For requests and deliveries. */
const stopTimeoutMs = 10_000;

/** Resolves with the work, or once a stop has waited long enough. */
export async function untilStopped(work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise((resolve) => {
    timer = setTimeout(resolve, stopTimeoutMs);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
