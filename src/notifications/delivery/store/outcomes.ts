// SQL of the outcomes of attempts. Every write can be sent twice.
import { sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { prepared, preparedSql } from "../../../../db/prepared.ts";
import { chunks, insertRows } from "../../../../db/rows.ts";
import { inboxNotifications, type AttemptOutcome, type MessageStatus } from "../../../../db/schema.ts";
import { foldOlder } from "../../situations/store/situations.ts";
import type { TotalGroup } from "../rules/totals.ts";
import { countSent } from "./metrics.ts";

/** Ends the leases of messages that were sent, and counts those whose lease still holds. */
export const endSent = (group: TotalGroup): Statement[] => [
  markSent(JSON.stringify(group.attempts.map(([id, token]) => [id, token])), group.endedAt),
  countSent(group),
];

const markSent = prepared((leases: string, at: number) =>
  query.run(sql`UPDATE notification_messages
    SET status = 'sent', lease_token = NULL, due_at = NULL, updated_at = ${at}, sealed_labels = NULL
    FROM json_each(${leases}) AS row
    WHERE notification_messages.id = row.value ->> 0 AND notification_messages.lease_token = row.value ->> 1`),
);

export interface OutcomeRow {
  id: string;
  token: string;
  status: Exclude<MessageStatus, "leased" | "pending" | "sent">;
  dueAt: number | null;
  reason: string | null;
  forgiven: number;
  finishedAt: number;
}

/** Ends the leases of messages that were not sent, while they hold. */
export const endUnsent = (outcomes: readonly OutcomeRow[]): Statement[] =>
  chunks(outcomes.map((row) => outcomeFields.map((field) => row[field]))).map((chunk) => endLeases(chunk));

/** SQLite finds the element of an array in half the time that the member of an object takes. */
const outcomeFields = [
  "id",
  "token",
  "finishedAt",
  "status",
  "dueAt",
  "forgiven",
  "reason",
] as const satisfies (keyof OutcomeRow)[];
const givenSql = Object.fromEntries(
  outcomeFields.map((field, position) => [field, sql.raw(`row.value ->> ${position}`)]),
) as Record<(typeof outcomeFields)[number], SQL>;

const endLeases = prepared((outcomes: string) =>
  query.run(sql`UPDATE notification_messages
    SET status = ${givenSql.status}, lease_token = NULL, due_at = ${givenSql.dueAt}, updated_at = ${givenSql.finishedAt},
      attempts_forgiven = attempts_forgiven + (${givenSql.forgiven}),
      sealed_labels = CASE WHEN ${givenSql.dueAt} IS NULL THEN NULL ELSE sealed_labels END,
      reasons = CASE WHEN ${givenSql.reason} IS NULL THEN reasons
        ELSE json_insert(reasons, '$[#]', ${givenSql.reason}) END
    FROM json_each(${outcomes}) AS row
    WHERE notification_messages.id = ${givenSql.id} AND notification_messages.lease_token = ${givenSql.token}`),
);

export type EndedAttempt = [
  messageId: string,
  number: number,
  startedAt: number,
  finishedAt: number,
  outcome: AttemptOutcome,
  detail: string,
];

/** Of messages that are there; whether the lease holds doesn't matter. */
export const recordAttempts = (attempts: readonly EndedAttempt[]): Statement[] =>
  chunks(attempts).map((chunk) => insertAttempts(chunk));

/** One that was taken over has its row already. */
const insertAttempts = prepared((attempts: string) =>
  query.run(sql`INSERT INTO notification_attempts (message_id, number, started_at, finished_at, outcome, detail)
    SELECT m.id, row.value ->> 1, row.value ->> 2, row.value ->> 3, row.value ->> 4, row.value ->> 5
    FROM json_each(${attempts}) AS row CROSS JOIN notification_messages AS m ON m.id = row.value ->> 0 WHERE true
    ON CONFLICT (message_id, number) DO UPDATE
      SET finished_at = excluded.finished_at, outcome = excluded.outcome, detail = excluded.detail
      WHERE outcome = 'started'`),
);

type InboxRow = typeof inboxNotifications.$inferInsert;

/** Of messages that were sent: an inbox that got nothing before has them. */
export const insertSentItems = (inbox: readonly InboxRow[]): Statement[] => [
  ...insertRows(inboxNotifications, inbox, isSentSql, ofMessage),
  ...foldOlder(
    inbox.flatMap(({ situationId }) => situationId ?? []),
    inbox[0]?.createdAt ?? 0,
  ),
];

const isSentSql = preparedSql(
  sql`EXISTS (SELECT 1 FROM notification_messages m WHERE m.id = row.value ->> '$.id' AND m.status = 'sent')`,
);

const ofMessage = {
  column: "organization_id",
  value: preparedSql(
    sql`(SELECT m.organization_id FROM notification_messages m WHERE m.id = row.value ->> '$.id')`,
  ),
};
