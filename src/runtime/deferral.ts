// Work after the answer on Node: what was deferred, and the tick. A stop waits for both.
import { Cron } from "croner";
import type { Config } from "../config/config.ts";
import type { Deps } from "../kernel/deps.ts";
import type { Log } from "../kernel/log.ts";
import { tick } from "../tick.ts";

export interface Deferral {
  defer: Deps["defer"];
  /** Resolves when all that was deferred is done. */
  settled: () => Promise<void>;
}

export function createDeferral(log: Log): Deferral {
  const running = new Set<Promise<unknown>>();
  return {
    defer: (task) => {
      const job: Promise<unknown> = new Promise((resolve) => setImmediate(resolve))
        .then(task)
        .catch((error: unknown) => log.error("work after an answer failed", { reason: String(error) }))
        .finally(() => running.delete(job));
      running.add(job);
    },
    settled: async () => {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

/** A pass at once, then one each interval. */
export function startTicker(config: Config, deps: () => Deps): Cron {
  const { notifications, prebuilds } = config;
  const shortest = Math.min(notifications.fetchInterval, prebuilds.reconciliationInterval);
  const interval = Math.max(1, Math.round(shortest / 1_000));
  const { defer } = deps();
  defer(() => tick(deps()));
  // `protect`: a pass that is still running is not joined by another; its deliveries may still be on their way.
  return new Cron(
    "* * * * * *",
    { interval, protect: true, unref: true },
    () =>
      new Promise<void>((resolve) => defer(() => tick(deps(), { onStepsDone: resolve }).finally(resolve))),
  );
}
