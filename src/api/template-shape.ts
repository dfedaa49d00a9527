// Templates and versions on the wire, as Coder's clients know them.
import * as z from "zod";
import type { TemplateRow } from "../workspaces/templates/store/templates.ts";
import type { VersionRow } from "../workspaces/templates/store/versions.ts";
import { noId } from "../http/schemas.ts";
import {
  boolean,
  field,
  fixed,
  literal,
  nested,
  number,
  object,
  optional,
  shape,
  string,
  time,
} from "../http/wire.ts";

export const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

export const templateShape = shape<TemplateRow>("Template")({
  id: string((row) => row.id),
  created_at: time((row) => row.createdAt),
  updated_at: time((row) => row.updatedAt),
  organization_id: string((row) => row.organizationId),
  organization_name: string((row) => row.organizationName),
  organization_display_name: string((row) => row.organizationDisplayName),
  organization_icon: fixed(""),
  name: string((row) => row.name),
  display_name: string((row) => row.displayName),
  description: string((row) => row.description),
  icon: fixed(""),
  provisioner: literal("terraform"),
  active_version_id: string((row) => row.activeVersionId),
  active_version_name: string((row) => row.activeVersionName ?? ""),
  active_user_count: number((row) => row.userCount, "people with a workspace of it"),
  deprecated: boolean((row) => row.deprecationMessage !== ""),
  deprecation_message: string((row) => row.deprecationMessage),
  deleted: boolean((row) => row.deletedAt !== null),
  created_by_id: string((row) => row.createdBy),
  created_by_name: string((row) => row.createdByName ?? ""),
  allow_user_cancel_workspace_jobs: fixed(true),
  allow_user_autostart: fixed(true),
  allow_user_autostop: fixed(false),
  default_ttl_ms: fixed(0),
  activity_bump_ms: fixed(0),
  failure_ttl_ms: fixed(0),
  time_til_dormant_ms: fixed(0),
  time_til_dormant_autodelete_ms: fixed(0),
  autostart_requirement: fixed({ days_of_week: weekdays }, z.object({ days_of_week: z.array(z.string()) })),
  autostop_requirement: fixed(
    { days_of_week: [], weeks: 1 },
    z.object({ days_of_week: z.array(z.string()), weeks: z.number() }),
  ),
  build_time_stats: fixed({}, z.record(z.string(), z.object({ P50: z.null(), P95: z.null() }))),
  require_active_version: fixed(false),
  max_port_share_level: literal("owner"),
  cors_behavior: literal("simple"),
  // Parameters are asked for one by one, not over a socket that evaluates Terraform.
  use_classic_parameter_flow: fixed(true),
});

type JobType = "template_version_import" | "template_version_dry_run";

/** Versions are checked while they are created, so the job that Coder's clients wait for has always succeeded. */
export const importJobShape = shape<VersionRow & { jobType: JobType }>()({
  id: string((row) => row.id),
  created_at: time((row) => row.createdAt),
  started_at: time((row) => row.createdAt),
  completed_at: time((row) => row.createdAt),
  status: literal("succeeded"),
  file_id: string((row) => row.fileId ?? noId),
  tags: fixed({}, z.record(z.string(), z.string())),
  queue_position: fixed(0),
  queue_size: fixed(0),
  type: field(z.enum(["template_version_import", "template_version_dry_run"]), (row) => row.jobType),
  organization_id: string((row) => row.organizationId),
  initiator_id: string((row) => row.createdBy),
  input: object({ template_version_id: string((row) => row.id) }),
  metadata: object({
    template_version_name: string((row) => row.name),
    template_id: string((row) => row.templateId ?? noId, `${noId}: of no template yet`),
    template_name: string((row) => row.templateName ?? ""),
    template_display_name: string((row) => row.templateDisplayName ?? ""),
    template_icon: fixed(""),
  }),
  logs_overflowed: fixed(false),
});

export const versionShape = shape<VersionRow>("TemplateVersion")({
  id: string((row) => row.id),
  template_id: optional(z.string(), (row) => row.templateId, "absent until a template is created from it"),
  organization_id: string((row) => row.organizationId),
  created_at: time((row) => row.createdAt),
  updated_at: time((row) => row.updatedAt),
  name: string((row) => row.name),
  message: string((row) => row.message),
  job: nested(importJobShape, (row) => ({ ...row, jobType: "template_version_import" as const })),
  readme: fixed(""),
  created_by: object({
    id: string((row) => row.createdBy),
    username: string((row) => row.createdByName ?? ""),
    avatar_url: fixed(""),
  }),
  archived: fixed(false),
  has_external_agent: fixed(false),
  file_id: field(z.string().nullable(), (row) => row.fileId),
  has_ai_task: boolean((row) => row.hasAiTask),
});

export const createdVersionShape = shape<VersionRow & { warnings: string[] }>()({
  ...versionShape.members,
  warnings: field(
    z.array(z.string()).meta({ description: "why pools of its presets can't be filled" }),
    (row) => row.warnings,
  ),
});
