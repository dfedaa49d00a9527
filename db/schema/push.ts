// Tables of push messages: the browsers that get them, and the pages that are visible.
import { foreignKey, index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";

export const pushSubscriptions = sqliteTable(
  "push_subscriptions",
  {
    id: text("id").primaryKey(),
    userId: text("user_id").notNull(),
    /** An address at the push service of the browser: whoever knows it can send there. */
    endpoint: text("endpoint").notNull(),
    /** The browser's public key and secret (RFC 8291), base64url. */
    p256dh: text("p256dh").notNull(),
    auth: text("auth").notNull(),
    /** The public key of ours that the browser was given: only with its private key it takes messages. */
    serverKey: text("server_key").notNull(),
    /** Browser and system, for people. */
    device: text("device").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("push_subscriptions_endpoint").on(table.endpoint),
    index("push_subscriptions_user").on(table.userId, table.createdAt),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete("cascade"),
  ],
);

/** One row for each stream of a visible page, of users with a push subscription. */
export const visiblePages = sqliteTable(
  "visible_pages",
  {
    id: text("id").primaryKey(),
    userId: text("user_id").notNull(),
    /** If its end is not noticed. */
    until: integer("until").notNull(),
  },
  (table) => [
    index("visible_pages_user").on(table.userId, table.until),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete("cascade"),
  ],
);
