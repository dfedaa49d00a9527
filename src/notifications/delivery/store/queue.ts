// SQL of the outbox's way out: claim under a lease, settle, release, purge. All of it may be sent twice.
import { and, eq, lt, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { chunks, insertRows } from "../../../../db/rows.ts";
import {
  inboxNotifications,
  notificationEvents,
  notificationMessages,
  notificationPreferences,
  notificationTemplates,
  notificationTemplateVersions,
  users,
  type AttemptOutcome,
  type MessageStatus,
} from "../../../../db/schema.ts";
import { methods, type Method } from "../../channels/index.ts";
import { countInhibited } from "./metrics.ts";
import { pausedNow } from "../../preferences/store/settings.ts";

export interface Claim {
  /** Made by the claimant; what holds it is theirs until `leaseUntil`. */
  token: string;
  channel: Method;
  now: number;
  leaseUntil: number;
  limit: number;
  /** Leases that the claimant holds and whose messages it is still sending: it doesn't take those from itself. */
  held: readonly string[];
  /** Only these messages; otherwise the longest due. */
  ids?: readonly string[];
}

/** Takes due messages, counts the attempt and notes its beginning. A token that holds something takes no more. */
export function claimMessages(claim: Claim): Statement[] {
  const chosen =
    claim.ids === undefined
      ? sql`true`
      : sql`id IN (SELECT value FROM json_each(${JSON.stringify(claim.ids)}))`;
  const due = sql`SELECT seq FROM notification_messages WHERE method = ${claim.channel} AND due_at <= ${claim.now} AND ${chosen}
      AND (lease_token IS NULL OR lease_token NOT IN (SELECT value FROM json_each(${JSON.stringify(claim.held)})))
    ORDER BY due_at, seq LIMIT ${claim.limit}`;
  return [
    query.run(sql`UPDATE notification_messages
      SET status = 'leased', lease_token = ${claim.token}, due_at = ${claim.leaseUntil},
        attempt_count = attempt_count + 1, updated_at = ${claim.now}
      WHERE seq IN (${due}) AND NOT ${pausedNow}
        AND NOT EXISTS (SELECT 1 FROM notification_messages WHERE lease_token = ${claim.token})`),
    query.run(sql`INSERT INTO notification_attempts (message_id, number, started_at, outcome)
      SELECT id, attempt_count, ${claim.now}, 'started' FROM notification_messages WHERE lease_token = ${claim.token}
      ON CONFLICT DO NOTHING`),
  ];
}

/** Leases that hold, or that nobody has taken over yet, last until then at least. */
export const renewLeases = (tokens: readonly string[], until: number): Statement =>
  query.run(sql`UPDATE notification_messages SET due_at = max(due_at, ${until})
    WHERE lease_token IN (SELECT value FROM json_each(${JSON.stringify(tokens)}))`);

/** When the first lease of another process runs out unless it is renewed, in epoch milliseconds; null: there is none. */
export const findNextLapse = (held: readonly string[]) =>
  query.all<{ at: number | null }>(sql`SELECT min(due_at) AS at FROM notification_messages
    WHERE lease_token IS NOT NULL AND lease_token NOT IN (SELECT value FROM json_each(${JSON.stringify(held)}))`);

/** The channels of which a message is due. */
export const findDueChannels = (now: number) =>
  query.all<{ method: Method }>(sql`SELECT value AS method FROM json_each(${JSON.stringify(methods)})
    WHERE EXISTS (SELECT 1 FROM notification_messages WHERE method = value AND due_at <= ${now})`);

/** What a claim holds, with all that sending needs. */
export function findClaimed(token: string) {
  return query
    .select({
      id: notificationMessages.id,
      method: notificationMessages.method,
      attempt: notificationMessages.attemptCount,
      /** Attempts of this round: the ones that count towards the limit. */
      tries: sql<number>`${notificationMessages.attemptCount} - ${notificationMessages.attemptsForgiven}`.as(
        "tries",
      ),
      createdAt: notificationMessages.createdAt,
      sealedLabels: notificationMessages.sealedLabels,
      expiresAt: notificationMessages.expiresAt,
      labels: notificationEvents.labels,
      data: notificationEvents.data,
      targets: notificationEvents.targets,
      templateId: notificationTemplates.id,
      templateName: notificationTemplates.name,
      version: notificationTemplateVersions.number,
      title: notificationTemplateVersions.title,
      body: notificationTemplateVersions.body,
      actions: notificationTemplateVersions.actions,
      userId: users.id,
      username: users.username,
      userName: users.name,
      email: users.email,
      userStatus: users.status,
      userDeletedAt: users.deletedAt,
      disabled: notificationPreferences.disabled,
    })
    .from(notificationMessages)
    .innerJoin(notificationEvents, eq(notificationEvents.id, notificationMessages.eventId))
    .innerJoin(notificationTemplates, eq(notificationTemplates.id, notificationEvents.templateId))
    .innerJoin(
      notificationTemplateVersions,
      and(
        eq(notificationTemplateVersions.templateId, notificationEvents.templateId),
        eq(notificationTemplateVersions.number, notificationEvents.templateVersion),
      ),
    )
    .innerJoin(users, eq(users.id, notificationMessages.userId))
    .leftJoin(
      notificationPreferences,
      and(
        eq(notificationPreferences.userId, notificationMessages.userId),
        eq(notificationPreferences.templateId, notificationEvents.templateId),
      ),
    )
    .where(eq(notificationMessages.leaseToken, token))
    .orderBy(notificationMessages.seq);
}

export type ClaimedMessage = ReturnType<typeof findClaimed>["_"]["result"][number];

export interface SettledRow {
  id: string;
  token: string;
  attempt: number;
  status: Exclude<MessageStatus, "leased" | "pending">;
  outcome: AttemptOutcome;
  dueAt: number | null;
  reason: string | null;
  detail: string;
  forgiven: number;
  finishedAt: number;
}

type InboxRow = typeof inboxNotifications.$inferInsert;

/**
 * Writes results, each only while the lease that it came from holds; inbox rows go with their message.
 * A result whose lease was lost changes nothing but its own attempt's row.
 */
export function settleMessages(results: readonly SettledRow[], inbox: readonly InboxRow[]): Statement[] {
  const held = sql`EXISTS (SELECT 1 FROM notification_messages m WHERE m.id = row.value ->> '$.id' AND m.status = 'sent')`;
  return [
    ...chunks(results).flatMap((chunk) => [
      query.run(sql`UPDATE notification_messages
        SET status = row.value ->> '$.status', lease_token = NULL, due_at = row.value ->> '$.dueAt',
          updated_at = row.value ->> '$.finishedAt',
          attempts_forgiven = attempts_forgiven + (row.value ->> '$.forgiven'),
          sealed_labels = CASE WHEN row.value ->> '$.dueAt' IS NULL THEN NULL ELSE sealed_labels END,
          reasons = CASE WHEN row.value ->> '$.reason' IS NULL THEN reasons
            ELSE json_insert(reasons, '$[#]', row.value ->> '$.reason') END
        FROM json_each(${chunk}) AS row
        WHERE notification_messages.id = row.value ->> '$.id'
          AND notification_messages.lease_token = row.value ->> '$.token'`),
      query.run(sql`UPDATE notification_attempts
        SET finished_at = row.value ->> '$.finishedAt', outcome = row.value ->> '$.outcome', detail = row.value ->> '$.detail'
        FROM json_each(${chunk}) AS row
        WHERE message_id = row.value ->> '$.id' AND number = row.value ->> '$.attempt' AND outcome = 'started'`),
    ]),
    ...insertRows(inboxNotifications, inbox, held),
  ];
}

/**
 * Ends what is too late to be sent, so that what it carried is gone also while nothing is sent at all; what is being sent
 * ends by itself.
 */
export function expireMessages(now: number): Statement[] {
  const late = sql`sealed_labels IS NOT NULL AND expires_at <= ${now} AND (lease_token IS NULL OR due_at <= ${now})`;
  return [
    countInhibited(late),
    query.run(sql`UPDATE notification_messages
      SET status = 'inhibited', due_at = NULL, lease_token = NULL, sealed_labels = NULL, updated_at = ${now},
        reasons = json_insert(reasons, '$[#]', 'expired')
      WHERE ${late}`),
  ];
}

/** Gives back what was claimed and not begun: no attempt was made. */
export function releaseClaim(token: string, now: number): Statement[] {
  return [
    query.run(sql`DELETE FROM notification_attempts WHERE outcome = 'started' AND (message_id, number) IN
      (SELECT id, attempt_count FROM notification_messages WHERE lease_token = ${token})`),
    query.run(sql`UPDATE notification_messages
      SET status = 'pending', lease_token = NULL, due_at = ${now}, attempt_count = attempt_count - 1, updated_at = ${now}
      WHERE lease_token = ${token}`),
  ];
}

/** Final messages and their attempts, and events that nothing refers to, older than `before`; a slice at a time. */
export function purgeMessages(before: number, limit: number): Statement[] {
  const old: SQL = sql`SELECT seq FROM notification_messages WHERE due_at IS NULL AND ${lt(notificationMessages.updatedAt, before)} LIMIT ${limit}`;
  return [
    query.run(sql`DELETE FROM notification_messages WHERE seq IN (${old})`),
    query.run(sql`DELETE FROM notification_events WHERE seq IN (
      SELECT e.seq FROM notification_events e WHERE e.created_at < ${before}
        AND NOT EXISTS (SELECT 1 FROM notification_messages m WHERE m.event_id = e.id) LIMIT ${limit})`),
  ];
}
