// The notifications about a preset whose prebuilds are no longer created: once for each episode, which `at` identifies.
import { defineKind, situationKey, templateAdminRoles, templateAdmins } from "../../notifications/index.ts";
import { firstLine, formatResumeCommand } from "./rules/pool-messages.ts";
import type { FailedBuild, PermanentFailure, Pool } from "./rules/snapshot.ts";

/** Failures that a notification shows. */
const maxShown = 5;

const audience = () => ({ roles: templateAdminRoles });

const about = (pool: Pool, situation: "pool" | "agents" = "pool") => ({
  labels: {
    org: pool.organizationName,
    preset: pool.presetName,
    template: pool.templateName,
    template_version: pool.versionName,
  },
  facts: { template: pool.templateName, preset: pool.presetName },
  targets: [pool.templateId, pool.versionId, pool.presetId, pool.organizationId],
  thing: pool.presetId,
  createdBy: "prebuilds_reconciler",
  recipients: templateAdmins,
  situation: { key: situationKey(situation, pool.presetId), isCalm: true },
});

const failureOf = ({ workspaceName, buildNumber, buildId, error }: FailedBuild | PermanentFailure) => ({
  workspace: workspaceName,
  build_number: buildNumber,
  build_id: buildId,
  error: firstLine(error),
});

export interface LimitReached {
  pool: Pool;
  limit: number;
  failures: readonly FailedBuild[];
  /** Prebuilt workspaces that are left to claim. */
  eligible: number;
  at: number;
}

export const failureLimitReached = defineKind("prebuild-failure-limit-reached", {
  audience,
  event: ({ pool, limit, failures, eligible, at }: LimitReached) => ({
    ...about(pool),
    identity: `hard_limit:${pool.presetId}:${at}`,
    data: {
      limit,
      eligible,
      resume: formatResumeCommand(pool.templateName, pool.presetName),
      failures: failures.slice(0, maxShown).map(failureOf),
    },
  }),
});

export interface ValidationFailed {
  pool: Pool;
  missing: readonly string[];
  invalid: readonly { name: string; problem: string }[];
  failure: PermanentFailure | null;
  /** Prebuilt workspaces that are left to claim. */
  eligible: number;
  at: number;
}

export const validationFailed = defineKind("prebuild-validation-failed", {
  audience,
  event: ({ pool, missing, invalid, failure, eligible, at }: ValidationFailed) => ({
    ...about(pool),
    identity: `validation_failed:${pool.presetId}:${at}`,
    data: {
      missing,
      invalid,
      failure: failure === null ? null : failureOf(failure),
      resume: formatResumeCommand(pool.templateName, pool.presetName),
      eligible,
    },
  }),
});

export interface AgentMissing {
  pool: Pool;
  /** Workspaces that run, all without an agent. */
  running: number;
  at: number;
}

export const agentMissing = defineKind("prebuild-agent-missing", {
  audience,
  event: ({ pool, running, at }: AgentMissing) => ({
    ...about(pool, "agents"),
    identity: `agent_missing:${pool.presetId}:${at}`,
    data: { running },
  }),
});
