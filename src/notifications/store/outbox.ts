// SQL of the outbox's way in: events, their messages, and the inbox rows that exist at once.
import { inArray, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../db/client.ts";
import { insertRows } from "../../../db/rows.ts";
import { inboxNotifications, notificationEvents, notificationMessages } from "../../../db/schema.ts";
import { countEndings } from "./metrics.ts";

type EventRow = typeof notificationEvents.$inferInsert;
type MessageRow = typeof notificationMessages.$inferInsert;
type InboxRow = typeof inboxNotifications.$inferInsert;

/** Everything that some enqueued events will write. Rows of several callers can be joined and written as one. */
export interface OutboxRows {
  events: EventRow[];
  messages: MessageRow[];
  inbox: InboxRow[];
}

/** Writes nothing unless `when` holds. Sent twice, it changes nothing more. */
export function insertOutbox(rows: OutboxRows, when: SQL = sql`true`): Statement[] {
  const now = rows.events[0]?.createdAt ?? 0;
  // Who is turned away as a duplicate is kept too, so that "why did I not get it" has an answer.
  const duplicates = rows.messages
    .filter((message) => message.dedupeKey != null)
    .map((message) => ({
      ...message,
      status: "inhibited" as const,
      reasons: JSON.stringify([...(JSON.parse(message.reasons) as string[]), "duplicate"]),
      dueAt: null,
      dedupeKey: null,
      sealedLabels: null,
      updatedAt: now,
    }));
  const eventIsThere = sql`EXISTS (SELECT 1 FROM notification_events e WHERE e.id = row.value ->> '$.eventId')`;
  const messageIsNew = sql`NOT EXISTS (SELECT 1 FROM notification_messages m WHERE m.id = row.value ->> '$.id')`;
  const messageIsSent = sql`EXISTS (SELECT 1 FROM notification_messages m WHERE m.id = row.value ->> '$.id' AND m.status = 'sent')`;
  return [
    ...countEndings(rows.messages, when),
    ...insertRows(notificationEvents, rows.events, when),
    ...insertRows(notificationMessages, rows.messages, eventIsThere),
    ...insertRows(notificationMessages, duplicates, sql`${eventIsThere} AND ${messageIsNew}`),
    ...insertRows(inboxNotifications, rows.inbox, messageIsSent),
  ];
}

/** Puts an id in the place of another in what events are about, wherever they are kept. */
export function replaceTarget({ events, inbox }: OutboxRows, planned: string, found: SQL): Statement[] {
  const among = (rows: readonly { id: string }[]) =>
    sql`id IN (SELECT value FROM json_each(${JSON.stringify(rows.map(({ id }) => id))}))`;
  return [
    query.run(sql`UPDATE notification_events SET targets = replace(targets, ${planned}, ${found}),
      data = replace(data, ${planned}, ${found}) WHERE ${among(events)}`),
    query.run(sql`UPDATE inbox_notifications SET targets = replace(targets, ${planned}, ${found})
      WHERE ${among(inbox)}`),
  ];
}

/** What became of messages: the answer of an enqueue. */
export function findMessageStates(ids: readonly string[]) {
  return query
    .select({
      id: notificationMessages.id,
      userId: notificationMessages.userId,
      method: notificationMessages.method,
      status: notificationMessages.status,
      reasons: notificationMessages.reasons,
      dueAt: notificationMessages.dueAt,
    })
    .from(notificationMessages)
    .where(inArray(notificationMessages.id, sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`));
}

export type MessageState = ReturnType<typeof findMessageStates>["_"]["result"][number];
