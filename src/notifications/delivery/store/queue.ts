// SQL of delivery: what is claimed, release. Every write can be sent twice.
import { and, eq, sql } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import {
  notificationEvents,
  notificationMessages,
  notificationPreferences,
  notificationTemplates,
  notificationTemplateVersions,
  users,
} from "../../../../db/schema.ts";
import type { MessageLease } from "../../../kernel/ports.ts";
import { severitiesSql } from "../../texts/store/severities.ts";
import { mutesSql } from "../../preferences/store/mutes.ts";
import { countInhibited } from "./metrics.ts";
import { goneEndpointSql } from "../../preferences/store/settings.ts";

/** Messages of one recipient of an event are written next to each other. */
const maxApart = 10;

/** SQL: of a message that waited for the end of quiet hours, whether its notification was read in the inbox. */
const wasReadSql = sql<
  number | null
>`CASE WHEN instr(notification_messages.reasons, '"quiet_hours"') > 0 THEN EXISTS (
  SELECT 1 FROM notification_messages AS there JOIN inbox_notifications AS item ON item.id = there.id
  WHERE there.user_id = notification_messages.user_id AND there.event_id = notification_messages.event_id
    AND there.seq BETWEEN notification_messages.seq - ${sql.raw(`${maxApart} AND notification_messages.seq + ${maxApart}`)}
    AND item.read_at IS NOT NULL) END`;

/** The recipient, and what they have chosen. */
const recipientColumns = {
  userId: users.id,
  username: users.username,
  userName: users.name,
  email: users.email,
  userStatus: users.status,
  userDeletedAt: users.deletedAt,
  disabled: notificationPreferences.disabled,
  quietHours: users.quietHours,
  timeZone: users.timeZone,
  wasRead: wasReadSql.as("was_read"),
  mutes: mutesSql(users.id).as("mutes"),
};

/** The messages of a claim, with everything that sending needs. */
export const findClaimedMessages = prepared(({ token, method, until }: MessageLease) =>
  query
    .select({
      id: notificationMessages.id,
      method: notificationMessages.method,
      receiverId: notificationMessages.receiverId,
      attempt: notificationMessages.attemptCount,
      /** Attempts that count towards the limit. */
      countedAttempts:
        sql<number>`${notificationMessages.attemptCount} - ${notificationMessages.attemptsForgiven}`.as(
          "counted_attempts",
        ),
      reasons: notificationMessages.reasons,
      createdAt: notificationMessages.createdAt,
      sealedLabels: notificationMessages.sealedLabels,
      expiresAt: notificationMessages.expiresAt,
      labels: notificationEvents.labels,
      data: notificationEvents.data,
      targets: notificationEvents.targets,
      text: notificationEvents.text,
      traceparent: notificationEvents.traceparent,
      situationId: notificationEvents.situationId,
      templateId: notificationTemplates.id,
      templateName: notificationTemplates.name,
      severities: severitiesSql.as("severities"),
      version: notificationTemplateVersions.number,
      title: notificationTemplateVersions.title,
      body: notificationTemplateVersions.body,
      actions: notificationTemplateVersions.actions,
      ...recipientColumns,
      isKindDisabled: notificationTemplates.isDisabled,
      disabledMethods: notificationPreferences.disabledMethods,
      /** The hash of its channel's endpoint, if that responded 410 Gone. */
      goneEndpoint: goneEndpointSql(notificationMessages.method),
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
    .where(
      and(
        eq(notificationMessages.method, method),
        eq(notificationMessages.dueAt, until),
        eq(notificationMessages.leaseToken, token),
      ),
    )
    .orderBy(notificationMessages.seq),
);

export type ClaimedMessage = ReturnType<typeof findClaimedMessages>["_"]["result"][number];

/** Ends expired messages with sealed labels, so that these are deleted even while nothing is sent; not leased messages. */
export function expireMessages(now: number): Statement[] {
  const isExpiredSql = sql`sealed_labels IS NOT NULL AND expires_at <= ${now} AND (lease_token IS NULL OR due_at <= ${now})`;
  return [
    countInhibited(isExpiredSql),
    query.run(sql`UPDATE notification_messages
      SET status = 'inhibited', due_at = NULL, lease_token = NULL, sealed_labels = NULL, updated_at = ${now},
        reasons = json_insert(reasons, '$[#]', 'expired')
      WHERE ${isExpiredSql}`),
  ];
}

/** Returns some messages of a claim to the queue: no attempt was made. */
export const releaseMessages = (token: string, ids: readonly string[], now: number): Statement =>
  query.run(sql`UPDATE notification_messages
    SET status = 'pending', lease_token = NULL, due_at = ${now}, attempt_count = attempt_count - 1, updated_at = ${now}
    WHERE lease_token = ${token} AND id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`);

/** Lets some messages of a claim wait for the end of quiet hours: no attempt was made. */
export const deferMessages = (
  token: string,
  held: readonly { id: string; until: number }[],
  now: number,
): Statement =>
  query.run(sql`UPDATE notification_messages
    SET status = 'pending', lease_token = NULL, due_at = row.value ->> '$.until',
      attempt_count = attempt_count - 1, updated_at = ${now},
      reasons = CASE WHEN instr(reasons, '"quiet_hours"') > 0 THEN reasons ELSE json_insert(reasons, '$[#]', 'quiet_hours') END
    FROM json_each(${JSON.stringify(held)}) AS row
    WHERE notification_messages.id = row.value ->> '$.id' AND lease_token = ${token}`);
