// A pass over the pools as soon as the answer is out, for what has changed what they are to hold or have. What a nudge
// misses, the tick finds.
import type { Deps } from "../../kernel/deps.ts";
import { reconcile } from "./reconcile.ts";

/** Wishes that come while a pass is being made are one more pass. */
export interface PoolNudges {
  wish: (deps: Deps) => void;
}

export function createPoolNudges(): PoolNudges {
  let isWished = false;
  let isRunning = false;
  async function drain(deps: Deps): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    try {
      while (isWished && !deps.process.stopping.aborted) {
        isWished = false;
        await reconcile(deps, { wished: true });
      }
    } finally {
      isRunning = false;
    }
  }
  return {
    wish: (deps) => {
      if (!isWished) deps.defer(() => drain(deps));
      isWished = true;
    },
  };
}

export function nudgePools(deps: Deps): void {
  if (deps.process.pools === null) deps.defer(() => reconcile(deps, { wished: true }));
  else deps.process.pools.wish(deps);
}
