// Tables of a workspace's resources, agents, apps and app statuses.
import { sql } from "drizzle-orm";
import { check, foreignKey, index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { appStates, lifecycleStates } from "../rules/values.ts";
import { oneOf } from "./one-of.ts";
import { workspaceBuilds, workspaces } from "./workspaces.ts";

export const workspaceResources = sqliteTable(
  "workspace_resources",
  {
    id: text("id").primaryKey(),
    buildId: text("build_id").notNull(),
    type: text("type").notNull(),
    name: text("name").notNull(),
  },
  (table) => [
    index("workspace_resources_build").on(table.buildId),
    foreignKey({ columns: [table.buildId], foreignColumns: [workspaceBuilds.id] }).onDelete("cascade"),
  ],
);

export const workspaceAgents = sqliteTable(
  "workspace_agents",
  {
    id: text("id").primaryKey(),
    resourceId: text("resource_id").notNull(),
    buildId: text("build_id").notNull(),
    name: text("name").notNull(),
    /** `created` until the agent reports another state. */
    lifecycleState: text("lifecycle_state", { enum: lifecycleStates }).notNull(),
    lifecycleChangedAt: integer("lifecycle_changed_at"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    index("workspace_agents_resource").on(table.resourceId),
    uniqueIndex("workspace_agents_name").on(table.buildId, table.name),
    foreignKey({ columns: [table.resourceId], foreignColumns: [workspaceResources.id] }).onDelete("cascade"),
    foreignKey({ columns: [table.buildId], foreignColumns: [workspaceBuilds.id] }).onDelete("cascade"),
    check("workspace_agents_lifecycle", oneOf("lifecycle_state", lifecycleStates)),
  ],
);

export const workspaceApps = sqliteTable(
  "workspace_apps",
  {
    id: text("id").primaryKey(),
    agentId: text("agent_id").notNull(),
    slug: text("slug").notNull(),
    displayName: text("display_name").notNull(),
    url: text("url"),
  },
  (table) => [
    uniqueIndex("workspace_apps_slug").on(table.agentId, table.slug),
    foreignKey({ columns: [table.agentId], foreignColumns: [workspaceAgents.id] }).onDelete("cascade"),
  ],
);

export const workspaceAppStatuses = sqliteTable(
  "workspace_app_statuses",
  {
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    id: text("id").notNull(),
    appId: text("app_id").notNull(),
    workspaceId: text("workspace_id").notNull(),
    state: text("state", { enum: appStates }).notNull(),
    message: text("message").notNull(),
    uri: text("uri"),
    createdAt: integer("created_at").notNull(),
    /** Start of the uninterrupted reports of this state. */
    stateSince: integer("state_since").notNull().default(0),
    /** Whether the app has reported a later status. */
    superseded: integer("superseded", { mode: "boolean" }).notNull().default(false),
  },
  (table) => [
    uniqueIndex("workspace_app_statuses_id").on(table.id),
    index("workspace_app_statuses_app").on(table.appId, table.seq),
    index("workspace_app_statuses_workspace").on(table.workspaceId, table.seq),
    index("workspace_app_statuses_superseded")
      .on(table.createdAt)
      .where(sql`superseded = 1`),
    foreignKey({ columns: [table.appId], foreignColumns: [workspaceApps.id] }).onDelete("cascade"),
    foreignKey({ columns: [table.workspaceId], foreignColumns: [workspaces.id] }).onDelete("cascade"),
    check("workspace_app_statuses_state", oneOf("state", appStates)),
  ],
);
