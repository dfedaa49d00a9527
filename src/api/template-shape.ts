// Templates and versions on the wire, as Coder's clients know them.
import * as z from "zod";
import type { TemplateRow } from "../workspaces/templates/store/templates.ts";
import type { VersionRow } from "../workspaces/templates/store/versions.ts";
import { time, toTime } from "../http/schemas.ts";

export const templateSchema = z
  .object({
    id: z.string(),
    created_at: time,
    updated_at: time,
    organization_id: z.string(),
    organization_name: z.string(),
    organization_display_name: z.string(),
    organization_icon: z.string(),
    name: z.string(),
    display_name: z.string(),
    description: z.string(),
    icon: z.string(),
    provisioner: z.literal("terraform"),
    active_version_id: z.string(),
    active_version_name: z.string(),
    active_user_count: z.number().meta({ description: "people with a workspace of it" }),
    deprecated: z.boolean(),
    deprecation_message: z.string(),
    deleted: z.boolean(),
    created_by_id: z.string(),
    created_by_name: z.string(),
    allow_user_cancel_workspace_jobs: z.boolean(),
    allow_user_autostart: z.boolean(),
    allow_user_autostop: z.boolean(),
    default_ttl_ms: z.number(),
    activity_bump_ms: z.number(),
    failure_ttl_ms: z.number(),
    time_til_dormant_ms: z.number(),
    time_til_dormant_autodelete_ms: z.number(),
    autostart_requirement: z.object({ days_of_week: z.array(z.string()) }),
    autostop_requirement: z.object({ days_of_week: z.array(z.string()), weeks: z.number() }),
    build_time_stats: z.record(z.string(), z.object({ P50: z.null(), P95: z.null() })),
    require_active_version: z.boolean(),
    max_port_share_level: z.literal("owner"),
    cors_behavior: z.literal("simple"),
    use_classic_parameter_flow: z.boolean(),
  })
  .meta({ id: "Template" });

export const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** What Coder's templates have besides, and ours have no use for. */
const unused = {
  activity_bump_ms: 0,
  failure_ttl_ms: 0,
  time_til_dormant_ms: 0,
  time_til_dormant_autodelete_ms: 0,
  autostart_requirement: {
    days_of_week: weekdays,
  },
  autostop_requirement: { days_of_week: [], weeks: 1 },
  build_time_stats: {},
  require_active_version: false,
  max_port_share_level: "owner" as const,
  cors_behavior: "simple" as const,
  // Parameters are asked for one by one, not over a socket that evaluates Terraform.
  use_classic_parameter_flow: true,
};

export const toTemplate = (row: TemplateRow): z.infer<typeof templateSchema> => ({
  id: row.id,
  created_at: toTime(row.createdAt),
  updated_at: toTime(row.updatedAt),
  organization_id: row.organizationId,
  organization_name: row.organizationName,
  organization_display_name: row.organizationDisplayName,
  organization_icon: "",
  name: row.name,
  display_name: row.displayName,
  description: row.description,
  icon: "",
  provisioner: "terraform",
  active_version_id: row.activeVersionId,
  active_version_name: row.activeVersionName ?? "",
  active_user_count: row.userCount,
  deprecated: row.deprecationMessage !== "",
  deprecation_message: row.deprecationMessage,
  deleted: row.deletedAt !== null,
  created_by_id: row.createdBy,
  created_by_name: row.createdByName ?? "",
  allow_user_cancel_workspace_jobs: true,
  allow_user_autostart: true,
  allow_user_autostop: false,
  default_ttl_ms: 0,
  ...unused,
});

const noId = "00000000-0000-0000-0000-000000000000";

/** Versions are checked while they are made, so the job that Coder's clients wait for has always succeeded. */
export const importJobSchema = z.object({
  id: z.string(),
  created_at: time,
  started_at: time,
  completed_at: time,
  status: z.literal("succeeded"),
  file_id: z.string(),
  tags: z.record(z.string(), z.string()),
  queue_position: z.number(),
  queue_size: z.number(),
  type: z.enum(["template_version_import", "template_version_dry_run"]),
  organization_id: z.string(),
  initiator_id: z.string(),
  input: z.object({ template_version_id: z.string() }),
  metadata: z.object({
    template_version_name: z.string(),
    template_id: z.string().meta({ description: `${noId}: of no template yet` }),
    template_name: z.string(),
    template_display_name: z.string(),
    template_icon: z.string(),
  }),
  logs_overflowed: z.boolean(),
});

export const versionSchema = z
  .object({
    id: z.string(),
    template_id: z.string().optional().meta({ description: "absent until a template is made from it" }),
    organization_id: z.string(),
    created_at: time,
    updated_at: time,
    name: z.string(),
    message: z.string(),
    job: importJobSchema,
    readme: z.string(),
    created_by: z.object({ id: z.string(), username: z.string(), avatar_url: z.string() }),
    archived: z.boolean(),
    has_external_agent: z.boolean(),
    file_id: z.string().nullable(),
    has_ai_task: z.boolean(),
  })
  .meta({ id: "TemplateVersion" });

export function toVersion(row: VersionRow): z.infer<typeof versionSchema> {
  const at = toTime(row.createdAt);
  return {
    id: row.id,
    ...(row.templateId === null ? {} : { template_id: row.templateId }),
    organization_id: row.organizationId,
    created_at: at,
    updated_at: toTime(row.updatedAt),
    name: row.name,
    message: row.message,
    job: {
      id: row.id,
      created_at: at,
      started_at: at,
      completed_at: at,
      status: "succeeded",
      file_id: row.fileId ?? noId,
      tags: {},
      queue_position: 0,
      queue_size: 0,
      type: "template_version_import",
      organization_id: row.organizationId,
      initiator_id: row.createdBy,
      input: { template_version_id: row.id },
      metadata: {
        template_version_name: row.name,
        template_id: row.templateId ?? noId,
        template_name: row.templateName ?? "",
        template_display_name: row.templateDisplayName ?? "",
        template_icon: "",
      },
      logs_overflowed: false,
    },
    readme: "",
    created_by: { id: row.createdBy, username: row.createdByName ?? "", avatar_url: "" },
    archived: false,
    has_external_agent: false,
    file_id: row.fileId,
    has_ai_task: row.hasAiTask,
  };
}
