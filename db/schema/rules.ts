// The table of rules: how events reach people and receivers.
import { sql } from "drizzle-orm";
import { foreignKey, index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";

export const notificationRules = sqliteTable(
  "notification_rules",
  {
    id: text("id").primaryKey(),
    /** Whose own it is; NULL: the deployment's. */
    userId: text("user_id"),
    name: text("name").notNull(),
    /** Those of one owner are asked in this order. */
    position: integer("position").notNull(),
    /** In the language of filters; NULL: every event. */
    filter: text("filter"),
    isEnabled: integer("is_enabled", { mode: "boolean" }).notNull().default(true),
    /** The rules after it are asked, too. */
    continues: integer("continues", { mode: "boolean" }).notNull().default(false),
    /** JSON of what it does, as `RuleActions`. */
    actions: text("actions").notNull(),
    /** The id of the latest change: what was written with it says so. */
    changeId: text("change_id").notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("notification_rules_name")
      .on(table.name)
      .where(sql`user_id IS NULL`),
    uniqueIndex("notification_rules_own_name")
      .on(table.userId, table.name)
      .where(sql`user_id IS NOT NULL`),
    index("notification_rules_user").on(table.userId, table.position),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete("cascade"),
  ],
);
