// SQL of a build as it is shown: with its workspace, resources, agents and apps; and who can see it.
import { eq, sql } from "drizzle-orm";
import { query, type SQL } from "../../../../db/client.ts";
import {
  organizations,
  templates,
  templateVersions,
  users,
  workspaceBuilds,
  workspaces,
  type AppState,
  type LifecycleState,
} from "../../../../db/schema.ts";
import { rolesWithPermission } from "../../../accounts/rules/permissions.ts";

export interface StatusView {
  id: string;
  appId: string;
  agentId: string;
  workspaceId: string;
  state: AppState;
  message: string;
  uri: string | null;
  createdAt: number;
}
export interface AppView {
  id: string;
  slug: string;
  displayName: string;
  url: string | null;
  /** The last few, latest first. */
  statuses: StatusView[];
}
export interface AgentView {
  id: string;
  name: string;
  lifecycleState: LifecycleState;
  lifecycleChangedAt: number | null;
  createdAt: number;
  apps: AppView[];
}
export interface ResourceView {
  id: string;
  type: string;
  name: string;
  agents: AgentView[];
}

/** Statuses of an app that go with it, at most. */
const maxShownStatuses = 10;
const statusMembers = sql`'id', s.id, 'appId', s.app_id, 'workspaceId', s.workspace_id, 'state', s.state,
  'message', s.message, 'uri', s.uri, 'createdAt', s.created_at`;
const statuses = sql`(SELECT json_group_array(json_object(${statusMembers}, 'agentId', p.agent_id)) FROM (
  SELECT * FROM workspace_app_statuses WHERE app_id = p.id ORDER BY seq DESC LIMIT ${maxShownStatuses}) s)`;
/** JSON of a `StatusView`: the last of all of the workspace's apps. */
const latestStatus = sql<string | null>`(SELECT json_object(${statusMembers}, 'agentId', p.agent_id)
  FROM workspace_app_statuses s JOIN workspace_apps p ON p.id = s.app_id
  WHERE s.workspace_id = ${workspaces.id} ORDER BY s.seq DESC LIMIT 1)`;
const apps = sql`(SELECT json_group_array(json_object('id', p.id, 'slug', p.slug, 'displayName', p.display_name,
    'url', p.url, 'statuses', json(${statuses}))) FROM workspace_apps p WHERE p.agent_id = a.id)`;
const agents = sql`(SELECT json_group_array(json_object('id', a.id, 'name', a.name, 'lifecycleState', a.lifecycle_state,
    'lifecycleChangedAt', a.lifecycle_changed_at, 'createdAt', a.created_at, 'apps', json(${apps})))
  FROM workspace_agents a WHERE a.build_id = r.build_id AND a.resource_id = r.id)`;
/** JSON of `ResourceView[]`. */
const resources = sql<string>`(SELECT json_group_array(json_object('id', r.id, 'type', r.type, 'name', r.name,
    'agents', json(${agents}))) FROM workspace_resources r WHERE r.build_id = ${workspaceBuilds.id})`;

/** Rows of builds with everything that is shown of them and of their workspace. */
export const buildView = () =>
  query
    .select({
      build: workspaceBuilds,
      workspace: workspaces,
      ownerName: users.username,
      organizationName: organizations.name,
      template: {
        name: templates.name,
        displayName: templates.displayName,
        activeVersionId: templates.activeVersionId,
      },
      versionName: templateVersions.name,
      fileId: templateVersions.fileId,
      initiatorName: sql<
        string | null
      >`(SELECT username FROM users WHERE id = ${workspaceBuilds.initiatorId})`.as("initiator_name"),
      resources: resources.as("resources"),
      latestStatus: latestStatus.as("latest_status"),
    })
    .from(workspaceBuilds)
    .innerJoin(workspaces, eq(workspaces.id, workspaceBuilds.workspaceId))
    .innerJoin(users, eq(users.id, workspaces.ownerId))
    .innerJoin(organizations, eq(organizations.id, workspaces.organizationId))
    .innerJoin(templates, eq(templates.id, workspaces.templateId))
    .innerJoin(templateVersions, eq(templateVersions.id, workspaceBuilds.versionId))
    .$dynamic();

export type BuildRow = ReturnType<typeof buildView>["_"]["result"][number];

const rolesThatReadAll = JSON.stringify(rolesWithPermission("workspaces:read-all"));

/** True in SQL where this user may see everybody's workspaces. */
export const seesAllWorkspacesSql = (self: SQL): SQL => sql`EXISTS (
  SELECT 1 FROM user_roles WHERE user_id = ${self} AND role IN (SELECT value FROM json_each(${rolesThatReadAll})))`;

/** True in SQL where this user may see the workspaces of that owner, given by their id. */
export const ownerVisibleSql = (self: SQL, ownerId: SQL): SQL =>
  sql`(${ownerId} = ${self} OR ${seesAllWorkspacesSql(self)})`;

/** True in SQL for workspaces that this user may see. */
export const workspaceVisibleSql = (self: SQL): SQL => ownerVisibleSql(self, sql`${workspaces.ownerId}`);
