// The table of what users aren't notified about.
import {
  check,
  foreignKey,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";
import { muteThings } from "../rules/values.ts";
import { oneOf } from "./one-of.ts";

/** What a user isn't notified about. */
export const notificationMutes = sqliteTable(
  "notification_mutes",
  {
    id: text("id").notNull(),
    userId: text("user_id").notNull(),
    thing: text("thing", { enum: muteThings }).notNull(),
    /** The workspace's, the session's or the template's, also for a preset. */
    thingId: text("thing_id").notNull(),
    presetName: text("preset_name").notNull().default(""),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.thingId, table.presetName] }),
    uniqueIndex("notification_mutes_id").on(table.id),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete("cascade"),
    check("notification_mutes_thing", oneOf("thing", muteThings)),
  ],
);
