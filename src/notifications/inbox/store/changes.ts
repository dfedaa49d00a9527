// SQL of what has changed in users' inboxes (see the trigger of `inbox_notifications`).
import { and, eq, gt, sql } from "drizzle-orm";
import { query } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import { inboxChanges, inboxNotifications } from "../../../../db/schema.ts";
import { selectItems, unreadSql } from "./inbox.ts";

/** The version of the latest change of anybody's; 0 if there was none. */
export const newestVersion = prepared(() =>
  query.select({ version: sql<number>`coalesce(max(${inboxChanges.version}), 0)` }).from(inboxChanges),
);

/** Users whose notifications have changed after a version, the earliest first. */
export const listAllChanges = prepared((after: number, limit: number) =>
  query
    .select()
    .from(inboxChanges)
    .where(gt(inboxChanges.version, after))
    .orderBy(inboxChanges.version)
    .limit(limit),
);

export const findChanges = prepared((userId: string, after: number) =>
  query
    .select()
    .from(inboxChanges)
    .where(and(eq(inboxChanges.userId, userId), gt(inboxChanges.version, after))),
);

/** The notifications with these sequence numbers, a JSON array. */
export const listItems = prepared((seqs: string) =>
  selectItems().where(sql`${inboxNotifications.seq} IN (SELECT value FROM json_each(${seqs}))`),
);

/** `userIds`: a JSON array. */
export const countUnreadOf = prepared((userIds: string) =>
  query.all<{ userId: string; count: number }>(
    sql`SELECT who.value AS userId, ${unreadSql(sql`who.value`)} AS count FROM json_each(${userIds}) who`,
  ),
);

export type ChangesRow = typeof inboxChanges.$inferSelect;
