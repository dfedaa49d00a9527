// The periodic run of a process.
import { Cron } from "croner";
import type { Config } from "../config/config.ts";
import type { Deps } from "../kernel/deps.ts";
import { tick } from "../tick.ts";

/** Ticks now, then once each interval. */
export function startTicker(config: Config, deps: () => Deps): Cron {
  const { notifications, prebuilds } = config;
  const minIntervalMs = Math.min(notifications.fetchInterval, prebuilds.reconciliationInterval);
  const interval = Math.max(1, Math.round(minIntervalMs / 1_000));
  const { defer } = deps();
  defer(() => tick(deps()));
  // `protect`: ticks don't overlap; only deliveries can continue into the next one.
  return new Cron(
    "* * * * * *",
    { interval, protect: true, unref: true },
    () =>
      new Promise<void>((resolve) => defer(() => tick(deps(), { onStepsDone: resolve }).finally(resolve))),
  );
}
