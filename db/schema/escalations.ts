// The table of escalations: events that go to others, too, unless somebody reads them in time.
import { foreignKey, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { notificationEvents } from "./notifications.ts";

/** Deleted when it is decided. */
export const notificationEscalations = sqliteTable(
  "notification_escalations",
  {
    eventId: text("event_id").primaryKey(),
    dueAt: integer("due_at").notNull(),
    /** The code of the rule that decided it. */
    rule: text("rule").notNull(),
    /** JSON array of `user:ID`, `group:ID` and `receiver:ID`. */
    targets: text("targets").notNull(),
  },
  (table) => [
    index("notification_escalations_due").on(table.dueAt),
    foreignKey({ columns: [table.eventId], foreignColumns: [notificationEvents.id] }).onDelete("cascade"),
  ],
);
