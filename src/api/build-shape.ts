// A build on the wire, with its job and its log, as Coder's clients know them.
import * as z from "zod";
import { buildReasons, buildStatuses, logLevels, transitions } from "../../db/schema.ts";
import { workspaceStatus, workspaceStatuses, type WorkspaceStatus } from "../workspaces/jobs/rules/job.ts";
import type { BuildRow, ResourceView } from "../workspaces/builds/store/build-view.ts";
import type { LineRow } from "../workspaces/jobs/store/outputs.ts";
import { noId, timeSchema } from "../http/schemas.ts";
import {
  boolean,
  field,
  fixed,
  list,
  literal,
  nested,
  number,
  object,
  optional,
  optionalTime,
  shape,
  string,
  time,
} from "../http/wire.ts";
import { resourceShape } from "./resource-shape.ts";

const jobShape = shape<BuildRow>("ProvisionerJob")({
  id: string(({ build }) => build.id),
  created_at: time(({ build }) => build.createdAt),
  started_at: optionalTime(({ build }) => build.startedAt),
  completed_at: optionalTime(({ build }) => build.completedAt),
  canceled_at: optionalTime(({ build }) => build.canceledAt),
  error: optional(z.string(), ({ build }) => build.error),
  error_code: optional(
    z.string(),
    ({ build }) => build.errorCode,
    "REQUIRED_TEMPLATE_VARIABLES: a required variable has no value; INVALID_VALUE: a variable doesn't allow its value; LEASE_LOST: the provisioner was lost",
  ),
  status: field(z.enum(buildStatuses), ({ build }) => build.status),
  worker_id: optional(z.string(), ({ build }) => (build.provisionerKeyId === null ? null : noId)),
  worker_name: optional(z.string(), ({ build }) => build.provisionerName),
  file_id: string(({ fileId }) => fileId ?? noId),
  tags: fixed({}, z.record(z.string(), z.string())),
  queue_position: fixed(0),
  queue_size: fixed(0),
  organization_id: string(({ workspace }) => workspace.organizationId),
  initiator_id: string(({ build }) => build.initiatorId),
  input: object({
    template_version_id: string(({ build }) => build.versionId),
    workspace_build_id: string(({ build }) => build.id),
  }),
  type: literal("workspace_build"),
  metadata: object({
    template_version_name: string(({ versionName }) => versionName),
    template_id: string(({ workspace }) => workspace.templateId),
    template_name: string(({ template }) => template.name),
    template_display_name: string(({ template }) => template.displayName),
    template_icon: fixed(""),
    workspace_id: string(({ workspace }) => workspace.id),
    workspace_name: string(({ workspace }) => workspace.name),
  }),
  logs_overflowed: fixed(false),
});

export const resourcesOfBuild = (row: BuildRow) => JSON.parse(row.resources) as ResourceView[];

export const buildShape = shape<BuildRow>("WorkspaceBuild")({
  id: string(({ build }) => build.id),
  created_at: time(({ build }) => build.createdAt),
  updated_at: time(({ build }) => build.updatedAt),
  workspace_id: string(({ workspace }) => workspace.id),
  workspace_name: string(({ workspace }) => workspace.name),
  workspace_owner_id: string(({ workspace }) => workspace.ownerId),
  workspace_owner_name: string(({ ownerName }) => ownerName),
  workspace_owner_avatar_url: fixed(""),
  template_version_id: string(({ build }) => build.versionId),
  template_version_name: string(({ versionName }) => versionName),
  template_version_preset_id: field(z.string().nullable(), ({ build }) => build.presetId),
  build_number: number(({ build }) => build.number),
  transition: field(z.enum(transitions), ({ build }) => build.transition),
  initiator_id: string(({ build }) => build.initiatorId),
  initiator_name: string(({ initiatorName }) => initiatorName ?? ""),
  job: nested(jobShape, (row) => row),
  reason: field(z.enum(buildReasons), ({ build }) => build.reason),
  resources: list(resourceShape, (row) =>
    resourcesOfBuild(row).map((resource) => ({ ...resource, build: row.build })),
  ),
  deadline: fixed(null, timeSchema.nullable()),
  max_deadline: fixed(null, timeSchema.nullable()),
  status: field(
    z.enum(workspaceStatuses),
    ({ build }) => workspaceStatus(build.status, build.transition) as WorkspaceStatus,
  ),
  daily_cost: fixed(0),
  has_ai_task: boolean(({ build }) => build.hasAiTask),
  has_external_agent: fixed(false),
  ai_task_sidebar_app_id: optional(z.string(), ({ build }) => build.aiTaskSidebarAppId),
});

export const lineShape = shape<LineRow>("ProvisionerJobLog")({
  id: number((row) => row.seq),
  created_at: time((row) => row.at),
  log_source: string((row) => row.source),
  log_level: field(z.enum(logLevels), (row) => row.level),
  stage: string((row) => row.stage),
  output: string((row) => row.output),
});
