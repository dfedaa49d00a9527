// SQL of claims: what is due, and leases on messages of one queue. Every write can be sent twice.
import { sql } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import type { DeliveryQueue } from "../../../kernel/ports.ts";
import { methods } from "../../channels/index.ts";
import { isPausedSql } from "../../preferences/store/settings.ts";
import { hasTurnSql, takeTurn, turnLimitSql } from "../../receivers/store/turns.ts";

export interface Claim {
  /** The lease: messages that have this token are the claimant's until `leaseUntil`. */
  token: string;
  queue: DeliveryQueue;
  now: number;
  leaseUntil: number;
  limit: number;
  /** Tokens of other leases of the claimant: it does not claim their messages. */
  held: readonly string[];
  /** Only these messages; otherwise all that are due, the longest due first. */
  ids?: readonly string[];
}

/** Leases due messages, and counts and records the attempt. A token that was used claims nothing more. */
export function claimMessages(claim: Claim): Statement[] {
  const { token, queue, now, leaseUntil, limit } = claim;
  const { receiverId } = queue;
  const values = { token, now, leaseUntil, limit, held: JSON.stringify(claim.held) };
  const ids = claim.ids && JSON.stringify(claim.ids);
  return [
    ...(receiverId === null
      ? [leaseMessages({ ...values, channel: queue.method, ids })]
      : [takeTurn(receiverId, token, now), leaseForReceiver({ ...values, receiverId })]),
    insertAttempts(token, now),
  ];
}

/** Lists are JSON arrays. */
type LeaseValues = Pick<Claim, "token" | "now" | "leaseUntil" | "limit"> & { held: string };
type ChannelLease = LeaseValues & { channel: string; ids: string | undefined };
type ReceiverLease = LeaseValues & { receiverId: string };

const leaseMessages = prepared(({ token, channel, now, leaseUntil, limit, held, ids }: ChannelLease) => {
  const isDueSql = sql`m.method = ${channel} AND m.due_at <= ${now}
      AND (m.lease_token IS NULL OR m.lease_token NOT IN (SELECT value FROM json_each(${held})))
    ORDER BY m.due_at, m.seq LIMIT ${limit}`;
  // Chosen ones are looked up, however many others are due.
  const dueSql =
    ids === undefined
      ? sql`SELECT m.seq FROM notification_messages AS m WHERE ${isDueSql}`
      : sql`SELECT m.seq FROM json_each(${ids}) AS chosen CROSS JOIN notification_messages AS m ON m.id = chosen.value
        WHERE ${isDueSql}`;
  return query.run(sql`UPDATE notification_messages
    SET status = 'leased', lease_token = ${token}, due_at = ${leaseUntil},
      attempt_count = attempt_count + 1, updated_at = ${now}
    WHERE seq IN (${dueSql}) AND NOT ${isPausedSql}
      AND NOT EXISTS (SELECT 1 FROM notification_messages WHERE lease_token = ${token})`);
});

/** In the receiver's turn; one that fails gets one message, to try it. */
const leaseForReceiver = prepared(({ token, receiverId, now, leaseUntil, limit, held }: ReceiverLease) => {
  const dueSql = sql`SELECT seq FROM notification_messages WHERE receiver_id = ${receiverId} AND due_at <= ${now}
      AND (lease_token IS NULL OR lease_token NOT IN (SELECT value FROM json_each(${held})))
    ORDER BY due_at, seq LIMIT ${turnLimitSql(receiverId, limit)}`;
  return query.run(sql`UPDATE notification_messages
    SET status = 'leased', lease_token = ${token}, due_at = ${leaseUntil},
      attempt_count = attempt_count + 1, updated_at = ${now}
    WHERE seq IN (${dueSql}) AND NOT ${isPausedSql} AND ${hasTurnSql(receiverId, token)}
      AND NOT EXISTS (SELECT 1 FROM notification_messages WHERE lease_token = ${token})`);
});

const insertAttempts = prepared((token: string, now: number) =>
  query.run(sql`INSERT INTO notification_attempts (message_id, number, started_at, outcome)
    SELECT id, attempt_count, ${now}, 'started' FROM notification_messages WHERE lease_token = ${token}
    ON CONFLICT DO NOTHING`),
);

/** The queues that have due messages; receivers whose pause is over. */
export const findDueQueues = (now: number) =>
  query.all<DeliveryQueue>(sql`SELECT value AS method, NULL AS "receiverId" FROM json_each(${JSON.stringify(methods)})
    WHERE EXISTS (SELECT 1 FROM notification_messages WHERE method = value AND due_at <= ${now})
    UNION ALL ${dueReceiversSql(now)}`);

/** The same of receivers alone. */
export const findDueReceivers = (now: number) => query.all<DeliveryQueue>(dueReceiversSql(now));

/** When the first message becomes due between the two times, in epoch milliseconds; of receivers, once they accept one. */
export const findNextDue = (from: number, to: number) =>
  query.all<{ at: number | null }>(sql`SELECT min(at) AS at FROM (
    SELECT (SELECT min(due_at) FROM notification_messages WHERE method = value AND due_at > ${from}) AS at
      FROM json_each(${JSON.stringify(methods)})
    UNION ALL
    SELECT max(r.resume_at, (SELECT min(due_at) FROM notification_messages AS m
        WHERE m.receiver_id = r.id AND m.due_at IS NOT NULL))
      FROM notification_receivers AS r WHERE r.resume_at < ${to})
    WHERE at > ${from} AND at < ${to}`);

const dueReceiversSql = (
  now: number,
) => sql`SELECT 'receiver' AS method, r.id AS "receiverId" FROM notification_receivers AS r
    WHERE r.resume_at <= ${now}
      AND EXISTS (SELECT 1 FROM notification_messages AS m WHERE m.receiver_id = r.id AND m.due_at <= ${now})`;
