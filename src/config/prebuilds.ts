// The part of the environment that says how the pools of prebuilt workspaces are looked after. Called by config.ts.
import type * as z from "zod";
import { count, duration } from "./values.ts";

export const poolVariables = {
  BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_INTERVAL: duration("1m"),
  BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_BACKOFF_INTERVAL: duration("1m"),
  BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_BACKOFF_LOOKBACK_PERIOD: duration("1h"),
  BELFRY_WORKSPACE_PREBUILDS_FAILURE_HARD_LIMIT: count(3, 0, 1_000),
  BELFRY_WORKSPACE_PREBUILDS_MAX_PENDING: count(20, 1, 10_000),
} satisfies Record<string, z.ZodType>;

export interface PrebuildsConfig {
  /** Milliseconds between two passes, of all instances together. */
  reconciliationInterval: number;
  backoffInterval: number;
  backoffLookback: number;
  /** Failed builds in a row after which a pool is not filled any more; 0: no limit. */
  failureHardLimit: number;
  /** Jobs of pools that may wait for a provisioner at a time. */
  maxPending: number;
}

type Environment = { [Name in keyof typeof poolVariables]: z.infer<(typeof poolVariables)[Name]> };

/** Coder's: an interval of nothing is five minutes. */
const fallbackInterval = 300_000;

export const toPrebuilds = (env: Environment): PrebuildsConfig => ({
  reconciliationInterval: env.BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_INTERVAL || fallbackInterval,
  backoffInterval: env.BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_BACKOFF_INTERVAL,
  backoffLookback: env.BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_BACKOFF_LOOKBACK_PERIOD,
  failureHardLimit: env.BELFRY_WORKSPACE_PREBUILDS_FAILURE_HARD_LIMIT,
  maxPending: env.BELFRY_WORKSPACE_PREBUILDS_MAX_PENDING,
});
