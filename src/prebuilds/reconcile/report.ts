// The pools as they are, and what a pass would do about them: for whoever looks. The API, the page and metrics read it.
import type { Answers } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { plan, type Plan } from "./rules/plan.ts";
import { streakOf } from "./rules/streak.ts";
import type { PoolState } from "./rules/pool-state.ts";
import type { FailedBuild } from "./rules/snapshot.ts";
import { isPaused, policyOf, snapshotReads, toSnapshot } from "./snapshot.ts";
import { getLatestFailures } from "./store/failures.ts";
import { always } from "./store/lease.ts";

/** Builds of each pool that are looked at for failures, at least. */
const fewestShown = 5;

const shown = (deps: Deps) => Math.max(fewestShown, deps.config.prebuilds.failureHardLimit);

export const poolReads = (deps: Deps) => ({
  ...snapshotReads(deps, always),
  latestFailures: getLatestFailures(shown(deps), true, always),
});

export interface PoolReport extends PoolState {
  /** Failed builds in a row, the newest first; not more than are looked at. */
  streak: number;
  latestFailures: FailedBuild[];
}

export interface PoolsReport {
  paused: boolean;
  plan: Plan;
  pools: PoolReport[];
}

export function poolsReport(deps: Deps, answers: Answers<ReturnType<typeof poolReads>>): PoolsReport {
  const decided = plan(toSnapshot(answers), deps.now(), policyOf(deps));
  const failures = Map.groupBy(answers.latestFailures, ({ presetId }) => presetId);
  return {
    paused: isPaused(answers.prebuildSettings),
    plan: decided,
    pools: decided.states.map((state) => {
      const latestFailures = failures.get(state.pool.presetId) ?? [];
      return { ...state, latestFailures, streak: streakOf(latestFailures) };
    }),
  };
}
