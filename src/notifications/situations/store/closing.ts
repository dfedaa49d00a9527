// SQL of the notification that a situation is resolved: for those who got the opening one by another channel than the inbox,
// once it can't be reopened any more.
import { sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { preparedSql } from "../../../../db/prepared.ts";
import { idPrefix } from "../../../../db/statements.ts";
import { kinds } from "../../kinds/kinds.ts";
import { isFollowingSql } from "../../receivers/store/receivers.ts";
import { identifyingLabels, reopenMs } from "../rules/situation.ts";

const { id: templateId } = kinds["situation-resolved"];

/** True in SQL of messages for those of such a notification. */
export const isClosingSql =
  preparedSql(sql`notification_messages.event_id IN (SELECT closing.id FROM notification_events AS closing
    WHERE closing.id = notification_messages.event_id AND closing.template_id = ${templateId})`);

/** SQL for an id as ours are: a UUID of version 7. */
const newIdSql = (at: number): SQL => sql`${idPrefix(at)} || '-7' || substr(lower(hex(randomblob(2))), 2)
    || '-8' || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6)))`;

/** SQL: the event is one of those that were made with `newIdSql` at this time. */
const isMadeAtSql = (event: SQL, at: number): SQL =>
  sql`${event}.id > ${`${idPrefix(at)}-`} AND ${event}.id < ${`${idPrefix(at)}.`} AND ${event}.created_at = ${at}`;

/** SQL for what an event `e` of template `k` is about. */
export const whatSql = sql`k.name || coalesce(': ' || (e.labels ->> '$.template' || ' / ' || (e.labels ->> '$.preset')),
  ': ' || coalesce(e.labels ->> '$.receiver', e.labels ->> '$.workspace', e.labels ->> '$.session', e.labels ->> '$.name'), '')`;

/** SQL: the title that the event `e` had in the inboxes, Markdown. Without one of them, what it is about. */
const titleSql = sql`coalesce((SELECT shown.title FROM notification_messages AS there
  JOIN inbox_notifications AS shown ON shown.id = there.id WHERE there.event_id = e.id LIMIT 1), ${whatSql})`;

/** SQL: it went to a receiver that follows what is the matter: it is notified of each end and of each recurrence. */
const followsSql = sql`EXISTS (SELECT 1 FROM notification_receivers AS r WHERE r.id = sent.receiver_id AND ${isFollowingSql})`;

const wasSentSql = sql`sent.status = 'sent' AND sent.method <> 'inbox'`;

const maxProblems = 100;
const identifyingSql = sql.raw(
  identifyingLabels.map((name) => `, '${name}', labels ->> '$.${name}'`).join(""),
);
/** SQL: JSON of the kinds of events and the things that the situation was about: each recurrence can have others. */
const problemsSql = sql`(SELECT json_group_array(json(problem)) FROM (
  SELECT DISTINCT json_object('template_id', template_id${identifyingSql}) AS problem
  FROM notification_events WHERE situation_id = s.id LIMIT ${sql.raw(String(maxProblems))}))`;

interface Closing {
  keys: SQL;
  at: number;
  by?: string | undefined;
  /** JSON of the event's labels. */
  labels: string;
  createdBy: string;
}

/** Comes after the situations are resolved. */
export function insertClosing({ keys, at, by = "", labels, createdBy }: Closing): Statement[] {
  const resolvedSql = sql`s.key IN (${keys}) AND s.resolved_at = ${at}`;
  const minutes = sql`(${at} - s.opened_at) / 60000`;
  return [
    query.run(sql`INSERT INTO notification_events (id, template_id, template_version, labels, data, targets,
        created_by, created_at, situation_id, organization_id)
      SELECT ${newIdSql(at)}, t.id, t.active_version, json_set(${labels}, '$.what', ${titleSql}),
        json_object('days', ${minutes} / 1440, 'hours', ${minutes} / 60 % 24, 'minutes', ${minutes} % 60,
          'since', s.opened_at, 'problems', json(${problemsSql})),
        e.targets, ${createdBy}, ${at}, s.id, e.organization_id
      FROM situations AS s JOIN notification_events AS e ON e.id = s.notified_event_id
        JOIN notification_templates AS k ON k.id = e.template_id
        JOIN notification_templates AS t ON t.id = ${templateId}
      WHERE ${resolvedSql}
        AND EXISTS (SELECT 1 FROM notification_messages AS sent WHERE sent.event_id = e.id AND ${wasSentSql})
        AND NOT EXISTS (SELECT 1 FROM notification_events AS earlier WHERE ${isMadeAtSql(sql`earlier`, at)}
          AND earlier.situation_id = s.id AND earlier.template_id = ${templateId})`),
    query.run(sql`INSERT INTO notification_messages (id, event_id, user_id, method, status, reasons, due_at,
        attempt_count, created_at, updated_at, subject, receiver_id, organization_id)
      SELECT ${newIdSql(at)}, closing.id, sent.user_id, sent.method, 'pending',
        CASE WHEN ${followsSql} THEN sent.reasons ELSE json_insert(sent.reasons, '$[#]', 'held_back') END,
        CASE WHEN ${followsSql} THEN ${at} ELSE ${at + reopenMs} END, 0, ${at}, ${at}, s.key, sent.receiver_id,
        closing.organization_id
      FROM situations AS s JOIN notification_events AS closing ON ${isMadeAtSql(sql`closing`, at)}
          AND closing.situation_id = s.id AND closing.template_id = ${templateId}
        JOIN notification_messages AS sent ON sent.event_id = s.notified_event_id AND ${wasSentSql}
      WHERE ${resolvedSql} AND sent.user_id <> ${by}
        AND NOT EXISTS (SELECT 1 FROM notification_messages AS earlier WHERE earlier.event_id = closing.id)`),
  ];
}
