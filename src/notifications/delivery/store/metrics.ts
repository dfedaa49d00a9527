// SQL of the metrics: counters, incremented in the write that they count, and what a scrape reads.
import { sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { falseSql, prepared } from "../../../../db/prepared.ts";
import { chunks } from "../../../../db/rows.ts";
import { counters, notificationAttemptTotals, notificationMessages } from "../../../../db/schema.ts";
import { isLeasedSql } from "./claims.ts";
import { healthKey } from "./health.ts";
import { finished, type AttemptKind, type TotalGroup } from "../rules/totals.ts";

/**
 * Comes before the statements that end the leases: only leased messages are counted, so that a batch that is sent twice
 * counts once, and a result whose lease was lost not at all.
 */
export function countAttempts(groups: readonly TotalGroup[]): Statement[] {
  return chunks(groups).map((chunk) => addAttempts(chunk));
}

const addAttempts = prepared((chunk: string) => {
  const ofKind = (name: keyof AttemptKind) =>
    sql`json_extract(${chunk}, '$[' || leased.key || ${sql.raw(`'].kind.${name}'`)})`;
  return query.run(sql`INSERT INTO notification_attempt_totals
      (method, template_id, result, queued, sending, delivered, count, queued_seconds, sending_seconds, delivered_seconds)
    SELECT ${ofKind("method")}, ${ofKind("templateId")}, ${ofKind("result")}, ${ofKind("queued")}, ${ofKind("sending")},
      ${ofKind("delivered")}, leased.count, leased.queued, leased.sending, leased.delivered
    FROM (SELECT row.key, count(*) AS count,
          sum(one.value ->> 2) AS queued, sum(one.value ->> 3) AS sending, sum(one.value ->> 4) AS delivered
        FROM json_each(${chunk}) AS row
          CROSS JOIN json_each(row.value, '$.attempts') AS one
          CROSS JOIN notification_messages AS m ON m.id = one.value ->> 0 AND m.lease_token = one.value ->> 1
        GROUP BY row.key) AS leased WHERE true
    ${addedSql}`);
});

const addedSql = sql`ON CONFLICT (method, template_id, result, queued, sending, delivered) DO UPDATE SET
  count = count + excluded.count, queued_seconds = queued_seconds + excluded.queued_seconds,
  sending_seconds = sending_seconds + excluded.sending_seconds,
  delivered_seconds = delivered_seconds + excluded.delivered_seconds`;

/** Counts as many as the statement right before this has changed, with the seconds of the group's mean. */
export function countSent({ kind, attempts }: TotalGroup): Statement {
  const mean = (at: 2 | 3 | 4) => attempts.reduce((sum, one) => sum + one[at], 0) / attempts.length;
  return addSent(kind, mean(2), mean(3), mean(4));
}

const addSent = prepared((kind: AttemptKind, queued: number, sending: number, delivered: number) =>
  query.run(sql`INSERT INTO notification_attempt_totals
      (method, template_id, result, queued, sending, delivered, count, queued_seconds, sending_seconds, delivered_seconds)
    SELECT ${kind.method}, ${kind.templateId}, ${kind.result}, ${kind.queued}, ${kind.sending}, ${kind.delivered},
      changes(), changes() * ${queued}, changes() * ${sending}, changes() * ${delivered} WHERE changes() > 0
    ${addedSql}`),
);

/**
 * Counts messages that are finished when they are created: inbox messages that are sent at once, and inhibited ones. Comes
 * before the statements that insert them, and counts only what these insert. `parts`: JSON of the messages' rows, with
 * `isRepeated` on those of an identity that the same write has before. `isQuiet`: none of them is sent.
 */
export const countFinished = (parts: readonly string[], when: SQL, isQuiet: SQL = falseSql): Statement[] =>
  parts.map((chunk) => addFinishedCounters(chunk, when, isQuiet));

const addFinishedCounters = prepared((chunk: string, when: SQL, isQuiet: SQL) => {
  const isDuplicateSql = sql`(row.value ->> '$.isRepeated' OR ${isQuiet}
    OR EXISTS (SELECT 1 FROM notification_messages d WHERE d.dedupe_key = row.value ->> '$.dedupeKey'))`;
  const statusSql = sql`CASE WHEN ${isDuplicateSql} THEN 'inhibited' ELSE row.value ->> '$.status' END`;
  return query.run(sql`INSERT INTO counters (name, labels, value)
    SELECT ${finished}, json_object('method', row.value ->> '$.method', 'status', ${statusSql}), count(*)
    FROM json_each(${chunk}) AS row
    WHERE (row.value ->> '$.dueAt' IS NULL OR ${isDuplicateSql}) AND ${when}
      AND NOT EXISTS (SELECT 1 FROM notification_messages m WHERE m.id = row.value ->> '$.id')
    GROUP BY 2
    ON CONFLICT (name, labels) DO UPDATE SET value = value + excluded.value`);
});

/** Counts messages that are about to end unsent; comes before the statement that ends them. */
export const countInhibited: (where: SQL) => Statement = prepared((where: SQL) =>
  query.run(sql`INSERT INTO counters (name, labels, value)
    SELECT ${finished}, json_object('method', method, 'status', 'inhibited'), count(*)
    FROM notification_messages WHERE ${where} GROUP BY method
    ON CONFLICT (name, labels) DO UPDATE SET value = value + excluded.value`),
);

export const readAttemptTotals = () => query.select().from(notificationAttemptTotals);

export function readCounters() {
  return query.select().from(counters).orderBy(counters.name, counters.labels);
}

/** Unfinished messages by channel and status, and since when the oldest waits; delayed messages don't wait yet. */
export function countUnfinished(now: number) {
  return query
    .select({
      method: notificationMessages.method,
      status: notificationMessages.status,
      count: sql<number>`count(*)`,
      waitingSince: sql<number | null>`min(CASE WHEN status <> 'pending' THEN created_at
        WHEN due_at <= ${now} THEN due_at END)`,
    })
    .from(notificationMessages)
    .where(sql`${notificationMessages.dueAt} IS NOT NULL`)
    .groupBy(notificationMessages.method, notificationMessages.status);
}

/** Messages that are being sent, by channel and template. */
export const countLeased = (now: number) =>
  query.all<{ method: string; templateId: string; count: number }>(sql`
    SELECT m.method, e.template_id AS "templateId", count(*) AS count
    FROM notification_messages AS m CROSS JOIN notification_events AS e ON e.id = m.event_id
    WHERE ${isLeasedSql(now)} GROUP BY m.method, e.template_id`);

/** Messages that are searched: unfinished ones, those due first, and the newest that failed permanently. */
const maxSearched = 1_000;

/**
 * Failures by channel: messages that will be retried, and those that failed permanently since then, with the response of
 * the latest attempt. Failures that concern one recipient are not the channel's: then, its health has no failure so late.
 */
export function findFailing(since: number) {
  const retriedSql = sql`SELECT * FROM notification_messages WHERE due_at IS NOT NULL ORDER BY due_at LIMIT ${maxSearched}`;
  const endedSql = sql`SELECT * FROM (SELECT * FROM notification_messages WHERE status = 'permanent_failure'
    ORDER BY seq DESC LIMIT ${maxSearched}) WHERE updated_at >= ${since}`;
  return query.all<FailingRow>(sql`
    SELECT m.method, m.status, count(*) AS count, max(m.updated_at) AS at, a.detail AS answer
    FROM (SELECT * FROM (${retriedSql}) UNION ALL SELECT * FROM (${endedSql})) AS m
      LEFT JOIN notification_attempts AS a ON a.message_id = m.id AND a.number = m.attempt_count
      LEFT JOIN settings AS h ON h.key = ${healthKey("")} || m.method
    WHERE (m.status = 'temporary_failure' AND m.updated_at <= h.value ->> '$.failedAt') OR (m.status = 'permanent_failure'
      AND coalesce(m.reasons ->> '$[#-1]', '') NOT IN ('recipient_refused', 'no_address'))
    GROUP BY m.method, m.status`);
}

export interface FailingRow {
  method: string;
  status: "temporary_failure" | "permanent_failure";
  count: number;
  /** When the latest of them changed. */
  at: number;
  answer: string | null;
}
