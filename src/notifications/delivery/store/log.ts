// SQL of the delivery log: each message with its status, and its attempts.
import { and, asc, desc, eq, isNull, lt, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import {
  notificationAttempts,
  notificationEvents,
  notificationMessages,
  notificationTemplates,
  users,
  type MessageStatus,
} from "../../../../db/schema.ts";
import { seesDeploymentSql } from "./health.ts";

export interface MessageFilter {
  status?: MessageStatus | undefined;
  /** A template's id. */
  template?: string | undefined;
  /** A user's id or name. */
  user?: string | undefined;
  event?: string | undefined;
  /** The id of the last message of the previous page. */
  before?: string | undefined;
}

const columns = {
  id: notificationMessages.id,
  eventId: notificationMessages.eventId,
  userId: notificationMessages.userId,
  username: users.username,
  templateId: notificationTemplates.id,
  templateName: notificationTemplates.name,
  templateVersion: notificationEvents.templateVersion,
  method: notificationMessages.method,
  status: notificationMessages.status,
  reasons: notificationMessages.reasons,
  attempts: notificationMessages.attemptCount,
  dueAt: notificationMessages.dueAt,
  createdBy: notificationEvents.createdBy,
  createdAt: notificationMessages.createdAt,
  updatedAt: notificationMessages.updatedAt,
  expiresAt: notificationMessages.expiresAt,
  lastDetail: sql<string | null>`(SELECT a.detail FROM notification_attempts a
    WHERE a.message_id = ${notificationMessages.id} ORDER BY a.number DESC LIMIT 1)`.as("last_detail"),
};

const selectMessages = () =>
  query
    .select(columns)
    .from(notificationMessages)
    .innerJoin(notificationEvents, eq(notificationEvents.id, notificationMessages.eventId))
    .innerJoin(notificationTemplates, eq(notificationTemplates.id, notificationEvents.templateId))
    .innerJoin(users, eq(users.id, notificationMessages.userId));

/** The caller's own messages; all messages for those who see the deployment. */
const isVisibleSql = (self: SQL<string>) =>
  sql`(${notificationMessages.userId} = ${self} OR ${seesDeploymentSql(self)})`;

/** Newest first. */
export function listMessages(self: SQL<string>, filter: MessageFilter, limit: number) {
  const { status, template, user, event, before } = filter;
  return selectMessages()
    .where(
      and(
        isVisibleSql(self),
        status === undefined ? undefined : eq(notificationMessages.status, status),
        template === undefined ? undefined : eq(notificationEvents.templateId, template),
        event === undefined ? undefined : eq(notificationMessages.eventId, event),
        user === undefined
          ? undefined
          : sql`${notificationMessages.userId} = (SELECT id FROM users WHERE (id = ${user} OR lower(username) = ${user.toLowerCase()}) AND deleted_at IS NULL)`,
        before === undefined
          ? undefined
          : lt(
              notificationMessages.seq,
              sql`(SELECT b.seq FROM notification_messages b WHERE b.id = ${before})`,
            ),
      ),
    )
    .orderBy(desc(notificationMessages.seq))
    .limit(limit);
}

export function findMessage(self: SQL<string>, id: string) {
  return selectMessages().where(and(eq(notificationMessages.id, id), isVisibleSql(self)));
}

/** SQL: whether the caller can see the message. */
export const isMessageVisibleSql = (self: SQL<string>, id: string): SQL =>
  sql`EXISTS (SELECT 1 FROM ${notificationMessages} WHERE ${notificationMessages.id} = ${id} AND ${isVisibleSql(self)})`;

export type MessageRow = ReturnType<typeof findMessage>["_"]["result"][number];

export function listAttempts(messageId: string) {
  return query
    .select()
    .from(notificationAttempts)
    .where(eq(notificationAttempts.messageId, messageId))
    .orderBy(asc(notificationAttempts.number));
}

export type AttemptRow = ReturnType<typeof listAttempts>["_"]["result"][number];

/** Puts a message that failed permanently back into the queue, with a new round of attempts. */
export function requeueMessage(id: string, now: number): Statement {
  return query
    .update(notificationMessages)
    .set({ status: "pending", dueAt: now, updatedAt: now, attemptsForgiven: sql`attempt_count` })
    .where(
      and(
        eq(notificationMessages.id, id),
        eq(notificationMessages.status, "permanent_failure"),
        isNull(notificationMessages.expiresAt),
      ),
    );
}
