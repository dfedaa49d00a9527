// The state of pools for people and for Prometheus, by Coder's metric names: read from the database on each request, so it
// is the same on every instance and after a restart.
import type { Answers } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { plan, type Plan } from "./rules/plan.ts";
import { failureStreak, type PoolState, poolStates } from "./rules/pool-state.ts";
import type { FailedBuild } from "./rules/snapshot.ts";
import { readInRanges } from "./ranges.ts";
import {
  decideAnswers,
  isComplete,
  isPaused,
  joinParts,
  policyOf,
  snapshotReads,
  toSnapshot,
  type SnapshotAnswers,
} from "./snapshot.ts";
import { getLatestFailures } from "./store/failures.ts";
import { alwaysSql } from "./store/lease.ts";
import type { Family, Sample } from "../../kernel/rules/metrics.ts";
import { getPrebuildMetrics, type TotalsRow } from "./store/pools.ts";
import { allPresets, type PresetScope } from "./store/presets.ts";

/** Minimum number of builds of each pool whose failures are shown. */
const minShown = 5;

const shownCount = (deps: Deps) => Math.max(minShown, deps.config.prebuilds.failureHardLimit);

export const poolReads = (deps: Deps, scope = allPresets) => ({
  ...snapshotReads(deps, alwaysSql, scope),
  latestFailures: getLatestFailures(shownCount(deps), true, alwaysSql, scope),
});
type PoolAnswers = Answers<ReturnType<typeof poolReads>>;

/** `use` of the answers about all pools; if there were too many, of each part that is read instead. */
async function ofParts<A extends SnapshotAnswers, T>(
  deps: Deps,
  answers: A,
  read: (scope: PresetScope) => Promise<A>,
  use: (answers: A) => T,
): Promise<T[]> {
  if (isComplete(answers)) return [use(answers)];
  return (await readInRanges(deps, alwaysSql, async (scope) => use(await read(scope))))!;
}

export interface PoolReport extends PoolState {
  /** Consecutive failed builds, at most the number shown. */
  streak: number;
  latestFailures: FailedBuild[];
}

export interface PoolsReport {
  paused: boolean;
  plan: Plan;
  pools: PoolReport[];
}

export async function poolsReport(deps: Deps, given: PoolAnswers): Promise<PoolsReport> {
  const parts = await ofParts(
    deps,
    given,
    (scope) => deps.db.read(poolReads(deps, scope)),
    (answers) => ({ ...decideAnswers(deps, answers), failures: answers.latestFailures }),
  );
  const { decisions, pending, isPaused: paused } = joinParts(parts);
  const decided = plan(decisions, pending, policyOf(deps));
  const failures = Map.groupBy(
    parts.flatMap((part) => part.failures),
    ({ presetId }) => presetId,
  );
  return {
    paused,
    plan: decided,
    pools: decided.states.map((state) => {
      const latestFailures = failures.get(state.pool.presetId) ?? [];
      return { ...state, latestFailures, streak: failureStreak(latestFailures) };
    }),
  };
}

export const poolMetricReads = (deps: Deps) => ({
  ...snapshotReads(deps, alwaysSql),
  poolTotals: getPrebuildMetrics(),
});

/** `answers` are those of `poolMetricReads`. */
export async function poolFamilies(
  deps: Deps,
  answers: Answers<ReturnType<typeof poolMetricReads>>,
): Promise<Family[]> {
  const now = deps.now();
  const parts = await ofParts<SnapshotAnswers, PoolState[]>(
    deps,
    answers,
    (scope) => deps.db.read(snapshotReads(deps, alwaysSql, scope)),
    (part) => poolStates(toSnapshot(part), now, policyOf(deps)),
  );
  // Pools of deprecated templates are shown; those of former versions and deleted templates are not.
  const states = parts.flat().filter(({ pool }) => pool.usesActiveVersion && !pool.isDeleted);
  return [
    total("coderd_prebuilt_workspaces_created_total", "Prebuilt workspaces created.", answers, "created"),
    total(
      "coderd_prebuilt_workspaces_failed_total",
      "Prebuilt workspaces whose build failed.",
      answers,
      "failed",
    ),
    total("coderd_prebuilt_workspaces_claimed_total", "Prebuilt workspaces claimed.", answers, "claimed"),
    gauge(
      "coderd_prebuilt_workspaces_desired",
      "Desired prebuilt workspaces of the pool at this time.",
      states,
      (state) => state.desired,
    ),
    gauge(
      "coderd_prebuilt_workspaces_running",
      "Running prebuilt workspaces of the pool, including expired ones.",
      states,
      ({ running, expired }) => running.length + expired.length,
    ),
    gauge(
      "coderd_prebuilt_workspaces_eligible",
      "Prebuilt workspaces of the pool that can be claimed.",
      states,
      ({ eligible }) => eligible.length,
    ),
    gauge(
      "coderd_prebuilt_workspaces_preset_hard_limited",
      "1 while the pool is at its hard limit after consecutive failed builds; absent otherwise.",
      states.filter(({ isAtLimit }) => isAtLimit),
      () => 1,
    ),
    {
      name: "coderd_prebuilt_workspaces_metrics_last_updated",
      type: "gauge",
      help: "Unix time in seconds at which the state was read: that of the scrape.",
      samples: [{ labels: {}, value: Math.floor(now / 1_000) }],
    },
    {
      name: "coderd_prebuilt_workspaces_reconciliation_paused",
      type: "gauge",
      help: "1 while reconciliation is paused, else 0.",
      samples: [{ labels: {}, value: isPaused(answers.prebuildSettings) ? 1 : 0 }],
    },
  ];
}

const total = (
  name: string,
  help: string,
  { poolTotals }: { poolTotals: TotalsRow[] },
  column: "created" | "failed" | "claimed",
): Family => ({
  name,
  type: "counter",
  help,
  samples: poolTotals.map((row) => ({ labels: poolLabels(row), value: row[column] })),
});

const gauge = (
  name: string,
  help: string,
  states: readonly PoolState[],
  valueOf: (state: PoolState) => number,
): Family => ({
  name,
  type: "gauge",
  help,
  samples: states.map((state): Sample => ({ labels: poolLabels(state.pool), value: valueOf(state) })),
});

const poolLabels = (one: { templateName: string; presetName: string; organizationName: string }) => ({
  template_name: one.templateName,
  preset_name: one.presetName,
  organization_name: one.organizationName,
});
