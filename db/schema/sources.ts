// The tables of sources (Coder deployments that send their notifications to Belfry), of what they sent, and of their people.
import { sql } from "drizzle-orm";
import {
  blob,
  check,
  foreignKey,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";
import { sourceKinds } from "../rules/values.ts";
import { oneOf } from "./one-of.ts";

export const sources = sqliteTable(
  "sources",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    kind: text("kind", { enum: sourceKinds }).notNull(),
    isEnabled: integer("is_enabled", { mode: "boolean" }).notNull().default(true),
    /** SHA-256 of the secret in its address, hex. */
    secretHash: text("secret_hash").notNull(),
    /** Of the secret before it, which works until then. */
    previousHash: text("previous_hash"),
    previousUntil: integer("previous_until"),
    /** The id of the latest change: what was written with it says so. */
    changeId: text("change_id").notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
    lastReceivedAt: integer("last_received_at"),
    receivedCount: integer("received_count").notNull().default(0),
    /** Of them, for somebody whom Belfry did not recognise. */
    unmatchedCount: integer("unmatched_count").notNull().default(0),
  },
  (table) => [
    uniqueIndex("sources_name").on(sql`lower(${table.name})`),
    uniqueIndex("sources_secret").on(table.secretHash),
    index("sources_previous")
      .on(table.previousHash)
      .where(sql`previous_hash IS NOT NULL`),
    check("sources_kind", oneOf("kind", sourceKinds)),
  ],
);

/** One row for each message that was received, so that it counts once. They outlive a source that is deleted, for 30 days. */
export const sourceReceipts = sqliteTable(
  "source_receipts",
  {
    messageId: text("message_id").primaryKey(),
    sourceId: text("source_id").notNull(),
    /** Of the delivery that counted. */
    deliveryId: text("delivery_id").notNull(),
    receivedAt: integer("received_at").notNull(),
  },
  (table) => [index("source_receipts_received").on(table.receivedAt)],
);

/** Of a receipt that was deleted, by a trigger: its message counts once for as long as its source exists. 16 bytes each. */
export const sourceMessageIds = sqliteTable(
  "source_message_ids",
  {
    sourceId: blob("source_id", { mode: "buffer" }).notNull(),
    messageId: blob("message_id", { mode: "buffer" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.sourceId, table.messageId] })],
);

/** People of a source whom Belfry did not recognise, and those whom an owner pinned to a user. */
export const sourcePeople = sqliteTable(
  "source_people",
  {
    sourceId: text("source_id").notNull(),
    /** The user's id in Coder. */
    foreignId: text("foreign_id").notNull(),
    username: text("username").notNull(),
    email: text("email").notNull(),
    emailCanonical: text("email_canonical").notNull(),
    name: text("name").notNull(),
    /** Whom an owner pinned them to. */
    userId: text("user_id"),
    pinnedAt: integer("pinned_at"),
    /** Messages that had no recipient. */
    missedCount: integer("missed_count").notNull().default(0),
    firstSeenAt: integer("first_seen_at").notNull(),
    lastSeenAt: integer("last_seen_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.sourceId, table.foreignId] }),
    index("source_people_listed").on(
      table.sourceId,
      sql`(user_id IS NOT NULL)`,
      sql`${table.lastSeenAt} DESC`,
      table.foreignId,
    ),
    index("source_people_unmatched")
      .on(table.lastSeenAt)
      .where(sql`user_id IS NULL`),
    index("source_people_user")
      .on(table.userId)
      .where(sql`user_id IS NOT NULL`),
    foreignKey({ columns: [table.sourceId], foreignColumns: [sources.id] }).onDelete("cascade"),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete("cascade"),
  ],
);

/** Messages for people whom Belfry did not recognise, for a day. */
export const sourceWaiting = sqliteTable(
  "source_waiting",
  {
    messageId: text("message_id").primaryKey(),
    sourceId: text("source_id").notNull(),
    foreignId: text("foreign_id").notNull(),
    /** JSON of the message. */
    message: text("message").notNull(),
    receivedAt: integer("received_at").notNull(),
  },
  (table) => [
    index("source_waiting_person").on(table.sourceId, table.foreignId, table.receivedAt),
    index("source_waiting_received").on(table.receivedAt),
    foreignKey({
      columns: [table.sourceId, table.foreignId],
      foreignColumns: [sourcePeople.sourceId, sourcePeople.foreignId],
    }).onDelete("cascade"),
  ],
);
