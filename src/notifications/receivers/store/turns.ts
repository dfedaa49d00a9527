// SQL of the turns of receivers: each claim is made in one, with the spacing and the pauses that the receiver asks for.
import { eq, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import { notificationReceivers } from "../../../../db/schema.ts";
import type { ReceiverSummary } from "../../delivery/rules/receiver-health.ts";
import { firstPauseMs, maxDoublings, maxFailures, spacingMs, trialMs } from "../rules/breaker.ts";

/** The receiver of claimed messages, deleted or not, and whether more is due for it. */
export const findReceiverToSend = prepared((id: string, now: number) =>
  query
    .select({
      id: notificationReceivers.id,
      name: notificationReceivers.name,
      format: notificationReceivers.format,
      host: notificationReceivers.host,
      sealedTarget: notificationReceivers.sealedTarget,
      template: notificationReceivers.template,
      isEnabled: notificationReceivers.isEnabled,
      deletedAt: notificationReceivers.deletedAt,
      previousUntil: notificationReceivers.previousUntil,
      resumeAt: notificationReceivers.resumeAt,
      failures: notificationReceivers.failures,
      ownerId: notificationReceivers.ownerId,
      hasMore: sql<number>`EXISTS (SELECT 1 FROM notification_messages AS m
        WHERE m.receiver_id = notification_receivers.id AND m.due_at <= ${now})`.as("has_more"),
    })
    .from(notificationReceivers)
    .where(eq(notificationReceivers.id, id)),
);

export type ReceiverToSend = ReturnType<typeof findReceiverToSend>["_"]["result"][number];

const spacingSql = sql.raw(
  `CASE format ${Object.entries(spacingMs)
    .map(([format, spacing]) => `WHEN '${format}' THEN ${spacing}`)
    .join(" ")} ELSE 0 END`,
);
/** SQL of a receiver: `isFailing` says the same of one. */
export const isFailingSql = sql.raw(`failures >= ${maxFailures}`);

export const isReceiverFailingSql = (id: string): SQL =>
  sql`EXISTS (SELECT 1 FROM notification_receivers WHERE id = ${id} AND ${isFailingSql})`;

/** Takes the turn unless the receiver is to be left alone; the next one is after its spacing, or once it was tried. */
export const takeTurn: (id: string, token: string, now: number) => Statement = prepared(
  (id: string, token: string, now: number) =>
    query.run(sql`UPDATE notification_receivers SET turn_token = ${token},
        resume_at = ${now} + CASE WHEN ${isFailingSql} THEN ${sql.raw(String(trialMs))} ELSE ${spacingSql} END
      WHERE id = ${id} AND resume_at <= ${now} AND turn_token IS NOT ${token}`),
);

export const hasTurnSql: (id: string, token: string) => SQL = prepared(
  (id: string, token: string): SQL =>
    sql`EXISTS (SELECT 1 FROM notification_receivers WHERE id = ${id} AND turn_token = ${token})`,
);

/** SQL: how many messages a turn has: one where they have a spacing, or to try a receiver that fails. */
export const turnLimitSql = (id: string, limit: number): SQL =>
  sql`(SELECT CASE WHEN ${isFailingSql} OR ${spacingSql} > 0 THEN 1 ELSE ${limit} END FROM notification_receivers WHERE id = ${id})`;

export interface ReceiverResult extends ReceiverSummary {
  receiverId: string;
  /** The messages, each with its lease. */
  leases: readonly (readonly [messageId: string, token: string])[];
}

/** Comes before the leases end: results that are written already change nothing. */
export const noteResult = (result: ReceiverResult, now: number): Statement => {
  const { receiverId, leases, failures, succeededAt, failedAt, answer, pausedUntil } = result;
  const total = sql`(CASE WHEN ${succeededAt} IS NULL THEN failures ELSE 0 END + ${failures})`;
  const pause = sql`(${firstPauseMs} << min(${maxDoublings}, ${total} - ${maxFailures}))`;
  return query.run(sql`UPDATE notification_receivers SET
      failures = ${total},
      resume_at = max(coalesce(${pausedUntil}, 0), CASE
        WHEN ${failures} > 0 AND ${total} >= ${maxFailures} THEN ${now} + ${pause}
        WHEN ${isFailingSql} AND ${succeededAt} IS NOT NULL THEN ${now}
        ELSE resume_at END),
      succeeded_at = coalesce(${succeededAt}, succeeded_at),
      failed_at = coalesce(${failedAt}, failed_at),
      answer = coalesce(${answer}, answer)
    WHERE id = ${receiverId} AND EXISTS (SELECT 1 FROM json_each(${JSON.stringify(leases)}) AS row
      CROSS JOIN notification_messages AS m ON m.id = row.value ->> 0 AND m.lease_token = row.value ->> 1)`);
};
