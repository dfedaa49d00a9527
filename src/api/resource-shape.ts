// What a build has left on the wire: resources, their agents and apps, as Coder's clients know them.
import * as z from "zod";
import { appStates, transitions, type LifecycleState } from "../../db/schema.ts";
import type {
  AgentView,
  AppView,
  BuildRow,
  ResourceView,
  StatusView,
} from "../workspaces/store/build-view.ts";
import { time, toTime, toTimeOrNull } from "./schemas.ts";

export const statusSchema = z
  .object({
    id: z.string(),
    created_at: time,
    workspace_id: z.string(),
    agent_id: z.string(),
    app_id: z.string(),
    state: z.enum(appStates),
    message: z.string(),
    uri: z.string(),
    icon: z.literal("").meta({ description: "always empty; Coder has it no more" }),
    needs_user_attention: z.literal(false).meta({ description: "always false; Coder has it no more" }),
  })
  .meta({ id: "WorkspaceAppStatus" });

const appSchema = z.looseObject({
  id: z.string(),
  slug: z.string(),
  display_name: z.string(),
  url: z.string(),
  statuses: z.array(statusSchema).meta({ description: "the last ten, latest first" }),
});
export const agentSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  resource_id: z.string(),
  lifecycle_state: z.string(),
  apps: z.array(appSchema),
});
export const resourceSchema = z.looseObject({
  id: z.string(),
  job_id: z.string(),
  workspace_transition: z.enum(transitions),
  type: z.string(),
  name: z.string(),
  agents: z.array(agentSchema),
});

export const toResource = ({ build }: BuildRow, resource: ResourceView) => ({
  id: resource.id,
  created_at: toTime(build.completedAt ?? build.createdAt),
  job_id: build.id,
  workspace_transition: build.transition,
  type: resource.type,
  name: resource.name,
  hide: false,
  icon: "",
  agents: resource.agents.map((agent) => toAgent(agent, resource.id)),
  metadata: [],
  daily_cost: 0,
});

export const toAgent = (agent: AgentView, resourceId: string) => ({
  id: agent.id,
  parent_id: null,
  created_at: toTime(agent.createdAt),
  updated_at: toTime(agent.lifecycleChangedAt ?? agent.createdAt),
  status: statusOf(agent.lifecycleState),
  ...(agent.lifecycleState === "ready" ? { ready_at: toTimeOrNull(agent.lifecycleChangedAt) } : {}),
  lifecycle_state: agent.lifecycleState,
  name: agent.name,
  resource_id: resourceId,
  architecture: "",
  operating_system: "",
  environment_variables: {},
  directory: "",
  version: "",
  api_version: "",
  apps: agent.apps.map(toApp),
  connection_timeout_seconds: 0,
  troubleshooting_url: "",
  subsystems: [],
  health: healthOf(agent.lifecycleState),
  display_apps: [],
  log_sources: [],
  scripts: [],
  startup_script_behavior: "non-blocking",
  logs_length: 0,
  logs_overflowed: false,
});

/** Nobody is connected with an agent here: this is what it says of itself. */
const statusOf = (state: LifecycleState) =>
  state === "created" ? "connecting" : state === "off" ? "disconnected" : "connected";

const failures: Partial<Record<LifecycleState, string>> = {
  start_timeout: "it takes too long to start",
  start_error: "its start has failed",
  shutdown_timeout: "it takes too long to shut down",
  shutdown_error: "its shutdown has failed",
};
export const healthOf = (state: LifecycleState): { healthy: boolean; reason?: string } => {
  const reason = failures[state];
  return reason === undefined ? { healthy: true } : { healthy: false, reason };
};

const toApp = (app: AppView) => ({
  id: app.id,
  slug: app.slug,
  display_name: app.displayName,
  url: app.url ?? "",
  external: app.url !== null,
  icon: "",
  subdomain: false,
  sharing_level: "owner",
  healthcheck: { url: "", interval: 0, threshold: 0 },
  health: "disabled",
  hidden: false,
  open_in: "slim-window",
  statuses: app.statuses.map(toStatus),
});

export const toStatus = (status: StatusView): z.infer<typeof statusSchema> => ({
  id: status.id,
  created_at: toTime(status.createdAt),
  workspace_id: status.workspaceId,
  agent_id: status.agentId,
  app_id: status.appId,
  state: status.state,
  message: status.message,
  uri: status.uri ?? "",
  icon: "",
  needs_user_attention: false,
});
