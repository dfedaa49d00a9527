// Pools of prebuilt workspaces and what a pass does about them, on the wire.
import * as z from "zod";
import { prebuildStatuses } from "../../db/schema.ts";
import { firstLine } from "../prebuilds/reconcile/rules/pool-messages.ts";
import type { Action } from "../prebuilds/reconcile/rules/actions.ts";
import type { ReconciliationRun } from "../prebuilds/reconcile/reconcile.ts";
import type { PoolReport, PoolsReport } from "../prebuilds/reconcile/report.ts";
import { boolean, field, list, number, shape, string, time, timeOrNull } from "../http/wire.ts";

const notEligibleShape = shape<PoolReport["notEligible"][number]>()({
  workspace_id: string(({ prebuild }) => prebuild.workspaceId),
  workspace: string(({ prebuild }) => prebuild.name),
  why: string((row) => row.why),
});

const failureShape = shape<PoolReport["latestFailures"][number]>()({
  build_id: string((build) => build.buildId),
  build_number: number((build) => build.buildNumber),
  workspace_id: string((build) => build.workspaceId),
  workspace: string((build) => build.workspaceName),
  error: string((build) => firstLine(build.error), "its first line"),
  error_code: field(z.string().nullable(), (build) => build.errorCode),
  created_at: time((build) => build.createdAt),
});

export const poolShape = shape<PoolReport & { failureLimit: number }>("PrebuildPool")({
  id: string(({ pool }) => pool.presetId, "the preset"),
  name: string(({ pool }) => pool.presetName),
  template_id: string(({ pool }) => pool.templateId),
  template_name: string(({ pool }) => pool.templateName),
  template_version_id: string(({ pool }) => pool.versionId),
  template_version_name: string(({ pool }) => pool.versionName),
  organization_name: string(({ pool }) => pool.organizationName),
  active: boolean(
    (report) => report.isActive,
    "its version is active, and its template neither deleted nor deprecated",
  ),
  desired: number((report) => report.desired),
  running: number(({ running, expired }) => running.length + expired.length, "including expired ones"),
  eligible: number((report) => report.eligible.length, "can be claimed now"),
  expired: number((report) => report.expired.length),
  starting: number((report) => report.starting),
  stopping: number((report) => report.stopping),
  deleting: number((report) => report.deleting),
  not_eligible: list(notEligibleShape, (report) => report.notEligible),
  status: field(z.enum(prebuildStatuses), ({ pool }) => pool.status),
  status_since: timeOrNull(({ pool }) => pool.limitedAt, "null for `normal`"),
  failures: number((report) => report.streak, "consecutive failed builds, counted from the latest"),
  failure_limit: number(
    (report) => report.failureLimit,
    "consecutive failures at which creation stops; 0: no limit",
  ),
  backoff_until: timeOrNull((report) => report.backoffUntil),
  last_failures: list(failureShape, (report) => report.latestFailures),
});

export const actionKinds = [
  "create",
  "delete",
  "cancel",
  "mark_hard_limited",
  "mark_validation_failed",
  "mark_normal",
  "mark_agent_missing",
  "mark_agent_present",
  "backoff",
  "suppress",
  "wait",
] as const;

/** `done`: how many were done; null for what is only planned. */
type ActionView = { action: Action; done: number | null };

export const actionShape = shape<ActionView>("PrebuildAction")({
  action: field(
    z.enum(actionKinds).meta({
      description:
        "create, delete, cancel: workspaces of the pool; mark_…: the preset; backoff, suppress, wait: why nothing happens",
    }),
    ({ action }) => action.kind,
  ),
  preset_id: string(({ action }) => action.pool.presetId),
  preset: string(({ action }) => action.pool.presetName),
  template_id: string(({ action }) => action.pool.templateId),
  template: string(({ action }) => action.pool.templateName),
  template_version: string(({ action }) => action.pool.versionName),
  count: number(({ action }) =>
    "count" in action ? action.count : "targets" in action ? action.targets.length : 1,
  ),
  done: field(
    z.number().nullable().meta({ description: "how many were done; null for a dry run" }),
    (view) => view.done,
  ),
  workspaces: field(z.array(z.object({ id: z.string(), name: z.string() })), ({ action }) =>
    "targets" in action ? action.targets.map(({ workspaceId, name }) => ({ id: workspaceId, name })) : [],
  ),
  until: timeOrNull(({ action }) => (action.kind === "backoff" ? action.until : null), "when a backoff ends"),
  reason: string(({ action }) => action.reason, "a sentence without its full stop"),
});

/** `planned`: a dry run; `done`: a reconciliation ran; `paused`: nothing was done. */
export const passOutcomes = ["planned", "done", "paused"] as const;

/** `pass`: null for a dry run. */
interface PassView extends Pick<PoolsReport, "paused" | "plan"> {
  pools: Parameters<typeof poolShape.from>[0][];
  pass: ReconciliationRun | null;
}

function outcomeOf(pass: ReconciliationRun | null): (typeof passOutcomes)[number] {
  if (pass === null) return "planned";
  return pass.outcome === "paused" ? "paused" : "done";
}
const actionsOf = ({ pass, plan }: PassView): ActionView[] =>
  pass === null
    ? plan.actions.map((action) => ({ action, done: null }))
    : (pass.plan?.actions ?? []).map((action) => ({ action, done: pass.done.get(action) ?? 0 }));

export const passShape = shape<PassView>("PrebuildPass")({
  outcome: field(z.enum(passOutcomes), ({ pass }) => outcomeOf(pass)),
  reconciliation_paused: boolean((view) => view.paused),
  presets: list(poolShape, (view) => view.pools),
  actions: list(actionShape, actionsOf),
});
