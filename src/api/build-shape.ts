// A build on the wire, with its job and its log, as Coder's clients know them.
import * as z from "zod";
import { buildReasons, buildStatuses, logLevels, transitions } from "../../db/schema.ts";
import { workspaceStatus, workspaceStatuses, type WorkspaceStatus } from "../workspaces/jobs/rules/job.ts";
import type { BuildRow, ResourceView } from "../workspaces/builds/store/build-view.ts";
import type { LineRow } from "../workspaces/jobs/store/outputs.ts";
import { resourceSchema, toResource } from "./resource-shape.ts";
import { time, toTime, toTimeOrNull } from "../http/schemas.ts";

/** Clients in Go can't read an empty text or null as an id. */
const noId = "00000000-0000-0000-0000-000000000000";

const jobSchema = z
  .object({
    id: z.string(),
    created_at: time,
    started_at: time.optional(),
    completed_at: time.optional(),
    canceled_at: time.optional(),
    error: z.string().optional(),
    error_code: z.string().optional().meta({
      description:
        "REQUIRED_TEMPLATE_VARIABLES: a required variable has no value; INVALID_VALUE: a variable doesn't allow its value; LEASE_LOST: the provisioner was lost",
    }),
    status: z.enum(buildStatuses),
    worker_id: z.string().optional(),
    worker_name: z.string().optional(),
    file_id: z.string(),
    tags: z.record(z.string(), z.string()),
    queue_position: z.number(),
    queue_size: z.number(),
    organization_id: z.string(),
    initiator_id: z.string(),
    input: z.object({ template_version_id: z.string(), workspace_build_id: z.string() }),
    type: z.literal("workspace_build"),
    metadata: z.object({
      template_version_name: z.string(),
      template_id: z.string(),
      template_name: z.string(),
      template_display_name: z.string(),
      template_icon: z.string(),
      workspace_id: z.string(),
      workspace_name: z.string(),
    }),
    logs_overflowed: z.boolean(),
  })
  .meta({ id: "ProvisionerJob" });

export const buildSchema = z
  .object({
    id: z.string(),
    created_at: time,
    updated_at: time,
    workspace_id: z.string(),
    workspace_name: z.string(),
    workspace_owner_id: z.string(),
    workspace_owner_name: z.string(),
    workspace_owner_avatar_url: z.string(),
    template_version_id: z.string(),
    template_version_name: z.string(),
    template_version_preset_id: z.string().nullable(),
    build_number: z.number(),
    transition: z.enum(transitions),
    initiator_id: z.string(),
    initiator_name: z.string(),
    job: jobSchema,
    reason: z.enum(buildReasons),
    resources: z.array(resourceSchema),
    deadline: time.nullable(),
    max_deadline: time.nullable(),
    status: z.enum(workspaceStatuses),
    daily_cost: z.number(),
    has_ai_task: z.boolean(),
    has_external_agent: z.boolean(),
    ai_task_sidebar_app_id: z.string().optional(),
  })
  .meta({ id: "WorkspaceBuild" });

export const lineSchema = z
  .object({
    id: z.number(),
    created_at: time,
    log_source: z.string(),
    log_level: z.enum(logLevels),
    stage: z.string(),
    output: z.string(),
  })
  .meta({ id: "ProvisionerJobLog" });

export function toBuild(row: BuildRow): z.infer<typeof buildSchema> {
  const { build, workspace } = row;
  const resources = JSON.parse(row.resources) as ResourceView[];
  return {
    id: build.id,
    created_at: toTime(build.createdAt),
    updated_at: toTime(build.updatedAt),
    workspace_id: workspace.id,
    workspace_name: workspace.name,
    workspace_owner_id: workspace.ownerId,
    workspace_owner_name: row.ownerName,
    workspace_owner_avatar_url: "",
    template_version_id: build.versionId,
    template_version_name: row.versionName,
    template_version_preset_id: build.presetId,
    build_number: build.number,
    transition: build.transition,
    initiator_id: build.initiatorId,
    initiator_name: row.initiatorName ?? "",
    job: toJob(row),
    reason: build.reason,
    resources: resources.map((resource) => toResource(row, resource)),
    deadline: null,
    max_deadline: null,
    status: workspaceStatus(build.status, build.transition) as WorkspaceStatus,
    daily_cost: 0,
    has_ai_task: build.hasAiTask,
    has_external_agent: false,
    ...given({ ai_task_sidebar_app_id: build.aiTaskSidebarAppId }),
  };
}

/** What isn't there is left out: Coder's clients tell nothing from null. */
const given = <T extends object>(members: T) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };

function toJob({ build, workspace, template, ...row }: BuildRow): z.infer<typeof jobSchema> {
  return {
    id: build.id,
    created_at: toTime(build.createdAt),
    status: build.status,
    ...given({
      started_at: toTimeOrNull(build.startedAt),
      completed_at: toTimeOrNull(build.completedAt),
      canceled_at: toTimeOrNull(build.canceledAt),
      error: build.error,
      error_code: build.errorCode,
      worker_id: build.provisionerKeyId === null ? null : noId,
      worker_name: build.provisionerName,
    }),
    file_id: row.fileId ?? noId,
    tags: {},
    queue_position: 0,
    queue_size: 0,
    organization_id: workspace.organizationId,
    initiator_id: build.initiatorId,
    input: { template_version_id: build.versionId, workspace_build_id: build.id },
    type: "workspace_build",
    metadata: {
      template_version_name: row.versionName,
      template_id: workspace.templateId,
      template_name: template.name,
      template_display_name: template.displayName,
      template_icon: "",
      workspace_id: workspace.id,
      workspace_name: workspace.name,
    },
    logs_overflowed: false,
  };
}

export const toLine = (row: LineRow): z.infer<typeof lineSchema> => ({
  id: row.seq,
  created_at: toTime(row.at),
  log_source: row.source,
  log_level: row.level,
  stage: row.stage,
  output: row.output,
});
