// SQL of browsers that get push messages, and of visible pages.
import { and, desc, eq, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../../db/client.ts";
import { prepared } from "../../../../../db/prepared.ts";
import { notificationMessages, pushSubscriptions, visiblePages } from "../../../../../db/schema.ts";

export type PushSubscriptionRow = typeof pushSubscriptions.$inferSelect;
type User = SQL<string> | string;

/** Browsers of one user; the oldest gives way. */
const maxSubscriptions = 20;

export const listSubscriptions = prepared((user: User) =>
  query
    .select()
    .from(pushSubscriptions)
    .where(eq(pushSubscriptions.userId, user))
    .orderBy(desc(pushSubscriptions.createdAt)),
);

/** SQL: whether a user has any. */
export const hasSubscriptionSql = (user: SQL): SQL<number> =>
  sql<number>`EXISTS (SELECT 1 FROM push_subscriptions WHERE push_subscriptions.user_id = ${user})`;

/** A browser whose user has changed belongs to the new one. */
export const putSubscription = (
  { id, endpoint, p256dh, auth, serverKey, device, createdAt }: Omit<PushSubscriptionRow, "userId">,
  user: SQL<string>,
): Statement[] => [
  query.all(sql`
    INSERT INTO push_subscriptions (id, user_id, endpoint, p256dh, auth, server_key, device, created_at)
    SELECT ${id}, who.id, ${endpoint}, ${p256dh}, ${auth}, ${serverKey}, ${device}, ${createdAt}
    FROM (SELECT ${user} AS id) who WHERE who.id IS NOT NULL
    ON CONFLICT (endpoint) DO UPDATE SET user_id = excluded.user_id, p256dh = excluded.p256dh,
      auth = excluded.auth, server_key = excluded.server_key, device = excluded.device`),
  query.delete(pushSubscriptions).where(sql`${pushSubscriptions.id} IN (
    SELECT id FROM push_subscriptions WHERE user_id = ${user}
    ORDER BY created_at DESC LIMIT -1 OFFSET ${maxSubscriptions})`),
];

export const deleteOwnSubscription = prepared((user: User, id: string) =>
  query
    .delete(pushSubscriptions)
    .where(and(eq(pushSubscriptions.id, id), eq(pushSubscriptions.userId, user))),
);

/** `ids`: a JSON array. */
export const deleteSubscriptions = prepared((ids: string) =>
  query
    .delete(pushSubscriptions)
    .where(sql`${pushSubscriptions.id} IN (SELECT value FROM json_each(${ids}))`),
);

/** The pages that a user has open and visible. */
export const countVisiblePages = prepared((userId: string, now: number) =>
  query
    .select({ count: sql<number>`count(*)` })
    .from(visiblePages)
    .where(and(eq(visiblePages.userId, userId), sql`${visiblePages.until} > ${now}`)),
);

export const addVisiblePage = (
  page: { id: string; userId: string; until: number },
  now: number,
): Statement[] => [
  query.insert(visiblePages).values(page).onConflictDoNothing(),
  query
    .delete(visiblePages)
    .where(and(eq(visiblePages.userId, page.userId), sql`${visiblePages.until} <= ${now}`)),
];

export const deleteVisiblePage = (id: string): Statement =>
  query.delete(visiblePages).where(eq(visiblePages.id, id));

/** The notification in the inbox that goes with a message. */
export const findInboxId = prepared((messageId: string) =>
  query.all<{ id: string }>(sql`
    SELECT other.id FROM ${notificationMessages} AS own JOIN ${notificationMessages} AS other
      ON other.event_id = own.event_id AND other.user_id = own.user_id AND other.method = 'inbox'
    WHERE own.id = ${messageId} LIMIT 1`),
);
