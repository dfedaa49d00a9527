// The table of the inbox.
import { sql } from "drizzle-orm";
import { foreignKey, index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";
import { notificationTemplates } from "./notifications.ts";
import { organizationId } from "./organization-id.ts";

/** The inbox. Its rows stay when those of messages are purged. */
export const inboxNotifications = sqliteTable(
  "inbox_notifications",
  {
    /** Never given a second time: the newest row stays. */
    seq: integer("seq").primaryKey(),
    /** The message's id. */
    id: text("id").notNull(),
    userId: text("user_id").notNull(),
    templateId: text("template_id").notNull(),
    targets: text("targets").notNull(),
    /** Markdown. */
    title: text("title").notNull(),
    content: text("content").notNull(),
    icon: text("icon").notNull(),
    /** JSON array of `{label, url}`. */
    actions: text("actions").notNull(),
    readAt: integer("read_at"),
    createdAt: integer("created_at").notNull(),
    /** What is done is read, too, and no longer in the inbox. */
    doneAt: integer("done_at"),
    /** Set on items that a newer one of the same situation stands for; they are done. */
    foldedAt: integer("folded_at"),
    situationId: text("situation_id"),
    /** Codes of the reasons for this recipient, separated by spaces; NULL for rows of earlier releases. */
    why: text("why"),
    /** With `doneAt`: when it comes back. Without: it was snoozed until then. */
    snoozedUntil: integer("snoozed_until"),
    organizationId: organizationId(),
  },
  (table) => [
    uniqueIndex("inbox_notifications_id").on(table.id),
    index("inbox_notifications_open")
      .on(table.userId, table.seq)
      .where(sql`done_at IS NULL`),
    index("inbox_notifications_done")
      .on(table.userId, table.seq)
      .where(sql`done_at IS NOT NULL AND folded_at IS NULL`),
    index("inbox_notifications_situation")
      .on(table.situationId, table.userId, table.seq)
      .where(sql`situation_id IS NOT NULL AND folded_at IS NULL`),
    index("inbox_notifications_folded")
      .on(table.situationId, table.userId, table.seq)
      .where(sql`folded_at IS NOT NULL`),
    index("inbox_notifications_unread")
      .on(table.userId, table.seq)
      .where(sql`read_at IS NULL`),
    index("inbox_notifications_snoozed")
      .on(table.userId, table.seq)
      .where(sql`snoozed_until IS NOT NULL AND done_at IS NOT NULL`),
    index("inbox_notifications_due")
      .on(table.snoozedUntil)
      .where(sql`snoozed_until IS NOT NULL AND done_at IS NOT NULL`),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete("cascade"),
    foreignKey({ columns: [table.templateId], foreignColumns: [notificationTemplates.id] }),
  ],
);
