// A workspace on the wire, as Coder's clients know one.
import * as z from "zod";
import { prebuildsUser } from "../../db/schema.ts";
import type { BuildRow, ResourceView, StatusView } from "../workspaces/builds/store/build-view.ts";
import { buildSchema, toBuild } from "./build-shape.ts";
import { healthOf, statusSchema, toStatus } from "./resource-shape.ts";
import { time, toTime, toTimeOrNull } from "../http/schemas.ts";

export const workspaceSchema = z
  .object({
    id: z.string(),
    created_at: time,
    updated_at: time,
    owner_id: z.string(),
    owner_name: z.string(),
    owner_avatar_url: z.string(),
    organization_id: z.string(),
    organization_name: z.string(),
    template_id: z.string(),
    template_name: z.string(),
    template_display_name: z.string(),
    template_icon: z.string(),
    template_allow_user_cancel_workspace_jobs: z.boolean(),
    template_active_version_id: z.string(),
    template_require_active_version: z.boolean(),
    template_use_classic_parameter_flow: z.boolean(),
    latest_build: buildSchema,
    latest_app_status: statusSchema.nullable(),
    outdated: z.boolean(),
    name: z.string(),
    autostart_schedule: z.string().optional(),
    last_used_at: time,
    deleting_at: time.nullable(),
    dormant_at: time.nullable(),
    health: z.object({ healthy: z.boolean(), failing_agents: z.array(z.string()) }),
    automatic_updates: z.enum(["always", "never"]),
    allow_renames: z.boolean(),
    favorite: z.boolean(),
    next_start_at: time.nullable(),
    is_prebuild: z.boolean(),
  })
  .meta({ id: "Workspace" });

export function toWorkspace(row: BuildRow): z.infer<typeof workspaceSchema> {
  const { workspace, template, build } = row;
  const failingAgents = (JSON.parse(row.resources) as ResourceView[])
    .flatMap(({ agents }) => agents)
    .filter((agent) => !healthOf(agent.lifecycleState).healthy)
    .map((agent) => agent.id);
  return {
    id: workspace.id,
    created_at: toTime(workspace.createdAt),
    updated_at: toTime(workspace.updatedAt),
    owner_id: workspace.ownerId,
    owner_name: row.ownerName,
    owner_avatar_url: "",
    organization_id: workspace.organizationId,
    organization_name: row.organizationName,
    template_id: workspace.templateId,
    template_name: template.name,
    template_display_name: template.displayName,
    template_icon: "",
    template_allow_user_cancel_workspace_jobs: true,
    template_active_version_id: template.activeVersionId,
    template_require_active_version: false,
    template_use_classic_parameter_flow: true,
    latest_build: toBuild(row),
    latest_app_status:
      row.latestStatus === null ? null : toStatus(JSON.parse(row.latestStatus) as StatusView),
    outdated: build.versionId !== template.activeVersionId,
    name: workspace.name,
    ...(workspace.autostartSchedule === null ? {} : { autostart_schedule: workspace.autostartSchedule }),
    last_used_at: toTime(workspace.lastUsedAt),
    deleting_at: null,
    dormant_at: null,
    health: { healthy: failingAgents.length === 0, failing_agents: failingAgents },
    automatic_updates: workspace.automaticUpdates,
    allow_renames: false,
    favorite: false,
    next_start_at: toTimeOrNull(workspace.nextStartAt),
    is_prebuild: workspace.ownerId === prebuildsUser.id,
  };
}
