// The table of what has changed in inboxes.
import { integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/**
 * What open inboxes learn of changes to notifications, written by a trigger of theirs: one row for each user who ever had any.
 * Rows are never deleted, so versions only grow.
 */
export const inboxChanges = sqliteTable(
  "inbox_changes",
  {
    userId: text("user_id").primaryKey(),
    /** Of the latest change; increasing over all users. */
    version: integer("version").notNull(),
    /** Latest first, each `version:seq,` with the notification's sequence number; cut at `maxRecentLength`. */
    recent: text("recent").notNull(),
  },
  (table) => [uniqueIndex("inbox_changes_version").on(table.version)],
);
