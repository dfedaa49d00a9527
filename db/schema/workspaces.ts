// Tables of workspaces: builds, which are the provisioners' jobs, their logs and Terraform state.
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
import {
  prebuildsUser,
  buildReasons,
  buildStages,
  buildStatuses,
  logLevels,
  transitions,
} from "../rules/values.ts";
import { oneOf } from "./one-of.ts";

const isLive = sql`deleted_at IS NULL`;
/** Also a condition of partial indexes. Prebuilt workspaces of a task's template are nobody's tasks. */
export const isLiveTask = sql.raw(
  `task_rank IS NOT NULL AND deleted_at IS NULL AND owner_id <> '${prebuildsUser.id}'`,
);

export const workspaces = sqliteTable(
  "workspaces",
  {
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    id: text("id").notNull(),
    ownerId: text("owner_id").notNull(),
    organizationId: text("organization_id").notNull(),
    templateId: text("template_id").notNull(),
    name: text("name").notNull(),
    /** `CRON_TZ=zone minute hour * * days`, as Coder writes it; NULL: no autostart. */
    autostartSchedule: text("autostart_schedule"),
    /** Epoch milliseconds of the next autostart, or NULL. */
    nextStartAt: integer("next_start_at"),
    automaticUpdates: text("automatic_updates", { enum: ["always", "never"] }).notNull(),
    /** The build with the highest number, denormalized. */
    latestBuildId: text("latest_build_id"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    lastUsedAt: integer("last_used_at").notNull(),
    deletedAt: integer("deleted_at"),
    /** Of the latest build, in Coder's words; kept, like the next two, by triggers. */
    workspaceStatus: text("workspace_status"),
    /** Of a task: 1 waits for its owner, 2 failed, 3 works, 4 complete, 5 stopped. NULL: not a task. */
    taskRank: integer("task_rank"),
    /** Since when it is that. */
    taskSince: integer("task_since"),
  },
  (table) => [
    uniqueIndex("workspaces_id").on(table.id),
    uniqueIndex("workspaces_name")
      .on(table.ownerId, sql`lower(${table.name})`)
      .where(sql`deleted_at IS NULL`),
    index("workspaces_by_name")
      .on(sql`lower(${table.name})`, table.seq)
      .where(isLive),
    index("workspaces_by_status")
      .on(table.workspaceStatus, sql`lower(${table.name})`, table.seq)
      .where(isLive),
    index("workspaces_by_owner_status")
      .on(table.ownerId, table.workspaceStatus, sql`lower(${table.name})`, table.seq)
      .where(isLive),
    index("workspaces_by_template")
      .on(table.templateId, sql`lower(${table.name})`, table.seq)
      .where(isLive),
    index("workspaces_template_owners").on(table.templateId, table.ownerId).where(isLive),
    index("workspaces_tasks")
      .on(sql`lower(${table.name})`, table.seq)
      .where(isLiveTask),
    index("workspaces_tasks_waiting").on(table.taskRank, table.taskSince, table.seq).where(isLiveTask),
    index("workspaces_tasks_of_owner")
      .on(table.ownerId, sql`lower(${table.name})`, table.seq)
      .where(isLiveTask),
    index("workspaces_tasks_waiting_of_owner")
      .on(table.ownerId, table.taskRank, table.taskSince, table.seq)
      .where(isLiveTask),
    index("workspaces_next_start")
      .on(table.nextStartAt)
      .where(sql`next_start_at IS NOT NULL AND deleted_at IS NULL`),
    foreignKey({ columns: [table.ownerId], foreignColumns: [users.id] }),
    foreignKey({ columns: [table.organizationId], foreignColumns: [organizations.id] }),
    foreignKey({ columns: [table.templateId], foreignColumns: [templates.id] }),
    check("workspaces_automatic_updates", sql`automatic_updates IN ('always', 'never')`),
  ],
);

// The conditions of partial indexes. Queries must repeat them literally to use the index.
export const isPoolNow = sql`pool_preset_id IS NOT NULL AND (status IN ('pending', 'running', 'canceling') OR (status = 'succeeded' AND transition = 'start'))`;
export const isPoolStart = sql`pool_preset_id IS NOT NULL AND preset_id IS NOT NULL AND transition = 'start'`;
export const isPoolSuccess = sql`stage = 'create' AND status = 'succeeded'`;
export const isCodedCreation = sql`stage = 'create' AND error_code IS NOT NULL`;

/** A build: one run of a transition, and its provisioner job. */
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
    /** `create` or `claim` for builds of a pool, else `none`. */
    stage: text("stage", { enum: buildStages }).notNull(),
    initiatorId: text("initiator_id").notNull(),
    status: text("status", { enum: buildStatuses }).notNull(),
    /** The error of a failed build, or NULL. */
    error: text("error"),
    /** `LEASE_LOST`, or one of the `permanentErrorCodes` from the provisioner; NULL for any other cause. */
    errorCode: text("error_code"),
    /** Its agents' tokens are derived from this; the same from start to stop, also through a claim. */
    agentGeneration: text("agent_generation").notNull(),
    hasAiTask: integer("has_ai_task", { mode: "boolean" }).notNull(),
    aiTaskPrompt: text("ai_task_prompt"),
    aiTaskSidebarAppId: text("ai_task_sidebar_app_id"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    startedAt: integer("started_at"),
    canceledAt: integer("canceled_at"),
    completedAt: integer("completed_at"),
    /** The provisioner's id of its acquisition; a retry gets the same job. */
    acquireId: text("acquire_id"),
    provisionerName: text("provisioner_name"),
    provisionerKeyId: text("provisioner_key_id"),
    leaseExpiresAt: integer("lease_expires_at"),
    /** How often a lease expired before a plan was sent. */
    requeues: integer("requeues").notNull().default(0),
    planReceivedAt: integer("plan_received_at"),
    /** Order in the queue: users' builds, then deletions of a pool, then its creations. */
    priority: integer("priority").notNull(),
    /**
     * The preset of the pool, for the latest build of an unclaimed workspace. Triggers maintain it, so the cost of a
     * reconciliation depends on the size of the pools, not on the number of past builds.
     */
    poolPresetId: text("pool_preset_id"),
    /** Of a stop: a start follows as soon as it has succeeded. */
    restarts: integer("restarts", { mode: "boolean" }).notNull().default(false),
  },
  (table) => [
    index("workspace_builds_restarts")
      .on(table.seq)
      .where(sql`restarts = 1 AND status = 'succeeded'`),
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
    index("workspace_builds_version").on(table.versionId),
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
    /** Chosen by the sender, so a batch that is sent twice is stored once. */
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

/** Terraform state, encrypted, in rows of at most 1 MiB; a workspace's latest counts. */
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
