// SQL of the usual write: events that are stored for the first time, and whose messages are no duplicates. It asks nothing
// and checks nothing row by row, so that it costs half of the general one (outbox.ts). If it doesn't hold, because the
// batch was sent twice or a message is a duplicate, a unique index fails the whole batch.
import { sql } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import { chunks, insertNewRows } from "../../../../db/rows.ts";
import { inboxNotifications, notificationEvents, notificationMessages } from "../../../../db/schema.ts";
import type { DedupeWindow, MessageState, OutboxRows } from "../../../kernel/ports.ts";
import { addToCounter } from "../../../kernel/store/counters.ts";
import { finishedAdditions } from "../../delivery/rules/totals.ts";

/** Whether the rows may be new: no request has an idempotency key, and no two messages have the same identity. */
export function mayBeNew({ messages, keys = [] }: OutboxRows): boolean {
  const identities = messages.flatMap(({ dedupeKey }) => dedupeKey ?? []);
  return messages.length > 0 && keys.length === 0 && new Set(identities).size === identities.length;
}

/** Fails with a constraint error unless all rows are new. */
export const insertNewOutbox = ({ events, messages, inbox, windows = [] }: OutboxRows): Statement[] => [
  ...endDuplicateWindows(windows),
  ...finishedAdditions(messages).map((addition) => addToCounter(addition)),
  ...insertNewRows(notificationEvents, events, ["templateId", "templateVersion", "data", "targets"]),
  ...insertNewRows(notificationMessages, messages, ["method", "status", "reasons", "attemptCount"]),
  ...insertNewRows(inboxNotifications, inbox, ["templateId", "targets", "icon", "actions"]),
];

/** Messages before the window are no longer duplicates of new ones. */
export const endDuplicateWindows = (windows: readonly DedupeWindow[]): Statement[] =>
  chunks(windows.map(({ dedupeKey, until }) => [dedupeKey, until])).map((chunk) => clearDedupeKeys(chunk));

const clearDedupeKeys = prepared((chunk: string) =>
  query.run(sql`UPDATE notification_messages SET dedupe_key = NULL WHERE seq IN (
      SELECT m.seq FROM json_each(${chunk}) AS row
        CROSS JOIN notification_messages AS m ON m.dedupe_key = row.value ->> 0
      WHERE m.created_at <= row.value ->> 1)`),
);

/** The states of messages whose insertion succeeded. */
export const insertedStates = ({ messages }: OutboxRows): MessageState[] =>
  messages.map(({ id, userId, method, status, reasons, dueAt = null }) => ({
    id,
    userId,
    method,
    status,
    reasons,
    dueAt,
  }));
