// Tables of workspaces: their builds (which are the provisioners' jobs), logs and state.
import { sql } from "drizzle-orm";
import {
  blob,
  check,
  foreignKey,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { organizations, users } from "./accounts.ts";
import { presets, templates, templateVersions } from "./templates.ts";
import { buildReasons, buildStages, buildStatuses, logLevels, oneOf, transitions } from "./values.ts";

export const workspaces = sqliteTable(
  "workspaces",
  {
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    id: text("id").notNull(),
    ownerId: text("owner_id").notNull(),
    organizationId: text("organization_id").notNull(),
    templateId: text("template_id").notNull(),
    name: text("name").notNull(),
    /** `CRON_TZ=zone minute hour * * days`, as Coder writes it; NULL: not started by itself. */
    autostartSchedule: text("autostart_schedule"),
    /** Epoch milliseconds of the next automatic start; NULL: none. */
    nextStartAt: integer("next_start_at"),
    automaticUpdates: text("automatic_updates", { enum: ["always", "never"] }).notNull(),
    /** The build with the highest number, so that nobody has to look for it. */
    latestBuildId: text("latest_build_id"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    lastUsedAt: integer("last_used_at").notNull(),
    deletedAt: integer("deleted_at"),
  },
  (table) => [
    uniqueIndex("workspaces_id").on(table.id),
    uniqueIndex("workspaces_name")
      .on(table.ownerId, sql`lower(${table.name})`)
      .where(sql`deleted_at IS NULL`),
    index("workspaces_template")
      .on(table.templateId)
      .where(sql`deleted_at IS NULL`),
    index("workspaces_next_start")
      .on(table.nextStartAt)
      .where(sql`next_start_at IS NOT NULL AND deleted_at IS NULL`),
    foreignKey({ columns: [table.ownerId], foreignColumns: [users.id] }),
    foreignKey({ columns: [table.organizationId], foreignColumns: [organizations.id] }),
    foreignKey({ columns: [table.templateId], foreignColumns: [templates.id] }),
    check("workspaces_automatic_updates", sql`automatic_updates IN ('always', 'never')`),
  ],
);

// What the indexes of pools hold. Queries must say the same words to be served by them.
export const isPoolNow = sql`pool_preset_id IS NOT NULL AND (status IN ('pending', 'running', 'canceling') OR (status = 'succeeded' AND transition = 'start'))`;
export const isPoolStart = sql`pool_preset_id IS NOT NULL AND preset_id IS NOT NULL AND transition = 'start'`;
export const isPoolSuccess = sql`stage = 'create' AND status = 'succeeded'`;
export const isCodedCreation = sql`stage = 'create' AND error_code IS NOT NULL`;

/** One run of a transition, and the provisioner's job of it. */
export const workspaceBuilds = sqliteTable(
  "workspace_builds",
  {
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    id: text("id").notNull(),
    workspaceId: text("workspace_id").notNull(),
    number: integer("number").notNull(),
    versionId: text("version_id").notNull(),
    presetId: text("preset_id"),
    transition: text("transition", { enum: transitions }).notNull(),
    reason: text("reason", { enum: buildReasons }).notNull(),
    /** `create` and `claim` for the builds of a pool, else `none`. */
    stage: text("stage", { enum: buildStages }).notNull(),
    initiatorId: text("initiator_id").notNull(),
    status: text("status", { enum: buildStatuses }).notNull(),
    /** Why it failed; NULL otherwise. */
    error: text("error"),
    /** `LEASE_LOST`, or one of `permanentErrorCodes` as the provisioner says; NULL for any other cause. */
    errorCode: text("error_code"),
    /** The tokens of its agents are made from this; the same from start to stop, also through a claim. */
    agentGeneration: text("agent_generation").notNull(),
    hasAiTask: integer("has_ai_task", { mode: "boolean" }).notNull(),
    aiTaskPrompt: text("ai_task_prompt"),
    aiTaskSidebarAppId: text("ai_task_sidebar_app_id"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    startedAt: integer("started_at"),
    canceledAt: integer("canceled_at"),
    completedAt: integer("completed_at"),
    /** The provisioner's own id of its acquisition: the same one gets the same job again. */
    acquireId: text("acquire_id"),
    provisionerName: text("provisioner_name"),
    provisionerKeyId: text("provisioner_key_id"),
    leaseExpiresAt: integer("lease_expires_at"),
    /** How often a lease ran out before a plan was sent. */
    requeues: integer("requeues").notNull().default(0),
    planReceivedAt: integer("plan_received_at"),
    /** Order in the queue: people's, then deletions of a pool, then creations of a pool. */
    priority: integer("priority").notNull(),
    /**
     * While it is the latest build of a workspace that nobody has claimed: the preset whose pool that is in. Triggers keep
     * it, so that looking after the pools costs what is in them, however many builds there have been.
     */
    poolPresetId: text("pool_preset_id"),
  },
  (table) => [
    uniqueIndex("workspace_builds_id").on(table.id),
    uniqueIndex("workspace_builds_number").on(table.workspaceId, table.number),
    uniqueIndex("workspace_builds_active")
      .on(table.workspaceId)
      .where(sql`status IN ('pending', 'running', 'canceling')`),
    index("workspace_builds_queue")
      .on(table.priority, table.seq)
      .where(sql`status = 'pending'`),
    index("workspace_builds_leases")
      .on(table.leaseExpiresAt)
      .where(sql`lease_expires_at IS NOT NULL`),
    uniqueIndex("workspace_builds_acquire")
      .on(table.acquireId)
      .where(sql`acquire_id IS NOT NULL`),
    index("workspace_builds_preset").on(table.presetId, table.createdAt),
    index("workspace_builds_claims")
      .on(table.versionId, table.presetId)
      .where(sql`stage = 'claim'`),
    index("workspace_builds_pool_now").on(table.poolPresetId).where(isPoolNow),
    index("workspace_builds_pool_starts").on(table.poolPresetId, table.createdAt).where(isPoolStart),
    index("workspace_builds_pool_made").on(table.presetId, table.createdAt).where(isPoolSuccess),
    index("workspace_builds_coded").on(table.presetId, table.createdAt).where(isCodedCreation),
    foreignKey({ columns: [table.workspaceId], foreignColumns: [workspaces.id] }).onDelete("cascade"),
    foreignKey({ columns: [table.versionId], foreignColumns: [templateVersions.id] }),
    foreignKey({ columns: [table.presetId], foreignColumns: [presets.id] }),
    check("workspace_builds_transition", oneOf("transition", transitions)),
    check("workspace_builds_stage", oneOf("stage", buildStages)),
    check("workspace_builds_status", oneOf("status", buildStatuses)),
    check("workspace_builds_reason", oneOf("reason", buildReasons)),
  ],
);

export const buildParameters = sqliteTable(
  "build_parameters",
  {
    buildId: text("build_id").notNull(),
    name: text("name").notNull(),
    value: text("value").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.buildId, table.name] }),
    foreignKey({ columns: [table.buildId], foreignColumns: [workspaceBuilds.id] }).onDelete("cascade"),
  ],
);

export const buildLogs = sqliteTable(
  "build_logs",
  {
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    /** Made by the sender, so that a batch that is sent twice is kept once. */
    id: text("id").notNull(),
    buildId: text("build_id").notNull(),
    at: integer("at").notNull(),
    level: text("level", { enum: logLevels }).notNull(),
    source: text("source", { enum: ["provisioner", "provisioner_daemon"] }).notNull(),
    stage: text("stage").notNull(),
    output: text("output").notNull(),
  },
  (table) => [
    uniqueIndex("build_logs_id").on(table.id),
    index("build_logs_build").on(table.buildId, table.seq),
    foreignKey({ columns: [table.buildId], foreignColumns: [workspaceBuilds.id] }).onDelete("cascade"),
  ],
);

/** What Terraform remembers of a workspace: sealed, cut into rows of at most 1 MiB; the newest of a workspace counts. */
export const workspaceStates = sqliteTable(
  "workspace_states",
  {
    buildId: text("build_id").notNull(),
    position: integer("position").notNull(),
    content: blob("content", { mode: "buffer" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.buildId, table.position] }),
    foreignKey({ columns: [table.buildId], foreignColumns: [workspaceBuilds.id] }).onDelete("cascade"),
  ],
);
