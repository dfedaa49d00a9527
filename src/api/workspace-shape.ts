// A workspace on the wire, and an AI task, which is a workspace whose latest build has one, as Coder's clients know them.
import * as z from "zod";
import { prebuildsUser } from "../../db/schema.ts";
import { taskStatus, taskStatuses } from "../workspaces/agents/rules/task.ts";
import type { TaskRow } from "../workspaces/agents/store/tasks.ts";
import type { BuildRow, StatusView } from "../workspaces/builds/store/build-view.ts";
import { workspaceStatus, workspaceStatuses, type WorkspaceStatus } from "../workspaces/jobs/rules/job.ts";
import { timeSchema } from "../http/schemas.ts";
import {
  boolean,
  field,
  fixed,
  nested,
  nestedOrNull,
  number,
  optional,
  shape,
  string,
  time,
  timeOrNull,
} from "../http/wire.ts";
import { buildShape, resourcesOfBuild } from "./build-shape.ts";
import { healthOf, healthSchema, statusShape } from "./resource-shape.ts";

const agentsOf = (row: BuildRow) => resourcesOfBuild(row).flatMap(({ agents }) => agents);

function workspaceHealth(row: BuildRow) {
  const failing = agentsOf(row).filter((agent) => !healthOf(agent.lifecycleState).healthy);
  return { healthy: failing.length === 0, failing_agents: failing.map(({ id }) => id) };
}

export const workspaceShape = shape<BuildRow>("Workspace")({
  id: string(({ workspace }) => workspace.id),
  created_at: time(({ workspace }) => workspace.createdAt),
  updated_at: time(({ workspace }) => workspace.updatedAt),
  owner_id: string(({ workspace }) => workspace.ownerId),
  owner_name: string(({ ownerName }) => ownerName),
  owner_avatar_url: fixed(""),
  organization_id: string(({ workspace }) => workspace.organizationId),
  organization_name: string(({ organizationName }) => organizationName),
  template_id: string(({ workspace }) => workspace.templateId),
  template_name: string(({ template }) => template.name),
  template_display_name: string(({ template }) => template.displayName),
  template_icon: fixed(""),
  template_allow_user_cancel_workspace_jobs: fixed(true),
  template_active_version_id: string(({ template }) => template.activeVersionId),
  template_require_active_version: fixed(false),
  template_use_classic_parameter_flow: fixed(true),
  latest_build: nested(buildShape, (row) => row),
  latest_app_status: nestedOrNull(statusShape, ({ latestStatus }) =>
    latestStatus === null ? null : (JSON.parse(latestStatus) as StatusView),
  ),
  outdated: boolean(({ build, template }) => build.versionId !== template.activeVersionId),
  name: string(({ workspace }) => workspace.name),
  autostart_schedule: optional(z.string(), ({ workspace }) => workspace.autostartSchedule),
  last_used_at: time(({ workspace }) => workspace.lastUsedAt),
  deleting_at: fixed(null, timeSchema.nullable()),
  dormant_at: fixed(null, timeSchema.nullable()),
  health: field(z.object({ healthy: z.boolean(), failing_agents: z.array(z.string()) }), workspaceHealth),
  automatic_updates: field(z.enum(["always", "never"]), ({ workspace }) => workspace.automaticUpdates),
  allow_renames: fixed(false),
  favorite: fixed(false),
  next_start_at: timeOrNull(({ workspace }) => workspace.nextStartAt),
  is_prebuild: boolean(({ workspace }) => workspace.ownerId === prebuildsUser.id),
});

/** Up to 2.27 Coder's tasks have their workspace's status, at the experimental address; later one of their own. */
export type TaskAddress = "/api/v2" | "/api/experimental";

const stateShape = shape<TaskRow & { state: NonNullable<TaskRow["state"]> }>()({
  timestamp: time((task) => task.stateSince ?? 0, "since when the agent reports this state"),
  state: field(z.enum(["working", "idle", "complete", "failed"]), ({ state }) =>
    state === "failure" ? "failed" : state,
  ),
  message: string((task) => task.message ?? ""),
  uri: string((task) => task.uri ?? ""),
});

interface TaskView extends BuildRow {
  task: TaskRow | undefined;
  agent: ReturnType<typeof agentsOf>[number] | undefined;
  status: (typeof taskStatuses | typeof workspaceStatuses)[number];
  workspaceStatus: WorkspaceStatus;
}

const taskShape = shape<TaskView>("Task")({
  id: string(({ workspace }) => workspace.id, "the workspace's"),
  organization_id: string(({ workspace }) => workspace.organizationId),
  owner_id: string(({ workspace }) => workspace.ownerId),
  owner_name: string(({ ownerName }) => ownerName),
  owner_avatar_url: fixed(""),
  name: string(({ workspace }) => workspace.name),
  display_name: string(({ workspace }) => workspace.name),
  template_id: string(({ workspace }) => workspace.templateId),
  template_version_id: string(({ build }) => build.versionId),
  template_name: string(({ template }) => template.name),
  template_display_name: string(({ template }) => template.displayName),
  template_icon: fixed(""),
  workspace_id: string(({ workspace }) => workspace.id),
  workspace_name: string(({ workspace }) => workspace.name),
  workspace_status: field(z.enum(workspaceStatuses), (view) => view.workspaceStatus),
  workspace_build_number: number(({ build }) => build.number),
  workspace_agent_id: field(z.string().nullable(), ({ agent }) => agent?.id ?? null),
  workspace_agent_lifecycle: field(z.string().nullable(), ({ agent }) => agent?.lifecycleState ?? null),
  workspace_agent_health: field(healthSchema.nullable(), ({ agent }) =>
    agent === undefined ? null : healthOf(agent.lifecycleState),
  ),
  workspace_app_id: field(z.string().nullable(), ({ task }) => task?.appId ?? null),
  initial_prompt: string(({ task }) => task?.prompt ?? ""),
  status: field(
    z.enum([...new Set([...taskStatuses, ...workspaceStatuses])]).meta({
      description:
        "pending, initializing, active, paused, error, unknown; at the experimental address the workspace's",
    }),
    (view) => view.status,
  ),
  current_state: nestedOrNull(stateShape, ({ task }) =>
    task?.state == null ? null : { ...task, state: task.state },
  ),
  created_at: time(({ workspace }) => workspace.createdAt),
  updated_at: time(({ workspace }) => workspace.updatedAt),
});
export const taskSchema = taskShape.schema;

export function toTask(row: BuildRow, task: TaskRow | undefined, address: TaskAddress) {
  const agents = agentsOf(row);
  const agent = agents.find(({ apps }) => apps.some(({ id }) => id === task?.appId)) ?? agents[0];
  const { status: buildStatus, transition } = row.build;
  const ofWorkspace = workspaceStatus(buildStatus, transition) as WorkspaceStatus;
  const ofTask = taskStatus({
    status: buildStatus,
    transition,
    lifecycles: agents.map(({ lifecycleState }) => lifecycleState),
    hasReported: task?.state != null,
  });
  const status = address === "/api/experimental" ? ofWorkspace : ofTask;
  return taskShape.from({ ...row, task, agent, status, workspaceStatus: ofWorkspace });
}

/** A line of what a task was asked and has reported. */
export const taskLogShape = shape<{ id: number; content: string; type: "input" | "output"; at: number }>()({
  id: number((entry) => entry.id),
  content: string((entry) => entry.content),
  type: field(z.enum(["input", "output"]), (entry) => entry.type),
  time: time((entry) => entry.at),
});
