// Tables of workspace templates: versions, parameters, presets and files.
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
import { prebuildStatuses } from "../rules/values.ts";
import { oneOf } from "./one-of.ts";

/** A tar of a template's folder, addressed by its content. Its bytes are in `fileChunks`. */
export const files = sqliteTable(
  "files",
  {
    id: text("id").primaryKey(),
    /** SHA-256 of the content, hex. */
    hash: text("hash").notNull(),
    /** Bytes. */
    size: integer("size").notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [uniqueIndex("files_hash").on(table.hash)],
);

/** Content in rows of at most 1 MiB: a server limits values to a few megabytes. */
export const fileChunks = sqliteTable(
  "file_chunks",
  {
    fileId: text("file_id").notNull(),
    position: integer("position").notNull(),
    content: blob("content", { mode: "buffer" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.fileId, table.position] }),
    foreignKey({ columns: [table.fileId], foreignColumns: [files.id] }).onDelete("cascade"),
  ],
);

export const templates = sqliteTable(
  "templates",
  {
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    id: text("id").notNull(),
    organizationId: text("organization_id").notNull(),
    name: text("name").notNull(),
    displayName: text("display_name").notNull(),
    description: text("description").notNull(),
    /** Empty: not deprecated. */
    deprecationMessage: text("deprecation_message").notNull(),
    activeVersionId: text("active_version_id").notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    deletedAt: integer("deleted_at"),
    /** People with a workspace of it; triggers count them. */
    userCount: integer("user_count").notNull().default(0),
  },
  (table) => [
    uniqueIndex("templates_id").on(table.id),
    index("templates_by_name")
      .on(sql`lower(${table.name})`, table.seq)
      .where(sql`deleted_at IS NULL`),
    uniqueIndex("templates_name")
      .on(table.organizationId, sql`lower(${table.name})`)
      .where(sql`deleted_at IS NULL`),
    index("templates_active_version").on(table.activeVersionId),
    foreignKey({ columns: [table.organizationId], foreignColumns: [organizations.id] }),
  ],
);

export const templateVersions = sqliteTable(
  "template_versions",
  {
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    id: text("id").notNull(),
    organizationId: text("organization_id").notNull(),
    /** NULL until a template is created from it. */
    templateId: text("template_id"),
    name: text("name").notNull(),
    message: text("message").notNull(),
    fileId: text("file_id"),
    hasAiTask: integer("has_ai_task", { mode: "boolean" }).notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [
    uniqueIndex("template_versions_id").on(table.id),
    uniqueIndex("template_versions_name").on(table.templateId, sql`lower(${table.name})`),
    index("template_versions_file").on(table.fileId),
    index("template_versions_latest").on(table.templateId, table.seq),
    foreignKey({ columns: [table.organizationId], foreignColumns: [organizations.id] }),
    foreignKey({ columns: [table.templateId], foreignColumns: [templates.id] }),
    foreignKey({ columns: [table.fileId], foreignColumns: [files.id] }),
  ],
);

export const templateParameters = sqliteTable(
  "template_parameters",
  {
    versionId: text("version_id").notNull(),
    position: integer("position").notNull(),
    name: text("name").notNull(),
    required: integer("required", { mode: "boolean" }).notNull(),
    defaultValue: text("default_value"),
    description: text("description").notNull(),
    /** Values are masked wherever they are displayed or sent. */
    sensitive: integer("sensitive", { mode: "boolean" }).notNull(),
    /** JSON of `ParameterRules`; NULL: any value. */
    rules: text("rules"),
  },
  (table) => [
    primaryKey({ columns: [table.versionId, table.name] }),
    index("template_parameters_ruled")
      .on(table.versionId)
      .where(sql`rules IS NOT NULL`),
    index("template_parameters_demanded")
      .on(table.versionId)
      .where(sql`required = 1 AND default_value IS NULL`),
    foreignKey({ columns: [table.versionId], foreignColumns: [templateVersions.id] }).onDelete("cascade"),
  ],
);

/** Named parameters of a version; with `desiredInstances` it keeps a pool of prebuilt workspaces. */
export const presets = sqliteTable(
  "presets",
  {
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    id: text("id").notNull(),
    versionId: text("version_id").notNull(),
    name: text("name").notNull(),
    isDefault: integer("is_default", { mode: "boolean" }).notNull(),
    /** NULL: no pool; 0: an empty pool. */
    desiredInstances: integer("desired_instances"),
    ttlSeconds: integer("ttl_seconds"),
    schedulingTimezone: text("scheduling_timezone"),
    /**
     * `hard_limited`: too many consecutive builds failed, no new ones are created; `validation_failed`: its builds can't be
     * created, and a retry won't help.
     */
    prebuildStatus: text("prebuild_status", { enum: prebuildStatuses }).notNull().default("normal"),
    /** The event of the current episode: each notifies once. */
    limitEventId: text("limit_event_id"),
    /** Since when it has this status; NULL for `normal`. */
    limitedAt: integer("limited_at"),
    /** When the pool was resumed; earlier failures no longer count. */
    failuresForgivenAt: integer("failures_forgiven_at"),
    /** Prebuilt workspaces created until then are outdated; NULL: none. */
    lastInvalidatedAt: integer("last_invalidated_at"),
    /** When its drift was marked as fixed; earlier claims no longer count. */
    driftFixedAt: integer("drift_fixed_at"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("presets_id").on(table.id),
    uniqueIndex("presets_name").on(table.versionId, sql`lower(${table.name})`),
    index("presets_pools")
      .on(table.versionId)
      .where(sql`desired_instances IS NOT NULL`),
    index("presets_limited")
      .on(table.id)
      .where(sql`prebuild_status = 'hard_limited'`),
    foreignKey({ columns: [table.versionId], foreignColumns: [templateVersions.id] }).onDelete("cascade"),
    check("presets_prebuild_status", oneOf("prebuild_status", prebuildStatuses)),
  ],
);

export const presetParameters = sqliteTable(
  "preset_parameters",
  {
    presetId: text("preset_id").notNull(),
    name: text("name").notNull(),
    value: text("value").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.presetId, table.name] }),
    foreignKey({ columns: [table.presetId], foreignColumns: [presets.id] }).onDelete("cascade"),
  ],
);

/** Schedules of instance counts; the first match applies. */
export const presetSchedules = sqliteTable(
  "preset_schedules",
  {
    presetId: text("preset_id").notNull(),
    position: integer("position").notNull(),
    cron: text("cron").notNull(),
    instances: integer("instances").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.presetId, table.position] }),
    foreignKey({ columns: [table.presetId], foreignColumns: [presets.id] }).onDelete("cascade"),
  ],
);

/** Keys of provisioners; only a SHA-256 of the secret is stored. */
export const provisionerKeys = sqliteTable(
  "provisioner_keys",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id").notNull(),
    name: text("name").notNull(),
    secretHash: text("secret_hash").notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
    lastUsedAt: integer("last_used_at"),
    lastUsedAddress: text("last_used_address"),
  },
  (table) => [
    uniqueIndex("provisioner_keys_name").on(table.organizationId, sql`lower(${table.name})`),
    foreignKey({ columns: [table.organizationId], foreignColumns: [organizations.id] }),
    foreignKey({ columns: [table.createdBy], foreignColumns: [users.id] }),
  ],
);
