// Pools of prebuilt workspaces and what a pass does about them, on the wire.
import * as z from "zod";
import { prebuildStatuses } from "../../db/schema.ts";
import { firstLine } from "../prebuilds/reconcile/rules/pool-messages.ts";
import type { Action } from "../prebuilds/reconcile/rules/actions.ts";
import type { PoolReport } from "../prebuilds/reconcile/report.ts";
import { time, toTime, toTimeOrNull } from "../http/schemas.ts";

export const poolSchema = z
  .object({
    id: z.string().meta({ description: "the preset" }),
    name: z.string(),
    template_id: z.string(),
    template_name: z.string(),
    template_version_id: z.string(),
    template_version_name: z.string(),
    organization_name: z.string(),
    active: z.boolean().meta({
      description: "its version is active, and its template neither deleted nor deprecated",
    }),
    desired: z.number(),
    running: z.number().meta({ description: "including expired ones" }),
    eligible: z.number().meta({ description: "can be claimed now" }),
    expired: z.number(),
    starting: z.number(),
    stopping: z.number(),
    deleting: z.number(),
    not_eligible: z.array(z.object({ workspace_id: z.string(), workspace: z.string(), why: z.string() })),
    status: z.enum(prebuildStatuses),
    status_since: time.nullable().meta({ description: "null for `normal`" }),
    failures: z.number().meta({ description: "consecutive failed builds, counted from the latest" }),
    failure_limit: z
      .number()
      .meta({ description: "consecutive failures at which creation stops; 0: no limit" }),
    backoff_until: time.nullable(),
    last_failures: z.array(
      z.object({
        build_id: z.string(),
        build_number: z.number(),
        workspace_id: z.string(),
        workspace: z.string(),
        error: z.string().meta({ description: "its first line" }),
        error_code: z.string().nullable(),
        created_at: time,
      }),
    ),
  })
  .meta({ id: "PrebuildPool" });

export const actionKinds = [
  "create",
  "delete",
  "cancel",
  "mark_hard_limited",
  "mark_validation_failed",
  "mark_normal",
  "backoff",
  "suppress",
  "wait",
] as const;

export const actionSchema = z
  .object({
    action: z.enum(actionKinds).meta({
      description:
        "create, delete, cancel: workspaces of the pool; mark_…: the preset; backoff, suppress, wait: why nothing happens",
    }),
    preset_id: z.string(),
    preset: z.string(),
    template_id: z.string(),
    template: z.string(),
    template_version: z.string(),
    count: z.number(),
    done: z.number().nullable().meta({ description: "how many were done; null for a dry run" }),
    workspaces: z.array(z.object({ id: z.string(), name: z.string() })),
    until: time.nullable().meta({ description: "when a backoff ends" }),
    reason: z.string().meta({ description: "a sentence without its full stop" }),
  })
  .meta({ id: "PrebuildAction" });

/** `planned`: a dry run; `done`: a reconciliation ran; `paused`: nothing was done. */
export const passOutcomes = ["planned", "done", "paused"] as const;

export const passSchema = z
  .object({
    outcome: z.enum(passOutcomes),
    reconciliation_paused: z.boolean(),
    presets: z.array(poolSchema),
    actions: z.array(actionSchema),
  })
  .meta({ id: "PrebuildPass" });

const nameOf = ({ workspaceId, name }: { workspaceId: string; name: string }) => ({ id: workspaceId, name });

export function toPool(report: PoolReport, failureLimit: number): z.infer<typeof poolSchema> {
  const { pool } = report;
  return {
    id: pool.presetId,
    name: pool.presetName,
    template_id: pool.templateId,
    template_name: pool.templateName,
    template_version_id: pool.versionId,
    template_version_name: pool.versionName,
    organization_name: pool.organizationName,
    active: report.isActive,
    desired: report.desired,
    running: report.running.length + report.expired.length,
    eligible: report.eligible.length,
    expired: report.expired.length,
    starting: report.starting,
    stopping: report.stopping,
    deleting: report.deleting,
    not_eligible: report.notEligible.map(({ prebuild, why }) => ({
      workspace_id: prebuild.workspaceId,
      workspace: prebuild.name,
      why,
    })),
    status: pool.status,
    status_since: toTimeOrNull(pool.limitedAt),
    failures: report.streak,
    failure_limit: failureLimit,
    backoff_until: toTimeOrNull(report.backoffUntil),
    last_failures: report.latestFailures.map((build) => ({
      build_id: build.buildId,
      build_number: build.buildNumber,
      workspace_id: build.workspaceId,
      workspace: build.workspaceName,
      error: firstLine(build.error),
      error_code: build.errorCode,
      created_at: toTime(build.createdAt),
    })),
  };
}

/** `done`: null for what is only planned. */
export function toAction(action: Action, done: number | null): z.infer<typeof actionSchema> {
  const { pool, kind, reason } = action;
  return {
    action: kind,
    preset_id: pool.presetId,
    preset: pool.presetName,
    template_id: pool.templateId,
    template: pool.templateName,
    template_version: pool.versionName,
    count: "count" in action ? action.count : "targets" in action ? action.targets.length : 1,
    done,
    workspaces: "targets" in action ? action.targets.map(nameOf) : [],
    until: kind === "backoff" ? toTime(action.until) : null,
    reason,
  };
}
