// What a build has left on the wire: resources, their agents and apps, as Coder's clients know them.
import * as z from "zod";
import { appStates, lifecycleStates, transitions, type LifecycleState } from "../../db/schema.ts";
import type {
  AgentView,
  AppView,
  BuildRow,
  ResourceView,
  StatusView,
} from "../workspaces/builds/store/build-view.ts";
import { time, toTime } from "../http/schemas.ts";

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

const appSchema = z.object({
  id: z.string(),
  slug: z.string(),
  display_name: z.string(),
  url: z.string(),
  external: z.boolean(),
  icon: z.string(),
  subdomain: z.boolean(),
  sharing_level: z.literal("owner"),
  healthcheck: z.object({ url: z.string(), interval: z.number(), threshold: z.number() }),
  health: z.literal("disabled"),
  hidden: z.boolean(),
  open_in: z.literal("slim-window"),
  statuses: z.array(statusSchema).meta({ description: "the last ten, latest first" }),
});
const none = z.array(z.never());
export const agentSchema = z
  .object({
    id: z.string(),
    parent_id: z.null(),
    created_at: time,
    updated_at: time,
    ready_at: time.optional(),
    status: z.enum(["connecting", "connected", "disconnected"]),
    lifecycle_state: z.enum(lifecycleStates),
    name: z.string(),
    resource_id: z.string(),
    architecture: z.string(),
    operating_system: z.string(),
    environment_variables: z.record(z.string(), z.string()),
    directory: z.string(),
    version: z.string(),
    api_version: z.string(),
    apps: z.array(appSchema),
    connection_timeout_seconds: z.number(),
    troubleshooting_url: z.string(),
    subsystems: none,
    health: z.object({ healthy: z.boolean(), reason: z.string().optional() }),
    display_apps: none,
    log_sources: none,
    scripts: none,
    startup_script_behavior: z.literal("non-blocking"),
    logs_length: z.number(),
    logs_overflowed: z.boolean(),
  })
  .meta({ id: "WorkspaceAgent" });
export const resourceSchema = z
  .object({
    id: z.string(),
    created_at: time,
    job_id: z.string(),
    workspace_transition: z.enum(transitions),
    type: z.string(),
    name: z.string(),
    hide: z.boolean(),
    icon: z.string(),
    agents: z.array(agentSchema),
    metadata: none,
    daily_cost: z.number(),
  })
  .meta({ id: "WorkspaceResource" });

export const toResource = ({ build }: BuildRow, resource: ResourceView): z.infer<typeof resourceSchema> => ({
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

export const toAgent = (agent: AgentView, resourceId: string): z.infer<typeof agentSchema> => ({
  id: agent.id,
  parent_id: null,
  created_at: toTime(agent.createdAt),
  updated_at: toTime(agent.lifecycleChangedAt ?? agent.createdAt),
  status: statusOf(agent.lifecycleState),
  ...(agent.lifecycleState === "ready" && agent.lifecycleChangedAt !== null
    ? { ready_at: toTime(agent.lifecycleChangedAt) }
    : {}),
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

const toApp = (app: AppView): z.infer<typeof appSchema> => ({
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
