// Tables of the pools of prebuilt workspaces: who makes the next pass over them, and their totals for metrics.
import { foreignKey, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { templates } from "./templates.ts";

/** A pass that one instance at a time makes, once in an interval; what it writes is fenced by its token. */
export const leases = sqliteTable("leases", {
  name: text("name").primaryKey(),
  /** Of the pass that is under way; NULL: none is. */
  token: text("token"),
  expiresAt: integer("expires_at").notNull(),
  nextDueAt: integer("next_due_at").notNull(),
  /** Somebody asked for a pass while another was under way: another follows. */
  requestedAt: integer("wished_at"),
});

/** Counted by triggers, in the writes that make, fail and claim the workspaces. */
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
