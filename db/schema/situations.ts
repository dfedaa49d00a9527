// The table of situations.
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** What is the matter now, or was: opened by an event, resolved by the write that ends it. One row for each episode. */
export const situations = sqliteTable(
  "situations",
  {
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    id: text("id").notNull(),
    /** What it is about, like `pool/{preset id}`; at most one is open for each key. */
    key: text("key").notNull(),
    openedAt: integer("opened_at").notNull(),
    /** The latest occurrence. */
    lastAt: integer("last_at").notNull(),
    occurrences: integer("occurrences").notNull(),
    /** The event of the latest occurrence. */
    lastEventId: text("last_event_id").notNull(),
    /** The event of the latest occurrence that was notified of. */
    notifiedEventId: text("notified_event_id").notNull(),
    /** The latest occurrence reopened it, without a notification. */
    isQuiet: integer("is_quiet", { mode: "boolean" }).notNull(),
    /** NULL while it is open. */
    resolvedAt: integer("resolved_at"),
    /** A code: `recovered`, `resumed` … */
    how: text("how"),
    /** The user who resolved it, or NULL. */
    resolvedBy: text("resolved_by"),
  },
  (table) => [
    uniqueIndex("situations_id").on(table.id),
    uniqueIndex("situations_open")
      .on(table.key)
      .where(sql`resolved_at IS NULL`),
    index("situations_key").on(table.key, table.seq),
    index("situations_resolved")
      .on(table.resolvedAt)
      .where(sql`resolved_at IS NOT NULL`),
  ],
);
