// SQL of situations: an event opens one or is another occurrence, and a write that ends what is the matter resolves it for
// everybody. All of it stands in the write of the event or of the end. Every write can be sent twice.
import { sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { falseSql, prepared, preparedSql, trueSql } from "../../../../db/prepared.ts";
import type { Occurrence } from "../../../kernel/ports.ts";
import { countInhibited } from "../../delivery/store/metrics.ts";
import type { Reason } from "../../outbox/rules/reasons.ts";
import { isClosingSql } from "./closing.ts";
import { reopenMs, situationTypes, type HowResolved } from "../rules/situation.ts";

/** Comes before the event is inserted: what was written already has its event, and changes nothing. */
export function occur({ id, key, eventId, at, isCalm }: Occurrence, when: SQL): Statement[] {
  const isNew = sql`${when} AND ${isUnwrittenSql(eventId)}`;
  const where = sql`${isReopenedSql(key, at)} AND ${isNew}`;
  return [
    ...(isCalm ? undoResolution(at, where) : []),
    reopen(eventId, at, isCalm, where),
    open({ id, key, eventId, at, isCalm }, isNew),
  ];
}

const isUnwrittenSql = prepared(
  (eventId: string): SQL => sql`NOT EXISTS (SELECT 1 FROM notification_events WHERE id = ${eventId})`,
);

/** True in SQL of `situations` for the latest of a key, if it was resolved shortly before. */
const isReopenedSql = prepared(
  (key: string, at: number): SQL => sql`situations.seq = (SELECT max(seq) FROM situations WHERE key = ${key})
    AND situations.resolved_at > ${at} - ${reopenMs} AND situations.how <> 'marked_fixed'`,
);

/** What the resolution has read is unread again; messages that it has suppressed are sent after all, and none of the end. */
const undoResolution = (at: number, where: SQL): Statement[] => [
  query.run(sql`UPDATE inbox_notifications SET read_at = nullif(read_at, reopened.resolved_at),
      done_at = CASE WHEN read_at IS NOT reopened.resolved_at THEN done_at END
    FROM (SELECT id, resolved_at FROM situations WHERE ${where}) AS reopened
    WHERE inbox_notifications.situation_id = reopened.id AND inbox_notifications.folded_at IS NULL`),
  query.run(sql`UPDATE notification_messages
    SET status = 'pending', due_at = ${at}, updated_at = ${at}, reasons = json_remove(reasons, '$[#-1]')
    WHERE event_id IN (SELECT notified_event_id FROM situations WHERE ${where})
      AND status = 'inhibited' AND reasons ->> '$[#-1]' = 'resolved'`),
  ...inhibit(
    at,
    sql`subject IN (SELECT key FROM situations WHERE ${where}) AND due_at IS NOT NULL
    AND lease_token IS NULL AND ${isClosingSql}`,
    "reopened",
  ),
];

const inhibit = (at: number, where: SQL, reason: Reason): Statement[] => [
  countInhibited(where),
  query.run(sql`UPDATE notification_messages
    SET status = 'inhibited', due_at = NULL, lease_token = NULL, dedupe_key = NULL, updated_at = ${at},
      reasons = json_insert(reasons, '$[#]', ${reason})
    WHERE ${where}`),
];

const reopen = (eventId: string, at: number, isCalm: boolean, where: SQL): Statement =>
  query.run(sql`UPDATE situations SET resolved_at = NULL, how = NULL, resolved_by = NULL,
      occurrences = occurrences + 1, last_at = ${at}, last_event_id = ${eventId}, is_quiet = ${isCalm ? 1 : 0},
      notified_event_id = CASE WHEN ${isCalm ? 1 : 0} THEN notified_event_id ELSE ${eventId} END
    WHERE ${where}`);

const open = ({ id, key, eventId, at }: Occurrence, when: SQL): Statement =>
  query.run(sql`INSERT INTO situations (id, key, opened_at, last_at, occurrences, last_event_id, notified_event_id, is_quiet)
    SELECT ${id}, ${key}, ${at}, ${at}, 1, ${eventId}, ${eventId}, 0 WHERE ${when}
    ON CONFLICT (key) WHERE resolved_at IS NULL DO UPDATE SET last_at = excluded.last_at,
      occurrences = occurrences + 1, last_event_id = excluded.last_event_id,
      notified_event_id = excluded.notified_event_id, is_quiet = 0
    WHERE last_event_id <> excluded.last_event_id`);

/** True in SQL for a message (`row`) of an occurrence of which nobody is notified. `falseSql` if there is none. */
export function isAnyQuietSql(occurrences: readonly Occurrence[]): SQL {
  const calm = occurrences.filter(({ isCalm }) => isCalm).map(({ key }) => key);
  return calm.length === 0 ? falseSql : isQuietSql(JSON.stringify(calm));
}

const isQuietSql = prepared(
  (keys: string): SQL => sql`row.value ->> '$.eventId' IN (SELECT last_event_id FROM situations
    WHERE key IN (SELECT value FROM json_each(${keys})) AND is_quiet)
    AND row.value ->> '$.follows' IS NOT 1`,
);

/** Comes after the event is inserted. */
export const nameSituation = ({ key, eventId }: Occurrence): Statement => setSituation(key, eventId);

const setSituation = prepared((key: string, eventId: string) =>
  query.run(sql`UPDATE notification_events
    SET situation_id = (SELECT id FROM situations WHERE key = ${key} AND last_event_id = ${eventId})
    WHERE id = ${eventId} AND situation_id IS NULL`),
);

/** SQL for the situation of an item (`row`), by its message's event. */
export const situationOfItemSql =
  preparedSql(sql`(SELECT e.situation_id FROM notification_messages AS m JOIN notification_events AS e ON e.id = m.event_id
    WHERE m.id = row.value ->> '$.id')`);

/** Comes after the event's items are in the inboxes. */
export const foldOthers = ({ eventId, at }: Occurrence): Statement =>
  foldItems(situationOfEventSql(eventId), at);

const situationOfEventSql = prepared(
  (eventId: string): SQL => sql`SELECT situation_id FROM notification_events WHERE id = ${eventId}`,
);

/** Of each person's items of a situation, the newest stands for all. */
const foldItems = prepared((situations: SQL, at: number) =>
  query.run(sql`UPDATE inbox_notifications
    SET folded_at = ${at}, done_at = coalesce(done_at, ${at}), read_at = coalesce(read_at, ${at}), snoozed_until = NULL
    WHERE situation_id IN (${situations}) AND folded_at IS NULL
      AND seq < (SELECT max(newer.seq) FROM inbox_notifications AS newer WHERE newer.folded_at IS NULL
        AND newer.situation_id = inbox_notifications.situation_id AND newer.user_id = inbox_notifications.user_id)`),
);

/** For items that were delayed. */
export const foldOlder = (situationIds: readonly string[], at: number): Statement[] =>
  situationIds.length === 0 ? [] : [foldItems(idsSql(JSON.stringify([...new Set(situationIds)])), at)];

const idsSql = prepared((ids: string): SQL => sql`SELECT value FROM json_each(${ids})`);

/** SQL for some keys, as values. */
export const keysSql = (keys: readonly string[]): SQL => idsSql(JSON.stringify(keys));

export interface Resolution {
  /** SQL: a SELECT of one column. */
  keys: SQL;
  at: number;
  how: HowResolved;
  /** The user who did it. */
  by?: string | undefined;
  /** Nothing is resolved unless this holds at this point of the write. */
  when?: SQL;
  /** Events of the same write: what they open stays open, and what they send is sent. */
  created?: readonly string[];
}

/**
 * Resolves for everybody what is open: items become read, and what was not sent yet is not sent. Only what has occurred until
 * then: a write that is sent again later resolves nothing new.
 */
export function resolveOpen({ keys, at, how, by, when = trueSql, created = [] }: Resolution): Statement[] {
  const isOther = (column: SQL) => sql`${column} NOT IN (${keysSql(created)})`;
  const resolvedSql = (column: SQL) =>
    sql`SELECT ${column} FROM situations WHERE key IN (${keys}) AND resolved_at = ${at}`;
  const isUnsent = sql`subject IN (${resolvedSql(sql`key`)}) AND due_at IS NOT NULL AND ${isOther(sql`event_id`)}
    AND (lease_token IS NULL OR method = 'inbox') AND NOT ${isClosingSql}`;
  return [
    query.run(sql`UPDATE situations SET resolved_at = ${at}, how = ${how}, resolved_by = ${by ?? null}
      WHERE key IN (${keys}) AND resolved_at IS NULL AND last_at <= ${at} AND ${isOther(sql`last_event_id`)} AND ${when}`),
    // Those that are read already, too: an open page shows that it is over.
    query.run(sql`UPDATE inbox_notifications SET read_at = coalesce(read_at, ${at})
      WHERE situation_id IN (${resolvedSql(sql`id`)}) AND folded_at IS NULL`),
    ...inhibit(at, isUnsent, "resolved"),
  ];
}

/** True in SQL while a situation of this key (SQL) is open. */
export const isOpenSql = (key: SQL): SQL =>
  sql`EXISTS (SELECT 1 FROM situations WHERE key = ${key} AND resolved_at IS NULL)`;

/** Earlier items of a situation that are listed with the newest. */
const maxEarlier = 10;

/** SQL for what an agent asks, if that is the situation (`s`), as JSON: its latest event has the answers to choose from. */
const questionSql = sql`CASE WHEN s.key GLOB ${`${situationTypes.question}*`} AND s.resolved_at IS NULL
  THEN json((SELECT json_object('id', substr(s.key, ${situationTypes.question.length + 1}), 'options', json(asked.data -> '$.options'))
    FROM notification_events AS asked WHERE asked.id = s.last_event_id)) END`;

/**
 * SQL for the situation of a row of `inbox_notifications`, as JSON (`ItemSituation`); NULL without one. Its history is the
 * person's own.
 */
export const itemSituationSql = preparedSql(sql`CASE WHEN inbox_notifications.situation_id IS NOT NULL THEN (
  SELECT json_object('id', s.id, 'openedAt', s.opened_at, 'lastAt', s.last_at, 'occurrences', s.occurrences,
    'resolvedAt', s.resolved_at, 'how', s.how, 'question', ${questionSql},
    'by', (SELECT username FROM users WHERE users.id = s.resolved_by),
    'earlier', json((SELECT json_group_array(json_object('id', e.id, 'at', e.created_at, 'title', e.title,
      'actions', json(e.actions))) FROM (SELECT id, created_at, title, actions FROM inbox_notifications AS other WHERE other.situation_id = s.id
        AND other.user_id = inbox_notifications.user_id AND other.folded_at IS NOT NULL
      ORDER BY other.seq DESC LIMIT ${sql.raw(String(maxEarlier))}) AS e)))
  FROM situations AS s WHERE s.id = inbox_notifications.situation_id) END`);

export const deleteOldSituations = (before: number, limit: number): Statement =>
  query.all(sql`DELETE FROM situations WHERE seq IN (SELECT seq FROM situations
    WHERE resolved_at < ${before} LIMIT ${limit}) RETURNING 1 AS deleted`);
