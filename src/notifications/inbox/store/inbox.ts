// SQL of users' inboxes.
import { and, desc, eq, getTableColumns, gt, isNotNull, isNull, lt, or, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import { inboxNotifications } from "../../../../db/schema.ts";
import { severitiesSql } from "../../texts/store/severities.ts";
import { idPrefix } from "../../../../db/statements.ts";
import { itemSituationSql } from "../../situations/store/situations.ts";

export interface InboxFilter {
  targets: readonly string[];
  templates: readonly string[];
  readStatus: "all" | "read" | "unread";
}

/** Which list: the inbox, what is done, or what is snoozed. */
export interface Place {
  isDone: boolean;
  isSnoozed: boolean;
}

export interface ListFilter extends InboxFilter, Place {}

export type User = SQL<string> | string;

/** A filter as values of statements; undefined for what isn't filtered by. */
export interface FilterValues {
  isRead: boolean | undefined;
  templates: string | undefined;
  targets: string | undefined;
}

export const filterValues = ({ readStatus, templates, targets }: InboxFilter): FilterValues => ({
  isRead: readStatus === "all" ? undefined : readStatus === "read",
  templates: templates.length === 0 ? undefined : JSON.stringify(templates),
  targets: targets.length === 0 ? undefined : JSON.stringify(targets),
});

export const whereMatches = ({ isRead, templates, targets }: FilterValues): SQL | undefined =>
  and(
    isRead === false ? isNull(inboxNotifications.readAt) : undefined,
    isRead === true ? isNotNull(inboxNotifications.readAt) : undefined,
    templates === undefined
      ? undefined
      : sql`${inboxNotifications.templateId} IN (SELECT value FROM json_each(${templates}))`,
    targets === undefined
      ? undefined
      : sql`NOT EXISTS (SELECT 1 FROM json_each(${targets}) wanted
          WHERE wanted.value NOT IN (SELECT value FROM json_each(${inboxNotifications.targets})))`,
  );

/** What is snoozed is done until then. In the inbox, a time until which it was snoozed is of the past. */
export const isSnoozedSql = sql`(snoozed_until IS NOT NULL AND done_at IS NOT NULL)`;

/** SQL: what a list has. What is folded is in none: a newer item stands for it. */
export const isListed = ({ isDone, isSnoozed }: Place): SQL => {
  if (isSnoozed) return isSnoozedSql;
  return isDone
    ? sql`done_at IS NOT NULL AND folded_at IS NULL AND snoozed_until IS NULL`
    : sql`done_at IS NULL`;
};

/** Newest first; `before`: the id of a notification of the same user, ignored if unknown. */
export const listInbox = (user: User, filter: ListFilter, limit: number, before?: string) =>
  listBefore(
    user,
    { ...filterValues(filter), isDone: filter.isDone, isSnoozed: filter.isSnoozed },
    limit,
    before,
  );

type ListValues = FilterValues & Place;

const { organizationId: _, ...shownColumns } = getTableColumns(inboxNotifications);

/** `situation`: JSON of `ItemSituation`. */
export const itemColumns = {
  ...shownColumns,
  situation: sql<string | null>`${itemSituationSql}`.as("situation"),
  severities: severitiesSql.as("severities"),
};

const listBefore = prepared((user: User, filter: ListValues, limit: number, before: string | undefined) =>
  query
    .select(itemColumns)
    .from(inboxNotifications)
    .where(
      and(
        eq(inboxNotifications.userId, user),
        isListed(filter),
        whereMatches(filter),
        before === undefined
          ? undefined
          : sql`${inboxNotifications.seq} < coalesce((SELECT b.seq FROM inbox_notifications b WHERE b.id = ${before} AND b.user_id = ${user}), 9223372036854775807)`,
      ),
    )
    .orderBy(desc(inboxNotifications.seq))
    .limit(limit),
);

/** Oldest first, after a sequence number: what a watcher has missed. */
export const listInboxAfter = (user: User, filter: InboxFilter, after: number, limit: number) =>
  listAfter(user, filterValues(filter), after, limit);

const listAfter = prepared((user: User, filter: FilterValues, after: number, limit: number) =>
  query
    .select(itemColumns)
    .from(inboxNotifications)
    .where(
      and(
        eq(inboxNotifications.userId, user),
        // The index of a user's notifications has what is in the inbox.
        isNull(inboxNotifications.doneAt),
        whereMatches(filter),
        gt(inboxNotifications.seq, after),
      ),
    )
    .orderBy(inboxNotifications.seq)
    .limit(limit),
);

/** Whole notifications. */
export const selectItems = () => query.select(itemColumns).from(inboxNotifications);

/** SQL: the notifications after a sequence number, the earliest first: of everybody, or of these users, a JSON array. */
const recentSql = (after: number, limit: number, users: string | undefined): SQL => {
  const all = sql`SELECT seq, user_id FROM inbox_notifications WHERE seq > ${after} ORDER BY seq LIMIT ${limit}`;
  return users === undefined
    ? all
    : sql`SELECT * FROM (${all}) WHERE user_id IN (SELECT value FROM json_each(${users}))`;
};

/** For all watchers of a process; `limit` is of everybody's. */
export const listAllAfter = prepared((after: number, limit: number, users: string | undefined) =>
  query
    .select(itemColumns)
    .from(inboxNotifications)
    .where(sql`${inboxNotifications.seq} IN (SELECT seq FROM (${recentSql(after, limit, users)}))`)
    .orderBy(inboxNotifications.seq),
);

/** How far `listAllAfter` looked, and at how many; `seq` is null if there is nothing new. */
export const endOfRecent = prepared((after: number, limit: number) =>
  query.all<{ seq: number | null; count: number }>(
    sql`SELECT max(seq) AS seq, count(*) AS count FROM (${recentSql(after, limit, undefined)})`,
  ),
);

/** The sequence number of the newest notification; 0 if there is none. */
export const newestSeq = prepared(() =>
  query.select({ seq: sql<number>`coalesce(max(${inboxNotifications.seq}), 0)` }).from(inboxNotifications),
);

/** Nobody counts further: people see "999+", and a long inbox costs no more than a short one. */
export const maxUnreadCounted = 1_000;

/** SQL: how many a user has not read. */
export const unreadSql = (user: User | SQL): SQL<number> => sql<number>`(SELECT count(*) FROM (
  SELECT 1 FROM inbox_notifications unread WHERE unread.user_id = ${user} AND unread.read_at IS NULL
  LIMIT ${sql.raw(String(maxUnreadCounted))}))`;

export const countUnread = prepared((user: User) =>
  query.all<{ count: number }>(sql`SELECT ${unreadSql(user)} AS count`),
);

/** For the users of what `listAllAfter` lists. */
export const countUnreadAfter = prepared((after: number, limit: number, users: string | undefined) =>
  query.all<{ userId: string; count: number }>(sql`
    SELECT recent.user_id AS userId, ${unreadSql(sql`recent.user_id`)} AS count FROM (
      SELECT DISTINCT user_id FROM (${recentSql(after, limit, users)})) recent`),
);

export const isItem = (user: User, id: string) =>
  and(eq(inboxNotifications.id, id), eq(inboxNotifications.userId, user));

export const findInboxItem = prepared((user: User, id: string) =>
  query.select(itemColumns).from(inboxNotifications).where(isItem(user, id)),
);

/** What becomes unread is in the inbox again; not what is folded. */
export const setRead = prepared((user: User, id: string, readAt: number | null) =>
  query
    .update(inboxNotifications)
    .set(readAt === null ? { readAt, doneAt: null, snoozedUntil: null } : { readAt })
    .where(and(isItem(user, id), readAt === null ? isNull(inboxNotifications.foldedAt) : undefined)),
);

/** SQL: notifications with these ids. */
export const withinIds = (ids: readonly string[]): SQL =>
  sql`${inboxNotifications.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;

/** `within`: only these; without it, all. */
export const setAllRead = prepared((user: User, readAt: number, within?: SQL) =>
  query
    .update(inboxNotifications)
    .set({ readAt })
    .where(and(eq(inboxNotifications.userId, user), isNull(inboxNotifications.readAt), within)),
);

/** SQL: when it was read; what wasn't read before it leaves the inbox, or left it, is read then. */
export const readBy = (at: number): SQL => sql`iif(read_at IS NULL OR read_at = done_at, ${at}, read_at)`;

/** What wasn't read is read then. */
export const setDone = prepared((user: User, id: string, doneAt: number) =>
  query
    .update(inboxNotifications)
    .set({ doneAt, readAt: readBy(doneAt), snoozedUntil: null })
    .where(and(isItem(user, id), or(isNull(inboxNotifications.doneAt), isSnoozedSql))),
);

/** Back into the inbox, unread if it was done unread. */
export const setNotDone = prepared((user: User, id: string) =>
  query
    .update(inboxNotifications)
    .set({ doneAt: null, readAt: sql`nullif(read_at, done_at)`, snoozedUntil: null })
    .where(and(isItem(user, id), isNotNull(inboxNotifications.doneAt), isNull(inboxNotifications.foldedAt))),
);

/** What is in the inbox. `within`: only these; without it, all. */
export const setAllDone = prepared((user: User, doneAt: number, within?: SQL) =>
  query
    .update(inboxNotifications)
    .set({ doneAt, readAt: readBy(doneAt), snoozedUntil: null })
    .where(and(eq(inboxNotifications.userId, user), isNull(inboxNotifications.doneAt), within)),
);

/** Undoes what was marked as read or done, or snoozed, at this time. What was done later stays read. */
export const undoMarks = prepared((user: User, at: number) =>
  query
    .update(inboxNotifications)
    .set({
      readAt: sql`CASE WHEN coalesce(done_at, ${at}) = ${at} THEN nullif(read_at, ${at}) ELSE read_at END`,
      doneAt: sql`nullif(done_at, ${at})`,
      snoozedUntil: sql`iif(done_at = ${at}, NULL, snoozed_until)`,
    })
    .where(
      and(
        eq(inboxNotifications.userId, user),
        isNull(inboxNotifications.foldedAt),
        or(eq(inboxNotifications.readAt, at), eq(inboxNotifications.doneAt, at)),
      ),
    ),
);

/** What was snoozed is as old as its return. The newest of all stays. */
export function deleteOldInbox(before: number, limit: number): Statement {
  return query
    .delete(inboxNotifications)
    .where(
      sql`seq IN (SELECT seq FROM inbox_notifications WHERE id < ${idPrefix(before)} AND ${lt(inboxNotifications.createdAt, before)}
        AND coalesce(snoozed_until, 0) < ${before} AND +seq < (SELECT max(seq) FROM inbox_notifications) LIMIT ${limit})`,
    )
    .returning({ seq: inboxNotifications.seq });
}

export type InboxRow = Omit<typeof inboxNotifications.$inferSelect, "organizationId"> & {
  situation: string | null;
  severities: string | null;
};
