// Tables of prebuilds: the lease of a reconciliation, totals for metrics, and drift: resources that a plan would replace.
import { foreignKey, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { templates } from "./templates.ts";
import { workspaceBuilds } from "./workspaces.ts";

/** A run that one instance at a time executes, once in an interval; its token fences its writes. */
export const leases = sqliteTable("leases", {
  name: text("name").primaryKey(),
  /** The token of the current run, or NULL. */
  token: text("token"),
  expiresAt: integer("expires_at").notNull(),
  nextDueAt: integer("next_due_at").notNull(),
  /** A run was requested during another: another follows. */
  requestedAt: integer("wished_at"),
});

/** Counted by triggers, in the writes that create, fail and claim the workspaces. */
export const poolTotals = sqliteTable(
  "pool_totals",
  {
    templateId: text("template_id").notNull(),
    presetName: text("preset_name").notNull(),
    created: integer("created").notNull(),
    failed: integer("failed").notNull(),
    claimed: integer("claimed").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.templateId, table.presetName] }),
    foreignKey({ columns: [table.templateId], foreignColumns: [templates.id] }),
  ],
);

/** One row for each path that forces a replacement, in the plan's order. */
export const resourceReplacements = sqliteTable(
  "resource_replacements",
  {
    buildId: text("build_id").notNull(),
    position: integer("position").notNull(),
    /** The resource's address. */
    address: text("address").notNull(),
    /** NULL when the plan names none; then it is not drift. */
    path: text("path"),
    /** Terraform's reason code, or NULL. */
    reason: text("reason"),
  },
  (table) => [
    primaryKey({ columns: [table.buildId, table.position] }),
    foreignKey({ columns: [table.buildId], foreignColumns: [workspaceBuilds.id] }).onDelete("cascade"),
  ],
);
