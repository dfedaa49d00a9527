// A pass over the pools as soon as the answer is out, for what has changed what they are to hold or have. What a nudge
// misses, the tick finds.
import { createCoalescer } from "../../kernel/coalescer.ts";
import type { Deps } from "../../kernel/deps.ts";
import type { PoolNudges } from "../../kernel/ports.ts";
import { reconcile } from "./reconcile.ts";

/** No pass begins once `stopping` is aborted. `gather` is awaited before each: what arrives meanwhile is served by it. */
export function createPoolNudges(
  own: () => Deps,
  stopping: AbortSignal,
  gather: () => Promise<void>,
): PoolNudges {
  const passes = createCoalescer<null>({
    run: async () => void (await reconcile(own(), { wished: true })),
    onError: (error) => own().log.error("work after an answer failed", { reason: String(error) }),
    gather,
    signal: stopping,
  });
  return {
    wish: () => {
      const served = passes.add(null);
      own().defer(() => served);
    },
  };
}

export function nudgePools(deps: Deps): void {
  if (deps.process.pools === null) deps.defer(() => reconcile(deps, { wished: true }));
  else deps.process.pools.wish();
}
