// Tables of the attempts to send messages.
import { check, foreignKey, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { attemptOutcomes, attemptResults } from "../rules/values.ts";
import { notificationMessages } from "./notifications.ts";
import { oneOf } from "./one-of.ts";

/** One row per attempt, written with its result; of one that was interrupted, when its message is leased again. */
export const notificationAttempts = sqliteTable(
  "notification_attempts",
  {
    messageId: text("message_id").notNull(),
    number: integer("number").notNull(),
    startedAt: integer("started_at").notNull(),
    finishedAt: integer("finished_at"),
    /** `started`: it has no result. */
    outcome: text("outcome", { enum: attemptOutcomes }).notNull(),
    /** The response or error as text, without secrets. */
    detail: text("detail"),
  },
  (table) => [
    primaryKey({ columns: [table.messageId, table.number] }),
    foreignKey({ columns: [table.messageId], foreignColumns: [notificationMessages.id] }).onDelete("cascade"),
    check("notification_attempts_outcome", oneOf("outcome", attemptOutcomes)),
  ],
);

/** How many attempts of the same kind there were, for metrics: the buckets of histograms by their labels, "" for none. */
export const notificationAttemptTotals = sqliteTable(
  "notification_attempt_totals",
  {
    method: text("method").notNull(),
    templateId: text("template_id").notNull(),
    result: text("result", { enum: attemptResults }).notNull(),
    /** Of first attempts. */
    queued: text("queued").notNull(),
    sending: text("sending").notNull(),
    /** Of those that succeeded. */
    delivered: text("delivered").notNull(),
    count: integer("count").notNull(),
    queuedSeconds: real("queued_seconds").notNull(),
    sendingSeconds: real("sending_seconds").notNull(),
    deliveredSeconds: real("delivered_seconds").notNull(),
  },
  (table) => [
    primaryKey({
      columns: [table.method, table.templateId, table.result, table.queued, table.sending, table.delivered],
    }),
    check("notification_attempt_totals_result", oneOf("result", attemptResults)),
  ],
);
