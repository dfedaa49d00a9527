// What the pools show of themselves, by Coder's names. All of it is read from the database when it is asked for, so it is
// the same on every instance and over restarts. The metrics route reads and shows it.
import type { Answers } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import type { Family, Sample } from "../../kernel/rules/exposition.ts";
import { samplesOf, type CounterRow } from "../../kernel/rules/exposition.ts";
import { durationFamilies } from "../claim/rules/durations.ts";
import { replacementsTotal } from "../drift/rules/drift-event.ts";
import { poolStates, type PoolState } from "./rules/pool-state.ts";
import { isPaused, policyOf, snapshotReads, toSnapshot } from "./snapshot.ts";
import { always } from "./store/lease.ts";
import { getPrebuildMetrics, type TotalsRow } from "./store/totals.ts";

export const poolMetricReads = (deps: Deps) => ({
  ...snapshotReads(deps, always),
  poolTotals: getPrebuildMetrics(),
});

/** `answers` is what `poolMetricReads` gave. */
export function poolFamilies(deps: Deps, answers: Answers<ReturnType<typeof poolMetricReads>>): Family[] {
  const now = deps.now();
  // A deprecated template's pools want nothing and are shown; those of former versions and deleted templates are not.
  const states = poolStates(toSnapshot(answers), now, policyOf(deps)).filter(
    ({ pool }) => pool.usesActiveVersion && !pool.isDeleted,
  );
  return [
    total("coderd_prebuilt_workspaces_created_total", "Workspaces made for a pool.", answers, "created"),
    total(
      "coderd_prebuilt_workspaces_failed_total",
      "Workspaces made for a pool whose build failed.",
      answers,
      "failed",
    ),
    total(
      "coderd_prebuilt_workspaces_claimed_total",
      "Workspaces of a pool that somebody claimed.",
      answers,
      "claimed",
    ),
    gauge(
      "coderd_prebuilt_workspaces_desired",
      "Workspaces that the pool is to hold now.",
      states,
      (state) => state.desired,
    ),
    gauge(
      "coderd_prebuilt_workspaces_running",
      "Workspaces of the pool that run, expired ones too.",
      states,
      ({ running, expired }) => running.length + expired.length,
    ),
    gauge(
      "coderd_prebuilt_workspaces_eligible",
      "Workspaces of the pool that can be claimed now.",
      states,
      ({ eligible }) => eligible.length,
    ),
    gauge(
      "coderd_prebuilt_workspaces_preset_hard_limited",
      "1 when the pool's newest builds have all failed and it is not filled; absent otherwise.",
      states.filter(({ isAtLimit }) => isAtLimit),
      () => 1,
    ),
    {
      name: "coderd_prebuilt_workspaces_metrics_last_updated",
      type: "gauge",
      help: "Unix time in seconds of the state that is shown: it is read for each scrape.",
      samples: [{ labels: {}, value: Math.floor(now / 1_000) }],
    },
    {
      name: "coderd_prebuilt_workspaces_reconciliation_paused",
      type: "gauge",
      help: "1 while the passes over the pools are paused, else 0.",
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
  samples: poolTotals.map((row) => ({ labels: labelsOf(row), value: row[column] })),
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
  samples: states.map((state): Sample => ({ labels: labelsOf(state.pool), value: valueOf(state) })),
});

const labelsOf = (one: { templateName: string; presetName: string; organizationName: string }) => ({
  template_name: one.templateName,
  preset_name: one.presetName,
  organization_name: one.organizationName,
});

/** Counted where claims end. */
export const prebuildFamilies = (counters: readonly CounterRow[]): Family[] => [
  {
    name: replacementsTotal,
    type: "counter",
    help: "Claims of prebuilt workspaces that destroyed and recreated a resource: how many claims, not how many resources.",
    samples: samplesOf(counters, replacementsTotal),
  },
  ...durationFamilies(counters),
];
