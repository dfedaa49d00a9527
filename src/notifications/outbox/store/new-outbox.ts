// SQL of the usual write: events that are stored for the first time, and whose messages are no duplicates. It asks nothing
// and checks nothing row by row, so that it costs half of the general one (outbox.ts). If it doesn't hold, because the
// batch was sent twice, a message is a duplicate or a key was used, a unique index fails the whole batch.
import { sql } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import type { StoredKey } from "../../../../db/idempotency.ts";
import { prepared } from "../../../../db/prepared.ts";
import { chunks, insertNewRows } from "../../../../db/rows.ts";
import {
  idempotencyKeys,
  inboxNotifications,
  notificationEscalations,
  notificationEvents,
  notificationMessages,
} from "../../../../db/schema.ts";
import type { DedupeWindow, OutboxRows, Written } from "../../../kernel/ports.ts";
import { addToCounter } from "../../../kernel/store/counters.ts";
import { finishedAdditions } from "../../delivery/rules/totals.ts";

/** Whether the rows may be new: no two messages have the same identity, no two requests the same key, and no situation. */
export function mayBeNew({ messages, keys = [], occurrences = [] }: OutboxRows): boolean {
  const identities = [
    ...messages.flatMap(({ dedupeKey }) => dedupeKey ?? []),
    ...keys.map(({ userId, key }) => `${userId} ${key}`),
  ];
  return messages.length > 0 && occurrences.length === 0 && new Set(identities).size === identities.length;
}

/** Fails with a constraint error unless all rows are new. */
export const insertNewOutbox = (rows: OutboxRows): Statement[] => {
  const { events, messages, inbox, windows = [], escalations = [] } = rows;
  return [
    ...endDuplicateWindows(windows),
    ...finishedAdditions(messages).map((addition) => addToCounter(addition)),
    ...insertNewRows(notificationEvents, events, [
      "templateId",
      "templateVersion",
      "data",
      "targets",
      "organizationId",
    ]),
    ...insertNewRows(notificationMessages, messages, [
      "method",
      "status",
      "reasons",
      "attemptCount",
      "organizationId",
    ]),
    ...insertNewRows(inboxNotifications, inbox, [
      "templateId",
      "targets",
      "icon",
      "actions",
      "organizationId",
    ]),
    ...insertNewRows(notificationEscalations, escalations, []),
    ...insertNewRows(idempotencyKeys, storedKeys(rows), []),
  ];
};

/** The rows of the requests' keys: the response to a repeated request has the initial states of its messages. */
const storedKeys = ({ messages, keys = [] }: OutboxRows): (StoredKey & { createdAt: number })[] =>
  keys.map((claim) => {
    const states = messages.flatMap(({ eventId, status, reasons }) =>
      eventId === claim.subjectId ? JSON.stringify({ status, reasons }) : [],
    );
    return { ...claim, result: `[${[...new Set(states)].join()}]` };
  });

/** Messages before the window are no longer duplicates of new ones. */
export const endDuplicateWindows = (windows: readonly DedupeWindow[]): Statement[] =>
  windows.length === 1
    ? [clearDedupeKey(windows[0]!.dedupeKey, windows[0]!.until)]
    : chunks(windows.map(({ dedupeKey, until }) => [dedupeKey, until])).map((chunk) =>
        clearDedupeKeys(chunk),
      );

/** Without JSON, which would take longer than the look-up. */
const clearDedupeKey = prepared((dedupeKey: string, until: number) =>
  query.run(
    sql`UPDATE notification_messages SET dedupe_key = NULL WHERE dedupe_key = ${dedupeKey} AND created_at <= ${until}`,
  ),
);

const clearDedupeKeys = prepared((chunk: string) =>
  query.run(sql`UPDATE notification_messages SET dedupe_key = NULL WHERE seq IN (
      SELECT m.seq FROM json_each(${chunk}) AS row
        CROSS JOIN notification_messages AS m ON m.dedupe_key = row.value ->> 0
      WHERE m.created_at <= row.value ->> 1)`),
);

/** What an insertion that succeeded has left. */
export const writtenRows = (rows: OutboxRows): Written => ({
  messages: rows.messages.map(({ id, userId, method, receiverId = null, status, reasons, dueAt = null }) => ({
    id,
    userId,
    method,
    receiverId,
    status,
    reasons,
    dueAt,
  })),
  keys: storedKeys(rows),
});
