// SQL of the inbox: what a person reads.
import { and, desc, eq, gt, isNotNull, isNull, lt, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { inboxNotifications } from "../../../../db/schema.ts";

export interface InboxFilter {
  targets: readonly string[];
  templates: readonly string[];
  readStatus: "all" | "read" | "unread";
}

type User = SQL<string> | string;

function matches(filter: InboxFilter): SQL | undefined {
  return and(
    filter.readStatus === "unread" ? isNull(inboxNotifications.readAt) : undefined,
    filter.readStatus === "read" ? isNotNull(inboxNotifications.readAt) : undefined,
    filter.templates.length === 0
      ? undefined
      : sql`${inboxNotifications.templateId} IN (SELECT value FROM json_each(${JSON.stringify(filter.templates)}))`,
    filter.targets.length === 0
      ? undefined
      : sql`NOT EXISTS (SELECT 1 FROM json_each(${JSON.stringify(filter.targets)}) wanted
          WHERE wanted.value NOT IN (SELECT value FROM json_each(${inboxNotifications.targets})))`,
  );
}

/** Newest first; `before` is the id of a notification of the same user, ignored when there is none. */
export function listInbox(user: User, filter: InboxFilter, limit: number, before?: string) {
  const older =
    before === undefined
      ? undefined
      : sql`${inboxNotifications.seq} < coalesce((SELECT b.seq FROM inbox_notifications b WHERE b.id = ${before} AND b.user_id = ${user}), 9223372036854775807)`;
  return query
    .select()
    .from(inboxNotifications)
    .where(and(eq(inboxNotifications.userId, user), matches(filter), older))
    .orderBy(desc(inboxNotifications.seq))
    .limit(limit);
}

/** Oldest first, after a sequence number: what a reader has missed. */
export function listInboxAfter(user: User, filter: InboxFilter, after: number, limit: number) {
  return query
    .select()
    .from(inboxNotifications)
    .where(and(eq(inboxNotifications.userId, user), matches(filter), gt(inboxNotifications.seq, after)))
    .orderBy(inboxNotifications.seq)
    .limit(limit);
}

/** Everybody's notifications after a sequence number: one query for all the readers of a process. */
export function listAllAfter(after: number, limit: number) {
  return query
    .select()
    .from(inboxNotifications)
    .where(gt(inboxNotifications.seq, after))
    .orderBy(inboxNotifications.seq)
    .limit(limit);
}

/** The sequence number of the newest notification of all; 0 when there is none. */
export function newestSeq() {
  return query
    .select({ seq: sql<number>`coalesce(max(${inboxNotifications.seq}), 0)` })
    .from(inboxNotifications);
}

export function countUnread(user: User) {
  return query
    .select({ count: sql<number>`count(*)` })
    .from(inboxNotifications)
    .where(and(eq(inboxNotifications.userId, user), isNull(inboxNotifications.readAt)));
}

/** For those who have a notification after a sequence number. */
export function countUnreadAfter(after: number) {
  return query
    .select({ userId: inboxNotifications.userId, count: sql<number>`count(*)` })
    .from(inboxNotifications)
    .where(
      and(
        sql`${inboxNotifications.userId} IN (SELECT n.user_id FROM inbox_notifications n WHERE n.seq > ${after})`,
        isNull(inboxNotifications.readAt),
      ),
    )
    .groupBy(inboxNotifications.userId);
}

export function findInboxItem(user: User, id: string) {
  return query
    .select()
    .from(inboxNotifications)
    .where(and(eq(inboxNotifications.id, id), eq(inboxNotifications.userId, user)));
}

export function setRead(user: User, id: string, readAt: number | null): Statement {
  return query
    .update(inboxNotifications)
    .set({ readAt })
    .where(and(eq(inboxNotifications.id, id), eq(inboxNotifications.userId, user)));
}

export function setAllRead(user: User, readAt: number): Statement {
  return query
    .update(inboxNotifications)
    .set({ readAt })
    .where(and(eq(inboxNotifications.userId, user), isNull(inboxNotifications.readAt)));
}

export function deleteOldInbox(before: number, limit: number): Statement {
  return query
    .delete(inboxNotifications)
    .where(
      sql`seq IN (SELECT seq FROM inbox_notifications WHERE ${lt(inboxNotifications.createdAt, before)} LIMIT ${limit})`,
    );
}

export type InboxRow = typeof inboxNotifications.$inferSelect;
