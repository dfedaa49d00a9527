// An AI task on the wire, as Coder's clients know one.
import * as z from "zod";
import { workspaceStatus, workspaceStatuses } from "../workspaces/jobs/rules/job.ts";
import { taskStatus, taskStatuses } from "../workspaces/agents/rules/task.ts";
import type { BuildRow, ResourceView } from "../workspaces/builds/store/build-view.ts";
import type { TaskRow } from "../workspaces/agents/store/tasks.ts";
import { healthOf } from "./resource-shape.ts";
import { time, toTime } from "../http/schemas.ts";

/** Up to 2.27 Coder's tasks have their workspace's status, at the experimental address; later one of their own. */
export type TaskAddress = "/api/v2" | "/api/experimental";

const statuses = [...new Set([...taskStatuses, ...workspaceStatuses])];

const stateSchema = z.object({
  timestamp: time.meta({ description: "since when the agent reports this state" }),
  state: z.enum(["working", "idle", "complete", "failed"]),
  message: z.string(),
  uri: z.string(),
});

export const taskSchema = z
  .object({
    id: z.string().meta({ description: "the workspace's" }),
    organization_id: z.string(),
    owner_id: z.string(),
    owner_name: z.string(),
    owner_avatar_url: z.string(),
    name: z.string(),
    display_name: z.string(),
    template_id: z.string(),
    template_version_id: z.string(),
    template_name: z.string(),
    template_display_name: z.string(),
    template_icon: z.string(),
    workspace_id: z.string(),
    workspace_name: z.string(),
    workspace_status: z.enum(workspaceStatuses),
    workspace_build_number: z.number(),
    workspace_agent_id: z.string().nullable(),
    workspace_agent_lifecycle: z.string().nullable(),
    workspace_agent_health: z.object({ healthy: z.boolean(), reason: z.string().optional() }).nullable(),
    workspace_app_id: z.string().nullable(),
    initial_prompt: z.string(),
    status: z.enum(statuses).meta({
      description:
        "pending, initializing, active, paused, error, unknown; at the experimental address the workspace's",
    }),
    current_state: stateSchema.nullable(),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: "Task" });
export type Task = z.infer<typeof taskSchema>;

export function toTask(row: BuildRow, task: TaskRow | undefined, address: TaskAddress): Task {
  const { workspace, template, build } = row;
  const agents = (JSON.parse(row.resources) as ResourceView[]).flatMap((resource) => resource.agents);
  const appId = task?.appId ?? null;
  const agent = agents.find(({ apps }) => apps.some(({ id }) => id === appId)) ?? agents[0];
  const status = workspaceStatus(build.status, build.transition) as Task["workspace_status"];
  return {
    id: workspace.id,
    organization_id: workspace.organizationId,
    owner_id: workspace.ownerId,
    owner_name: row.ownerName,
    owner_avatar_url: "",
    name: workspace.name,
    display_name: workspace.name,
    template_id: workspace.templateId,
    template_version_id: build.versionId,
    template_name: template.name,
    template_display_name: template.displayName,
    template_icon: "",
    workspace_id: workspace.id,
    workspace_name: workspace.name,
    workspace_status: status,
    workspace_build_number: build.number,
    workspace_agent_id: agent?.id ?? null,
    workspace_agent_lifecycle: agent?.lifecycleState ?? null,
    workspace_agent_health: agent === undefined ? null : healthOf(agent.lifecycleState),
    workspace_app_id: appId,
    initial_prompt: task?.prompt ?? "",
    status:
      address === "/api/experimental"
        ? status
        : taskStatus({
            status: build.status,
            transition: build.transition,
            lifecycles: agents.map(({ lifecycleState }) => lifecycleState),
            hasReported: task?.state != null,
          }),
    current_state: toState(task),
    created_at: toTime(workspace.createdAt),
    updated_at: toTime(workspace.updatedAt),
  };
}

const toState = (task: TaskRow | undefined): Task["current_state"] =>
  task?.state == null
    ? null
    : {
        timestamp: toTime(task.stateSince ?? 0),
        state: task.state === "failure" ? "failed" : task.state,
        message: task.message ?? "",
        uri: task.uri ?? "",
      };
