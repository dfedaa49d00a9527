// SQL of what has changed in users' inboxes (see the trigger of `inbox_notifications`).
import { and, eq, gt, sql } from "drizzle-orm";
import { query } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import { inboxChanges, inboxNotifications } from "../../../../db/schema.ts";
import type { InboxPosition } from "../../../kernel/ports.ts";
import { selectItems, unreadSql } from "./inbox.ts";

/** SQL: the sequence number of the newest notification and the version of the latest change, anybody's; 0 without one. */
export const positionSql = sql`(SELECT coalesce(max(seq), 0) FROM inbox_notifications) AS seq,
  (SELECT coalesce(max(version), 0) FROM inbox_changes) AS version`;

/** Where a live inbox goes on: everything later comes by its stream. */
export const newestPosition = prepared(() => query.all<InboxPosition>(sql`SELECT ${positionSql}`));

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
