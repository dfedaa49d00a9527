// SQL of the people of an event to many who have no messages yet. A process claims some, writes their messages, and deletes
// them in the same write.
import { and, asc, eq, lte, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { notificationEventPeople as people, notificationEvents } from "../../../../db/schema.ts";

/** For the tick: an event whose people nobody is writing. */
export const findUnfinishedEvent = (now: number) =>
  query.select({ eventId: people.eventId }).from(people).where(lte(people.claimedUntil, now)).limit(1);

export const claimPeople = (
  eventId: string,
  token: string,
  { count, now, until }: { count: number; now: number; until: number },
): Statement =>
  query.run(sql`UPDATE notification_event_people SET claim_token = ${token}, claimed_until = ${until}
    WHERE event_id = ${eventId} AND NOT ${isClaimedSql(eventId, token)} AND user_id IN (
      SELECT user_id FROM notification_event_people WHERE event_id = ${eventId} AND claimed_until <= ${now}
      ORDER BY user_id LIMIT ${count})`);

export const isClaimedSql = (eventId: string, token: string): SQL =>
  sql`EXISTS (SELECT 1 FROM notification_event_people WHERE event_id = ${eventId} AND claim_token = ${token})`;

export const listClaimed = (eventId: string, token: string) =>
  query
    .select({ userId: people.userId, why: people.why, notBefore: people.notBefore })
    .from(people)
    .where(and(eq(people.eventId, eventId), eq(people.claimToken, token)))
    .orderBy(asc(people.userId));

export const deleteClaimed = (eventId: string, token: string): Statement =>
  query.delete(people).where(and(eq(people.eventId, eventId), eq(people.claimToken, token)));

export const findCustomEvent = (id: string) =>
  query
    .select({
      labels: notificationEvents.labels,
      createdBy: notificationEvents.createdBy,
      createdAt: notificationEvents.createdAt,
    })
    .from(notificationEvents)
    .where(eq(notificationEvents.id, id));

/** SQL: they are claimed, or this message of theirs is written: the same write was sent before. */
export const isClaimedOrWrittenSql = (eventId: string, token: string, messageId: string | undefined): SQL =>
  messageId === undefined
    ? isClaimedSql(eventId, token)
    : sql`(${isClaimedSql(eventId, token)}
        OR EXISTS (SELECT 1 FROM notification_messages WHERE id = ${messageId}))`;
