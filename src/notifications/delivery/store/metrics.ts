// SQL of the metrics: totals that are counted in the write that they count, and what a scrape reads.
import { sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import { chunks } from "../../../../db/rows.ts";
import { counters, notificationEvents, notificationMessages } from "../../../../db/schema.ts";
import type { Addition } from "../../../kernel/rules/metrics.ts";
import { finished } from "../rules/totals.ts";

export interface CountedTry {
  id: string;
  /** The lease under which it was made. */
  token: string;
  additions: Addition[];
}

/**
 * Goes before the statements that end the leases: only what a lease still holds is counted, so a batch that is sent
 * twice, or a result whose lease was lost, counts once or not at all.
 */
export function countTries(tries: readonly CountedTry[]): Statement[] {
  return chunks(tries).map((chunk) => countTriesOf(chunk));
}

const countTriesOf = prepared((chunk: string) =>
  query.run(sql`INSERT INTO counters (name, labels, value)
      SELECT added.value ->> 0, added.value ->> 1, sum(added.value ->> 2)
      FROM json_each(${chunk}) AS row
        CROSS JOIN notification_messages AS m ON m.id = row.value ->> '$.id' AND m.lease_token = row.value ->> '$.token'
        CROSS JOIN json_each(row.value ->> '$.additions') AS added
      WHERE true GROUP BY 1, 2
      ON CONFLICT (name, labels) DO UPDATE SET value = value + excluded.value`),
);

type MessageRow = typeof notificationMessages.$inferInsert;

/**
 * Counts messages that end as they are made: those that lie in an inbox at once, and those that are not wanted. Goes
 * before the statements that insert them, and counts only what these will.
 */
export function countEndings(
  messages: readonly (MessageRow & { claim: { userId: string; key: string } | undefined })[],
  when: SQL,
): Statement[] {
  const seen = new Set<string>();
  const rows = messages.map(({ id, method, status, dueAt, dedupeKey, eventId, claim }) => {
    const repeats = dedupeKey != null && seen.has(dedupeKey);
    if (dedupeKey != null) seen.add(dedupeKey);
    const ends = repeats || dueAt == null;
    return { id, method, status: repeats ? "inhibited" : status, ends, dedupeKey, eventId, claim };
  });
  return chunks(rows).map((chunk) => countEndingsOf(chunk, when));
}

const countEndingsOf = prepared((chunk: string, when: SQL) => {
  const isDuplicate = sql`EXISTS (SELECT 1 FROM notification_messages d WHERE d.dedupe_key = row.value ->> '$.dedupeKey')`;
  const status = sql`CASE WHEN ${isDuplicate} THEN 'inhibited' ELSE row.value ->> '$.status' END`;
  return query.run(sql`INSERT INTO counters (name, labels, value)
    SELECT ${finished}, json_object('method', row.value ->> '$.method', 'status', ${status}), count(*)
    FROM json_each(${chunk}) AS row
    WHERE (row.value ->> '$.ends' OR ${isDuplicate}) AND ${when}
      AND NOT EXISTS (SELECT 1 FROM notification_messages m WHERE m.id = row.value ->> '$.id')
    GROUP BY 2
    ON CONFLICT (name, labels) DO UPDATE SET value = value + excluded.value`);
});

/** Counts living messages that are about to end unsent; goes before the statement that ends them. */
export const countInhibited: (which: SQL) => Statement = prepared((which: SQL) =>
  query.run(sql`INSERT INTO counters (name, labels, value)
    SELECT ${finished}, json_object('method', method, 'status', 'inhibited'), count(*)
    FROM notification_messages WHERE ${which} GROUP BY method
    ON CONFLICT (name, labels) DO UPDATE SET value = value + excluded.value`),
);

export function readCounters() {
  return query.select().from(counters).orderBy(counters.name, counters.labels);
}

/** How many messages wait, by method and status, and since when the oldest of them has; what is held back doesn't wait yet. */
export function countLiving(now: number) {
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

/** What is being sent at this moment, by method and template. */
export function countLeased() {
  return query
    .select({
      method: notificationMessages.method,
      templateId: notificationEvents.templateId,
      count: sql<number>`count(*)`,
    })
    .from(notificationMessages)
    .innerJoin(notificationEvents, sql`${notificationEvents.id} = ${notificationMessages.eventId}`)
    .where(sql`${notificationMessages.leaseToken} IS NOT NULL`)
    .groupBy(notificationMessages.method, notificationEvents.templateId);
}

/** So many that wait are looked at, those that are due first. */
const mostWaiting = 1_000;

/**
 * What does not get through, by method: messages that are tried again, and those given up since then, each with the
 * answer of the latest try. What is wrong with one recipient says nothing about the channel.
 */
export function findFailing(since: number) {
  const retried = sql`SELECT * FROM notification_messages WHERE due_at IS NOT NULL ORDER BY due_at LIMIT ${mostWaiting}`;
  const ended = sql`SELECT * FROM notification_messages WHERE due_at IS NULL AND updated_at >= ${since}`;
  return query.all<FailingRow>(sql`
    SELECT m.method, m.status, count(*) AS count, max(m.updated_at) AS at, a.detail AS answer
    FROM (SELECT * FROM (${retried}) UNION ALL SELECT * FROM (${ended})) AS m
      LEFT JOIN notification_attempts AS a ON a.message_id = m.id AND a.number = m.attempt_count
    WHERE m.status = 'temporary_failure' OR (m.status = 'permanent_failure'
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
