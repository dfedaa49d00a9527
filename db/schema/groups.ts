// Tables of groups: named sets of users.
import { sql } from "drizzle-orm";
import {
  foreignKey,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { organizations, users } from "./accounts.ts";

export const userGroups = sqliteTable(
  "user_groups",
  {
    id: text("id").primaryKey(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id),
    name: text("name").notNull(),
    displayName: text("display_name").notNull().default(""),
    /** Kept for Coder's clients. */
    avatarUrl: text("avatar_url").notNull().default(""),
    /** The id of the latest change: what was written with it says so. */
    changeId: text("change_id").notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [uniqueIndex("user_groups_name").on(sql`lower(${table.name})`)],
);

/** A deleted user leaves all groups. */
export const userGroupMembers = sqliteTable(
  "user_group_members",
  {
    groupId: text("group_id").notNull(),
    userId: text("user_id").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.groupId, table.userId] }),
    foreignKey({ columns: [table.groupId], foreignColumns: [userGroups.id] }).onDelete("cascade"),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete("cascade"),
    index("user_group_members_user").on(table.userId, table.groupId),
  ],
);
