// One pass of everything periodic. Safe to run twice, at the same time, on two machines; each part stands alone.
import { noteKey } from "./accounts/key-check.ts";
import { purgeAccounts } from "./accounts/purge.ts";
import type { Deps } from "./deps.ts";
import { dispatch, type DispatchReport } from "./notifications/dispatch.ts";
import { purgeNotifications } from "./notifications/purge.ts";
import { noteTick } from "./notifications/store/settings.ts";
import { expireLeases } from "./workspaces/expire-leases.ts";

export interface TickReport {
  dispatch: DispatchReport | null;
  /** Leases of jobs that ran out. */
  lapsed: number | null;
  purged: boolean;
}

/** `until`: epoch milliseconds after which nothing new is begun. */
export async function tick(deps: Deps, options: { until?: number } = {}): Promise<TickReport> {
  // First, because it asks when the pass before was.
  const lapsed = await part(deps, "leases", () => expireLeases(deps));
  const dispatched = await part(deps, "dispatch", () => dispatch(deps, options));
  const purged = await part(deps, "purge", async () => {
    const notes = [noteTick(deps.now()), ...noteKey(deps)];
    await deps.db.write([...purgeNotifications(deps), ...purgeAccounts(deps), ...notes], {});
    return true;
  });
  return { dispatch: dispatched, lapsed, purged: purged ?? false };
}

async function part<T>(deps: Deps, name: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    deps.log.error("a part of the tick failed", {
      part: name,
      reason: error instanceof Error ? error.message : String(error),
    });
    return null;
  }
}
