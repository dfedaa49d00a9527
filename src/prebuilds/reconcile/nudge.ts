// A pass over the pools as soon as the answer is out, for what has changed what they are to hold or have. What a nudge
// misses, the tick finds.
import { createCoalescer } from "../../kernel/coalescer.ts";
import type { Deps } from "../../kernel/deps.ts";
import { reconcile } from "./reconcile.ts";

/** Wishes that come while a pass is being made are one more pass. */
export interface PoolNudges {
  wish: (deps: Deps) => void;
}

/** No pass begins once `stopping` is aborted. `gather` is awaited before each: what arrives meanwhile is served by it. */
export function createPoolNudges(stopping: AbortSignal, gather: () => Promise<void>): PoolNudges {
  const passes = createCoalescer<Deps>({
    run: async ([deps]) => void (await reconcile(deps!, { wished: true })),
    onError: (error, [deps]) => deps!.log.error("work after an answer failed", { reason: String(error) }),
    gather,
    signal: stopping,
  });
  return {
    wish: (deps) => {
      const served = passes.add(deps);
      deps.defer(() => served);
    },
  };
}

export function nudgePools(deps: Deps): void {
  if (deps.process.pools === null) deps.defer(() => reconcile(deps, { wished: true }));
  else deps.process.pools.wish(deps);
}
