// Variables of prebuilt workspaces, and of notifications about AI tasks and sessions of agents. Part of config.ts.
import { count, duration } from "./values.ts";
import * as z from "zod";
import type { TaskMode } from "../workspaces/agents/rules/app-status.ts";

export const prebuildVariables = {
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

type Environment = { [Name in keyof typeof prebuildVariables]: z.infer<(typeof prebuildVariables)[Name]> };

/** Coder's: an interval of nothing is five minutes. */
const fallbackInterval = 300_000;

export const toPrebuilds = (env: Environment): PrebuildsConfig => ({
  reconciliationInterval: env.BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_INTERVAL || fallbackInterval,
  backoffInterval: env.BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_BACKOFF_INTERVAL,
  backoffLookback: env.BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_BACKOFF_LOOKBACK_PERIOD,
  failureHardLimit: env.BELFRY_WORKSPACE_PREBUILDS_FAILURE_HARD_LIMIT,
  maxPending: env.BELFRY_WORKSPACE_PREBUILDS_MAX_PENDING,
});

export type { TaskMode } from "../workspaces/agents/rules/app-status.ts";

export const taskVariables = {
  BELFRY_TASK_NOTIFICATIONS: z.enum(["every", "calm"], { error: "must be every or calm" }).default("every"),
  BELFRY_TASK_IDLE_DWELL: duration("30s"),
} satisfies Record<string, z.ZodType>;

export const toTaskMode = (env: z.infer<z.ZodObject<typeof taskVariables>>): TaskMode =>
  env.BELFRY_TASK_NOTIFICATIONS === "every"
    ? { kind: "every" }
    : { kind: "calm", dwell: env.BELFRY_TASK_IDLE_DWELL };

const maxCalmMs = 3_600_000;

export const agentVariables = {
  BELFRY_AGENT_SESSIONS_CALM: duration("30s").pipe(
    z.number().max(maxCalmMs, "must be at most 1h; 0s notifies at once"),
  ),
} satisfies Record<string, z.ZodType>;

export interface AgentsConfig {
  /** Milliseconds for which a state must last before its user is notified; 0: at once. */
  calmMs: number;
}

export const toAgents = (env: z.infer<z.ZodObject<typeof agentVariables>>): AgentsConfig => ({
  calmMs: env.BELFRY_AGENT_SESSIONS_CALM,
});
