// SQL of the outbox: inserts events, messages and inbox rows, and withdraws delayed messages. Every write can be sent twice.
import { inArray, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { claimKeys, isHeldBySql, type KeyClaim } from "../../../../db/idempotency.ts";
import { andSql, falseSql, prepared, preparedSql, trueSql } from "../../../../db/prepared.ts";
import { chunks, insertChunks, insertRows } from "../../../../db/rows.ts";
import {
  inboxNotifications,
  notificationEscalations,
  notificationEvents,
  notificationMessages,
} from "../../../../db/schema.ts";
import type { OutboxRows } from "../../../kernel/ports.ts";
import { countFinished, countInhibited } from "../../delivery/store/metrics.ts";
import {
  foldOthers,
  isAnyQuietSql,
  nameSituation,
  occur,
  situationOfItemSql,
} from "../../situations/store/situations.ts";
import type { Reason } from "../rules/reasons.ts";
import { endDuplicateWindows } from "./new-outbox.ts";

/** The rows of several callers, for one write. */
export const joinRows = (all: readonly OutboxRows[]): OutboxRows => ({
  events: all.flatMap(({ events }) => events),
  messages: all.flatMap(({ messages }) => messages),
  inbox: all.flatMap(({ inbox }) => inbox),
  keys: all.flatMap(({ keys = [] }) => keys),
  windows: all.flatMap(({ windows = [] }) => windows),
  occurrences: all.flatMap(({ occurrences = [] }) => occurrences),
  escalations: all.flatMap(({ escalations = [] }) => escalations),
});

/** A database's first organization, '', is the default of the columns. */
export function ofOrganization(rows: OutboxRows, organizationId: string): OutboxRows {
  if (organizationId === "") return rows;
  const stamp = <T>(all: readonly T[]) => all.map((row) => ({ ...row, organizationId }));
  return { ...rows, events: stamp(rows.events), messages: stamp(rows.messages), inbox: stamp(rows.inbox) };
}

/** Writes nothing unless `when` holds. */
export function insertOutbox(rows: OutboxRows, when: SQL = trueSql): Statement[] {
  const now = (rows.events[0] ?? rows.messages[0])?.createdAt ?? 0;
  const { keys = [], windows = [], occurrences = [], escalations = [] } = rows;
  const claims = new Map(keys.map(({ userId, key, subjectId }) => [subjectId, { userId, key }]));
  const events =
    claims.size === 0 ? rows.events : rows.events.map((event) => ({ ...event, claim: claims.get(event.id) }));
  const isFirstSql = (eventId: SQL) => (claims.size === 0 ? when : andSql(when, isFirstOfKeySql(eventId)));
  const messages = markRepeated(rows.messages, claims);
  // One text for the three statements: it is most of what a write sends.
  const messageChunks = chunks(messages);
  const isQuietSql = isAnyQuietSql(occurrences);
  return [
    ...claimKeys(keys, when),
    ...endDuplicateWindows(windows),
    ...occurrences.flatMap((occurrence) => occur(occurrence, when)),
    ...countFinished(messageChunks, isFirstSql(rowEventIdSql), isQuietSql),
    ...insertRows(notificationEvents, events, isFirstSql(rowIdSql)),
    ...occurrences.map((occurrence) => nameSituation(occurrence)),
    ...(isQuietSql === falseSql
      ? []
      : messageChunks.map((chunk) => insertUnsent(chunk, now, "reopened", isQuietSql))),
    ...insertChunks(notificationMessages, messages, messageChunks, eventExistsSql),
    ...(messages.some(({ dedupeKey }) => dedupeKey != null)
      ? messageChunks.map((chunk) => insertUnsent(chunk, now, "duplicate", hasIdentitySql))
      : []),
    ...insertRows(
      inboxNotifications,
      rows.inbox,
      messageIsSentSql,
      occurrences.length === 0 ? undefined : ofSituation,
    ),
    ...(rows.inbox.length === 0 ? [] : occurrences.map((occurrence) => foldOthers(occurrence))),
    ...insertRows(notificationEscalations, escalations, eventExistsSql),
    ...storeResults(keys),
  ];
}

const ofSituation = { column: "situation_id", value: situationOfItemSql };

/** With its event's key, and whether an earlier message of the same write has the same identity. */
function markRepeated(
  messages: OutboxRows["messages"],
  claims: ReadonlyMap<string, { userId: string; key: string }>,
): OutboxRows["messages"] {
  const seen = new Set<string>();
  return messages.map((message) => {
    const claim = claims.get(message.eventId);
    const isRepeated = message.dedupeKey != null && seen.has(message.dedupeKey);
    if (message.dedupeKey != null) seen.add(message.dedupeKey);
    return isRepeated || claim !== undefined ? { ...message, claim, isRepeated } : message;
  });
}

const rowIdSql = preparedSql(sql`row.value ->> '$.id'`);
const rowEventIdSql = preparedSql(sql`row.value ->> '$.eventId'`);
const eventExistsSql = preparedSql(
  sql`EXISTS (SELECT 1 FROM notification_events e WHERE e.id = row.value ->> '$.eventId')`,
);
/** SQL: this event was written. */
export const eventIsWrittenSql = (eventId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM notification_events WHERE id = ${eventId})`;

/** The event exists and its message was not inserted. */
const eventWithoutMessageSql = preparedSql(
  sql`${eventExistsSql} AND NOT EXISTS (SELECT 1 FROM notification_messages m WHERE m.id = row.value ->> '$.id')`,
);

const hasIdentitySql = preparedSql(sql`row.value ->> '$.dedupeKey' IS NOT NULL`);

/** Messages that are not sent are stored too, to explain why; those that the plan has inhibited keep its reason. */
const insertUnsent = prepared((chunk: string, now: number, reason: Reason, which: SQL) =>
  query.run(sql`INSERT INTO notification_messages (id, event_id, user_id, method, status, reasons, attempt_count,
      created_at, updated_at, expires_at, subject, receiver_id, organization_id)
    SELECT row.value ->> '$.id', row.value ->> '$.eventId', row.value ->> '$.userId', row.value ->> '$.method',
      'inhibited', json_insert(row.value ->> '$.reasons', '$[#]', ${reason}), row.value ->> '$.attemptCount',
      row.value ->> '$.createdAt', ${now}, row.value ->> '$.expiresAt', row.value ->> '$.subject',
      row.value ->> '$.receiverId', coalesce(row.value ->> '$.organizationId', '')
    FROM json_each(${chunk}) AS row
    WHERE ${which} AND row.value ->> '$.status' <> 'inhibited' AND ${eventWithoutMessageSql} ON CONFLICT DO NOTHING`),
);

const messageIsSentSql = preparedSql(
  sql`EXISTS (SELECT 1 FROM notification_messages m WHERE m.id = row.value ->> '$.id' AND m.status = 'sent')`,
);

/** SQL for a row with an idempotency key: it has none, or its key belongs to the event. */
const isFirstOfKeySql = prepared(
  (eventId: SQL): SQL => sql`(row.value ->> '$.claim.key' IS NULL OR
    ${isHeldBySql(sql`row.value ->> '$.claim.userId'`, sql`row.value ->> '$.claim.key'`, eventId)})`,
);

/** Stores the initial states of the messages with each key: the states change later, the response to a repeated request does not. */
const storeResults = (keys: readonly KeyClaim[]): Statement[] =>
  chunks(keys).map((chunk) => setResults(chunk));

const setResults = prepared((chunk: string) =>
  query.run(sql`UPDATE idempotency_keys SET result = (
        SELECT json_group_array(DISTINCT json_object('status', m.status, 'reasons', m.reasons))
        FROM notification_messages AS m WHERE m.event_id = idempotency_keys.subject_id)
      WHERE result IS NULL AND (user_id, key, subject_id) IN (
        SELECT value ->> '$.userId', value ->> '$.key', value ->> '$.subjectId' FROM json_each(${chunk}))`),
);

/** Replaces an id in the targets and data of events. */
export function replaceTarget({ events, inbox }: OutboxRows, planned: string, found: SQL): Statement[] {
  const whereIdIn = (rows: readonly { id: string }[]) =>
    sql`id IN (SELECT value FROM json_each(${JSON.stringify(rows.map(({ id }) => id))}))`;
  return [
    query.run(sql`UPDATE notification_events SET targets = replace(targets, ${planned}, ${found}),
      data = replace(data, ${planned}, ${found}) WHERE ${whereIdIn(events)}`),
    query.run(sql`UPDATE inbox_notifications SET targets = replace(targets, ${planned}, ${found})
      WHERE ${whereIdIn(inbox)}`),
  ];
}

/** The states of messages after a write. */
export const findMessageStates = (ids: readonly string[]) => findStatesByIds(JSON.stringify(ids));

const findStatesByIds = prepared((ids: string) =>
  query
    .select({
      id: notificationMessages.id,
      userId: notificationMessages.userId,
      method: notificationMessages.method,
      receiverId: notificationMessages.receiverId,
      status: notificationMessages.status,
      reasons: notificationMessages.reasons,
      dueAt: notificationMessages.dueAt,
    })
    .from(notificationMessages)
    .where(inArray(notificationMessages.id, sql`(SELECT value FROM json_each(${ids}))`)),
);

/** SQL: a message of the same event was sent or attempted, by any channel. */
const isReceivedSql = sql`EXISTS (SELECT 1 FROM notification_messages other
  WHERE other.event_id = notification_messages.event_id AND (other.status = 'sent' OR other.attempt_count > 0))`;

/** `subject`: a value, or SQL: a SELECT of one column. */
const isWithdrawableSql = (subject: string | SQL): SQL =>
  sql`(${typeof subject === "string" ? sql`subject = ${subject}` : sql`subject IN (${subject})`} AND due_at IS NOT NULL AND status = 'pending' AND NOT ${isReceivedSql})`;

/** SQL: whether no message of this subject is pending that could be withdrawn. */
export const whereNothingPending = (subject: string): SQL =>
  sql`NOT EXISTS (SELECT 1 FROM notification_messages WHERE ${isWithdrawableSql(subject)})`;

/**
 * Withdraws the delayed messages of a subject, or of those that SQL selects, if `when` holds and nobody has received their event. `created`: events of the
 * same write, which it never withdraws. A later event with the same identity is not a duplicate.
 */
export const cancelPending = (
  subject: string | SQL,
  now: number,
  when: SQL,
  created: readonly string[] = [],
): Statement[] => {
  const isOtherEventSql = sql`event_id NOT IN (SELECT value FROM json_each(${JSON.stringify(created)}))`;
  const where = sql`${isWithdrawableSql(subject)} AND ${isOtherEventSql} AND ${when}`;
  return [
    countInhibited(where),
    query.run(sql`UPDATE notification_messages
      SET status = 'inhibited', due_at = NULL, dedupe_key = NULL, updated_at = ${now},
        reasons = json_insert(reasons, '$[#]', 'taken_back')
      WHERE ${where}`),
  ];
};
