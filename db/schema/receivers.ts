// The table of receivers: where events go besides the people who are notified, such as a chat channel or a pager.
import { sql } from "drizzle-orm";
import { check, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";
import { minSeverities, receiverFormats, receiverRecipients } from "../rules/values.ts";
import { oneOf } from "./one-of.ts";

export const notificationReceivers = sqliteTable(
  "notification_receivers",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    format: text("format", { enum: receiverFormats }).notNull(),
    /** Of its address, for people. */
    host: text("host").notNull(),
    /** JSON `{address, headers, secrets}`, encrypted: addresses of chats are secrets. */
    sealedTarget: text("sealed_target").notNull(),
    /** Liquid that renders what is sent, of the format `json`. */
    template: text("template"),
    recipients: text("recipients", { enum: receiverRecipients }).notNull().default("everybody"),
    /** JSON array of template ids; NULL: all except personal ones. */
    kinds: text("kinds"),
    /** In the language of filters; NULL: it asks nothing more. */
    filter: text("filter"),
    minSeverity: text("min_severity", { enum: minSeverities }).notNull(),
    isEnabled: integer("is_enabled", { mode: "boolean" }).notNull().default(true),
    /** What it answered when Belfry disabled it; NULL: an owner did, or nobody. */
    disabledBecause: text("disabled_because"),
    /** Until then requests are signed with the secret before, too. */
    previousUntil: integer("previous_until"),
    /** The id of the latest change: what was written with it says so. */
    changeId: text("change_id").notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
    /** The delivery log still names it. */
    deletedAt: integer("deleted_at"),
    /** The token of the latest claim: each is made in its turn. */
    turnToken: text("turn_token"),
    /** Nothing is sent before: it asked for a pause, or fails. */
    resumeAt: integer("resume_at").notNull().default(0),
    /** Since its latest success. */
    failures: integer("failures").notNull().default(0),
    succeededAt: integer("succeeded_at"),
    failedAt: integer("failed_at"),
    /** The response of the latest failure. */
    answer: text("answer"),
    /** The user whose chat it is; NULL: it is the deployment's. */
    ownerId: text("owner_id").references(() => users.id),
    /** Of the code that confirms it, with its id; NULL: none was sent, or it is confirmed. */
    codeHash: text("code_hash"),
    codeSentAt: integer("code_sent_at"),
    /** Wrong entries of that code. */
    codeTries: integer("code_tries").notNull().default(0),
  },
  (table) => [
    uniqueIndex("notification_receivers_name")
      .on(sql`lower(${table.name})`)
      .where(sql`deleted_at IS NULL AND owner_id IS NULL`),
    uniqueIndex("notification_receivers_own_name")
      .on(table.ownerId, sql`lower(${table.name})`)
      .where(sql`deleted_at IS NULL AND owner_id IS NOT NULL`),
    check("notification_receivers_recipients", oneOf("recipients", receiverRecipients)),
  ],
);
