// SQL of snoozing, and of the return of what is due.
import { and, getTableColumns, isNull, sql } from "drizzle-orm";
import { query } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import { inboxNotifications } from "../../../../db/schema.ts";
import { isItem, isSnoozedSql, readBy, type User } from "./inbox.ts";

/** Out of the inbox, like what is done, until it comes back. */
export const setSnoozed = prepared((user: User, id: string, until: number, now: number) =>
  query
    .update(inboxNotifications)
    .set({ doneAt: now, readAt: readBy(now), snoozedUntil: until })
    .where(and(isItem(user, id), isNull(inboxNotifications.foldedAt))),
);

const { seq: _, readAt: __, doneAt: ___, ...columnsOfItem } = getTableColumns(inboxNotifications);
const keptColumns = sql.raw(
  Object.values(columnsOfItem)
    .map(({ name }) => name)
    .join(),
);

/** At most so many come back at a time: a few milliseconds of a file. */
const maxReturning = 500;

const isDueSql = (now: number) => sql`${isSnoozedSql} AND snoozed_until <= ${now}`;

/** A row if something snoozed is due. */
export const findDueSnoozes = prepared((now: number) =>
  query.select({ id: inboxNotifications.id }).from(inboxNotifications).where(isDueSql(now)).limit(1),
);

/**
 * Puts what is due back into the inbox on top, unread unless its situation is resolved. It gets a new sequence number, so that
 * lists, pages, live inboxes and Coder's clients see it come as they see every other notification come.
 */
export const returnSnoozed = prepared((now: number) =>
  query.run(sql`REPLACE INTO inbox_notifications (${keptColumns}, read_at)
    SELECT ${keptColumns}, (SELECT s.resolved_at FROM situations AS s WHERE s.id = situation_id)
    FROM inbox_notifications WHERE ${isDueSql(now)} ORDER BY snoozed_until, seq LIMIT ${maxReturning}`),
);
