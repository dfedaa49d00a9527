// SQL of the delivery log: each message with its status, and its attempts.
import { and, asc, desc, eq, lt, lte, sql, type SQL } from "drizzle-orm";
import { query } from "../../../../db/client.ts";
import {
  type notificationAttempts,
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
  method?: string | undefined;
  /** The id of the newest message: later ones don't match. */
  until?: string | undefined;
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
  /** The name of the receiver that it goes to. */
  receiver: sql<string | null>`(SELECT r.name FROM notification_receivers AS r
    WHERE r.id = ${notificationMessages.receiverId})`.as("receiver"),
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

/** SQL: a message that the caller can see; for one that is found by its id or its event. */
const isVisibleSql = (self: SQL<string>) =>
  sql`(${notificationMessages.userId} = ${self} OR ${seesDeploymentSql(self)})`;

const unsent: readonly MessageStatus[] = ["pending", "leased", "temporary_failure"];

/** Literals, so that the partial indexes serve. */
const statusSql = (status: MessageStatus): SQL => {
  const isStatus = sql`${notificationMessages.status} = ${sql.raw(`'${status}'`)}`;
  return unsent.includes(status) ? sql`${isStatus} AND ${notificationMessages.dueAt} IS NOT NULL` : isStatus;
};

const userIdSql = (user: string): SQL =>
  sql`(SELECT id FROM users WHERE (id = ${user} OR lower(username) = ${user.toLowerCase()}) AND deleted_at IS NULL)`;

/** SQL: the conditions of a filter. */
export function filterSql({ status, template, user, event, method, before, until }: MessageFilter) {
  const seqOf = (id: string) => sql`(SELECT b.seq FROM notification_messages b WHERE b.id = ${id})`;
  return and(
    status === undefined ? undefined : statusSql(status),
    template === undefined ? undefined : eq(notificationEvents.templateId, template),
    // The plus keeps the planner from other indexes: an event has few messages, a user or a day many.
    event === undefined ? undefined : eq(notificationMessages.eventId, event),
    method === undefined ? undefined : eq(notificationMessages.method, method),
    user === undefined
      ? undefined
      : sql`${event === undefined ? sql`` : sql.raw("+")}${notificationMessages.userId} = ${userIdSql(user)}`,
    before === undefined ? undefined : lt(notificationMessages.seq, seqOf(before)),
    until === undefined ? undefined : lte(notificationMessages.seq, seqOf(until)),
  );
}

/** Newest first: all messages for those who see the deployment, else the caller's own, each from an index that has them. */
export const listMessages = (self: SQL<string>, filter: MessageFilter, limit: number) =>
  selectMessages()
    .where(sql`${notificationMessages.seq} IN (${pageSql(undefined, filter, sql`iif(${seesDeploymentSql(self)}, ${limit}, 0)`)}
      UNION ALL ${pageSql(self, filter, sql`iif(${seesDeploymentSql(self)} OR ${isOtherSql(self, filter)}, 0, ${limit})`)})`)
    .orderBy(desc(notificationMessages.seq));

/** SQL: the filter names somebody else. */
const isOtherSql = (self: SQL<string>, { user }: MessageFilter): SQL =>
  user === undefined ? sql`false` : sql`${userIdSql(user)} IS NOT ${self}`;

/** A filter whose index has fewer messages than a user has. */
const hasOwnIndex = ({ event, status }: MessageFilter): boolean =>
  event !== undefined || status === "permanent_failure";

/** SQL for sequence numbers. */
function pageSql(owner: SQL<string> | undefined, filter: MessageFilter, limit: SQL): SQL {
  const events =
    filter.template === undefined
      ? sql``
      : sql`CROSS JOIN ${notificationEvents} ON ${notificationEvents.id} = ${notificationMessages.eventId}`;
  const where = and(
    sql`true`,
    owner === undefined
      ? undefined
      : sql`${sql.raw(hasOwnIndex(filter) ? "+" : "")}${notificationMessages.userId} = ${owner}`,
    filterSql(filter),
  );
  return sql`SELECT seq FROM (SELECT ${notificationMessages.seq} AS seq FROM ${notificationMessages} ${events}
    WHERE ${where} ORDER BY ${notificationMessages.seq} DESC LIMIT ${limit})`;
}

export function findMessage(self: SQL<string>, id: string) {
  return selectMessages().where(and(eq(notificationMessages.id, id), isVisibleSql(self)));
}

/** All messages of the event of one, as far as the caller can see them, in their order. */
export const listEventMessages = (self: SQL<string>, messageId: string, limit: number) =>
  selectMessages()
    .where(
      and(
        isVisibleSql(self),
        sql`${notificationMessages.eventId} = (SELECT m.event_id FROM notification_messages m WHERE m.id = ${messageId})`,
      ),
    )
    .orderBy(asc(notificationMessages.seq))
    .limit(limit);

/** SQL: whether the caller can see the message. */
export const isMessageVisibleSql = (self: SQL<string>, id: string): SQL =>
  sql`EXISTS (SELECT 1 FROM ${notificationMessages} WHERE ${notificationMessages.id} = ${id} AND ${isVisibleSql(self)})`;

export type MessageRow = ReturnType<typeof findMessage>["_"]["result"][number];

/** With the one in progress, whose row is written with its result. */
export const listAttempts = (messageId: string) =>
  query.all<AttemptRow>(sql`
    SELECT number, started_at AS "startedAt", finished_at AS "finishedAt", outcome, detail
    FROM notification_attempts WHERE message_id = ${messageId}
    UNION ALL
    SELECT attempt_count, updated_at, NULL, 'started', NULL FROM notification_messages AS m
    WHERE id = ${messageId} AND status = 'leased' AND NOT EXISTS (
      SELECT 1 FROM notification_attempts WHERE message_id = m.id AND number = m.attempt_count)
    ORDER BY number`);

export type AttemptRow = Omit<typeof notificationAttempts.$inferSelect, "messageId">;
