// SQL of the outbox's way in: events, their messages, and the inbox rows that exist at once.
import { inArray, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { claimKeys, isHeldBySql, type KeyClaim } from "../../../../db/idempotency.ts";
import { andSql, prepared, preparedSql, trueSql } from "../../../../db/prepared.ts";
import { chunks, insertRows } from "../../../../db/rows.ts";
import { inboxNotifications, notificationEvents, notificationMessages } from "../../../../db/schema.ts";
import type { DedupeWindow, OutboxRows } from "../../../kernel/ports.ts";
import { countEndings } from "../../delivery/store/metrics.ts";

/** Rows of several callers as those of one write. */
export const joinRows = (all: readonly OutboxRows[]): OutboxRows => ({
  events: all.flatMap(({ events }) => events),
  messages: all.flatMap(({ messages }) => messages),
  inbox: all.flatMap(({ inbox }) => inbox),
  keys: all.flatMap(({ keys = [] }) => keys),
  windows: all.flatMap(({ windows = [] }) => windows),
});

/** Writes nothing unless `when` holds. Sent twice, it changes nothing more. */
export function insertOutbox(rows: OutboxRows, when: SQL = trueSql): Statement[] {
  const now = rows.events[0]?.createdAt ?? 0;
  const { keys = [], windows = [] } = rows;
  const claims = new Map(keys.map(({ userId, key, subjectId }) => [subjectId, { userId, key }]));
  const events = rows.events.map((event) => ({ ...event, claim: claims.get(event.id) }));
  const isFirst = (eventId: SQL) => (claims.size === 0 ? when : andSql(when, isFirstOfKey(eventId)));
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
  return [
    ...claimKeys(keys, when),
    ...endWindows(windows),
    ...countEndings(
      rows.messages.map((message) => ({ ...message, claim: claims.get(message.eventId) })),
      isFirst(eventIdOfRow),
    ),
    ...insertRows(notificationEvents, events, isFirst(idOfRow)),
    ...insertRows(notificationMessages, rows.messages, eventExists),
    ...insertRows(notificationMessages, duplicates, eventExistsAlone),
    ...insertRows(inboxNotifications, rows.inbox, messageIsSent),
    ...noteResults(keys),
  ];
}

const idOfRow = preparedSql(sql`row.value ->> '$.id'`);
const eventIdOfRow = preparedSql(sql`row.value ->> '$.eventId'`);
const eventExists = preparedSql(
  sql`EXISTS (SELECT 1 FROM notification_events e WHERE e.id = row.value ->> '$.eventId')`,
);
/** Its message was not inserted. */
const eventExistsAlone = preparedSql(
  sql`${eventExists} AND NOT EXISTS (SELECT 1 FROM notification_messages m WHERE m.id = row.value ->> '$.id')`,
);
const messageIsSent = preparedSql(
  sql`EXISTS (SELECT 1 FROM notification_messages m WHERE m.id = row.value ->> '$.id' AND m.status = 'sent')`,
);

/** Of a row with an event's claim: it has none, or its key stands for the event. */
const isFirstOfKey = prepared(
  (eventId: SQL): SQL => sql`(row.value ->> '$.claim.key' IS NULL OR
    ${isHeldBySql(sql`row.value ->> '$.claim.userId'`, sql`row.value ->> '$.claim.key'`, eventId)})`,
);

const endWindows = (windows: readonly DedupeWindow[]): Statement[] =>
  chunks(windows).map((chunk) => endWindowsOf(chunk));

const endWindowsOf = prepared((chunk: string) =>
  query.run(sql`UPDATE notification_messages SET dedupe_key = NULL WHERE id IN (
      SELECT m.id FROM json_each(${chunk}) AS row
        CROSS JOIN notification_messages AS m ON m.dedupe_key = row.value ->> '$.dedupeKey'
      WHERE m.created_at <= row.value ->> '$.until')`),
);

/** Keeps with each key how its event's messages began: later they change, the answer to its request doesn't. */
const noteResults = (keys: readonly KeyClaim[]): Statement[] =>
  chunks(keys).map((chunk) => noteResultsOf(chunk));

const noteResultsOf = prepared((chunk: string) =>
  query.run(sql`UPDATE idempotency_keys SET result = (
        SELECT json_group_array(DISTINCT json_object('status', m.status, 'reasons', m.reasons))
        FROM notification_messages AS m WHERE m.event_id = idempotency_keys.subject_id)
      WHERE result IS NULL AND (user_id, key, subject_id) IN (
        SELECT value ->> '$.userId', value ->> '$.key', value ->> '$.subjectId' FROM json_each(${chunk}))`),
);

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
export const findMessageStates = (ids: readonly string[]) => findStatesOf(JSON.stringify(ids));

const findStatesOf = prepared((ids: string) =>
  query
    .select({
      id: notificationMessages.id,
      userId: notificationMessages.userId,
      method: notificationMessages.method,
      status: notificationMessages.status,
      reasons: notificationMessages.reasons,
      dueAt: notificationMessages.dueAt,
    })
    .from(notificationMessages)
    .where(inArray(notificationMessages.id, sql`(SELECT value FROM json_each(${ids}))`)),
);
