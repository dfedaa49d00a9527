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
import {
  boolean,
  emptyList,
  field,
  fixed,
  list,
  literal,
  optionalTime,
  shape,
  string,
  time,
} from "../http/wire.ts";

export const statusShape = shape<StatusView>("WorkspaceAppStatus")({
  id: string((status) => status.id),
  created_at: time((status) => status.createdAt),
  workspace_id: string((status) => status.workspaceId),
  agent_id: string((status) => status.agentId),
  app_id: string((status) => status.appId),
  state: field(z.enum(appStates), (status) => status.state),
  message: string((status) => status.message),
  uri: string((status) => status.uri ?? ""),
  icon: literal("", "always empty; Coder has it no more"),
  needs_user_attention: literal(false, "always false; Coder has it no more"),
});

const appShape = shape<AppView>()({
  id: string((app) => app.id),
  slug: string((app) => app.slug),
  display_name: string((app) => app.displayName),
  url: string((app) => app.url ?? ""),
  external: boolean((app) => app.url !== null),
  icon: fixed(""),
  subdomain: fixed(false),
  sharing_level: literal("owner"),
  healthcheck: fixed(
    { url: "", interval: 0, threshold: 0 },
    z.object({ url: z.string(), interval: z.number(), threshold: z.number() }),
  ),
  health: literal("disabled"),
  hidden: fixed(false),
  open_in: literal("slim-window"),
  statuses: list(statusShape, (app) => app.statuses, "the last ten, latest first"),
});

/** Nobody is connected with an agent here: this is what it says of itself. */
const connectionStatus = (state: LifecycleState) =>
  state === "created" ? "connecting" : state === "off" ? "disconnected" : "connected";

const failures: Partial<Record<LifecycleState, string>> = {
  start_timeout: "it takes too long to start",
  start_error: "its start has failed",
  shutdown_timeout: "it takes too long to shut down",
  shutdown_error: "its shutdown has failed",
};
export const healthSchema = z.object({ healthy: z.boolean(), reason: z.string().optional() });
export const healthOf = (state: LifecycleState): z.infer<typeof healthSchema> => {
  const reason = failures[state];
  return reason === undefined ? { healthy: true } : { healthy: false, reason };
};

export const agentShape = shape<AgentView & { resourceId: string }>("WorkspaceAgent")({
  id: string((agent) => agent.id),
  parent_id: fixed(null, z.null()),
  created_at: time((agent) => agent.createdAt),
  updated_at: time((agent) => agent.lifecycleChangedAt ?? agent.createdAt),
  ready_at: optionalTime((agent) => (agent.lifecycleState === "ready" ? agent.lifecycleChangedAt : null)),
  status: field(z.enum(["connecting", "connected", "disconnected"]), (agent) =>
    connectionStatus(agent.lifecycleState),
  ),
  lifecycle_state: field(z.enum(lifecycleStates), (agent) => agent.lifecycleState),
  name: string((agent) => agent.name),
  resource_id: string((agent) => agent.resourceId),
  architecture: fixed(""),
  operating_system: fixed(""),
  environment_variables: fixed({}, z.record(z.string(), z.string())),
  directory: fixed(""),
  version: fixed(""),
  api_version: fixed(""),
  apps: list(appShape, (agent) => agent.apps),
  connection_timeout_seconds: fixed(0),
  troubleshooting_url: fixed(""),
  subsystems: emptyList,
  health: field(healthSchema, (agent) => healthOf(agent.lifecycleState)),
  display_apps: emptyList,
  log_sources: emptyList,
  scripts: emptyList,
  startup_script_behavior: literal("non-blocking"),
  logs_length: fixed(0),
  logs_overflowed: fixed(false),
});

export const resourceShape = shape<ResourceView & Pick<BuildRow, "build">>("WorkspaceResource")({
  id: string((resource) => resource.id),
  created_at: time(({ build }) => build.completedAt ?? build.createdAt),
  job_id: string(({ build }) => build.id),
  workspace_transition: field(z.enum(transitions), ({ build }) => build.transition),
  type: string((resource) => resource.type),
  name: string((resource) => resource.name),
  hide: fixed(false),
  icon: fixed(""),
  agents: list(agentShape, ({ id, agents }) => agents.map((agent) => ({ ...agent, resourceId: id }))),
  metadata: emptyList,
  daily_cost: fixed(0),
});
