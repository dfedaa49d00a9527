// SQL of claims: what is due, and leases on messages of one queue. Every write can be sent twice.
import { sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { prepared, trueSql } from "../../../../db/prepared.ts";
import type { DeliveryQueue, MessageLease } from "../../../kernel/ports.ts";
import { methods } from "../../channels/index.ts";
import { isPausedSql } from "../../preferences/store/settings.ts";
import { hasTurnSql, takeTurn, turnLimitSql } from "../../receivers/store/turns.ts";

export interface Claim {
  queue: DeliveryQueue;
  /** Messages that have its token are the claimant's until its end. */
  lease: MessageLease;
  now: number;
  limit: number;
  /** Tokens of other leases of the claimant: it does not claim their messages. */
  held: readonly string[];
  /** Only these messages; otherwise all that are due, the longest due first. */
  ids?: readonly string[];
}

/** Leases due messages, and counts the attempt. A token that was used claims nothing more. */
export function claimMessages({ queue, lease, now, limit, held, ids }: Claim): Statement[] {
  const { method: channel, receiverId } = queue;
  if (receiverId === null && ids !== undefined)
    return [take(lease, now, dueAmong({ channel, now, limit, ids: JSON.stringify(ids) }))];
  const free = { now, limit, held: JSON.stringify(held) };
  if (receiverId === null) {
    const due = dueOf({ channel, ...free });
    return [recordInterrupted(due), take(lease, now, due)];
  }
  const due = dueForReceiver({ receiverId, ...free });
  return [
    takeTurn(receiverId, lease.token, now),
    recordInterrupted(due),
    take(lease, now, due, hasTurnSql(receiverId, lease.token)),
  ];
}

type Due = Pick<Claim, "now" | "limit">;

/** SQL for the sequence numbers of what is due, those first that are due longest. `held`: a JSON array of tokens. */
const dueOf = prepared(
  ({ channel, now, limit, held }: Due & { channel: string; held: string }): SQL =>
    sql`SELECT seq FROM notification_messages WHERE method = ${channel} AND due_at <= ${now}
      AND ${isFreeSql(held)} ORDER BY due_at, seq LIMIT ${limit}`,
);

/** One that fails gets one message, to try it. */
const dueForReceiver = prepared(
  ({ receiverId, now, limit, held }: Due & { receiverId: string; held: string }): SQL =>
    sql`SELECT seq FROM notification_messages WHERE receiver_id = ${receiverId} AND due_at <= ${now}
      AND ${isFreeSql(held)} ORDER BY due_at, seq LIMIT ${turnLimitSql(receiverId, limit)}`,
);

/** New ones, which are looked up, however many others are due. `ids`: a JSON array. */
const dueAmong = prepared(
  ({ channel, now, limit, ids }: Due & { channel: string; ids: string }): SQL =>
    sql`SELECT m.seq FROM json_each(${ids}) AS chosen CROSS JOIN notification_messages AS m ON m.id = chosen.value
      WHERE m.method = ${channel} AND m.due_at <= ${now} AND m.lease_token IS NULL
      ORDER BY m.due_at, m.seq LIMIT ${limit}`,
);

const isFreeSql = (held: string): SQL =>
  sql`(lease_token IS NULL OR lease_token NOT IN (SELECT value FROM json_each(${held})))`;

/** Of those among the due that are leased: the lease has ended, and its attempt has no result. */
const recordInterrupted = prepared((due: SQL) =>
  query.run(sql`INSERT INTO notification_attempts (message_id, number, started_at, outcome)
    SELECT id, attempt_count, updated_at, 'started' FROM notification_messages
    WHERE seq IN (${due}) AND lease_token IS NOT NULL ON CONFLICT DO NOTHING`),
);

const take = prepared(({ token, method, until }: MessageLease, now: number, due: SQL, when: SQL = trueSql) =>
  query.run(sql`UPDATE notification_messages
    SET status = 'leased', lease_token = ${token}, due_at = ${until}, attempt_count = attempt_count + 1, updated_at = ${now}
    WHERE seq IN (${due}) AND NOT ${isPausedSql} AND ${when}
      AND NOT EXISTS (SELECT 1 FROM notification_messages AS m WHERE ${isOfLeaseSql({ token, method, until })})`),
);

/** SQL: a message `m` that is leased so. */
export const isOfLeaseSql = ({ token, method, until }: MessageLease): SQL =>
  sql`m.method = ${method} AND m.due_at = ${until} AND m.lease_token = ${token}`;

const methodsSql = sql.raw(methods.map((method) => `'${method}'`).join(", "));

/** No lease lasts longer without being renewed, in milliseconds. */
export const maxLeaseMs = 15_000;

/** SQL: a message `m` that is leased now, found without looking at those that wait. */
export const isLeasedSql = (now: number): SQL =>
  sql`m.method IN (${methodsSql}) AND m.due_at > ${now} AND m.due_at <= ${now + maxLeaseMs} AND m.lease_token IS NOT NULL`;

/** When the first lease of another process ends unless it is renewed, in epoch milliseconds; null: there is none. */
export const findNextLeaseEnd = (held: readonly string[], now: number) =>
  query.all<{ at: number | null }>(sql`SELECT min(m.due_at) AS at FROM notification_messages AS m
    WHERE ${isLeasedSql(now)} AND m.lease_token NOT IN (SELECT value FROM json_each(${JSON.stringify(held)}))`);

/**
 * Moves the ends of leases there at least, unless another process took them over. `from`: the latest end that is known;
 * `until`: a later one that may have been written.
 */
export const renewLeases = (leases: readonly (MessageLease & { from: number })[], until: number): Statement =>
  query.run(sql`UPDATE notification_messages SET due_at = ${until} WHERE seq IN (
    SELECT m.seq FROM json_each(${JSON.stringify(leases)}) AS row
      CROSS JOIN notification_messages AS m ON m.method = row.value ->> '$.method'
        AND m.due_at BETWEEN row.value ->> '$.from' AND row.value ->> '$.until' AND m.lease_token = row.value ->> '$.token'
    WHERE m.due_at < ${until})`);

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
