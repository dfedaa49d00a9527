// SQL of escalations: what is due, whether somebody has read its event, and who doesn't have it yet.
import { asc, eq, lte, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import {
  notificationEscalations as escalations,
  notificationEvents as events,
} from "../../../../db/schema.ts";

/** SQL: an item is read, and not only because a newer one stands for it. */
const isReadSql = (item: string): SQL =>
  sql.raw(
    `${item}.read_at IS NOT NULL AND (${item}.folded_at IS NULL OR ${item}.read_at < ${item}.folded_at)`,
  );

/** SQL: somebody has read it, or what is newer of its situation. Each half has an index of its own. */
const isNewerReadSql = (
  eventId: SQL | string,
  half: SQL,
): SQL => sql`EXISTS (SELECT 1 FROM notification_events e
  CROSS JOIN inbox_notifications i ON i.situation_id = e.situation_id AND ${half}
  WHERE e.id = ${eventId} AND i.created_at >= e.created_at AND ${isReadSql("i")})`;

/** SQL: it was sent to somebody and not withdrawn, nobody has read it or what is newer of its situation, and that is open. */
const isUnattendedSql = (eventId: SQL | string): SQL => sql`(
  EXISTS (SELECT 1 FROM notification_messages m WHERE m.event_id = ${eventId} AND m.status <> 'inhibited')
  AND NOT EXISTS (SELECT 1 FROM notification_messages m LEFT JOIN inbox_notifications i ON i.id = m.id
    WHERE m.event_id = ${eventId} AND (instr(m.reasons, '"withdrawn_by_owner"') > 0 OR ${isReadSql("i")}))
  AND NOT EXISTS (SELECT 1 FROM notification_events e CROSS JOIN situations s ON s.id = e.situation_id
    WHERE e.id = ${eventId} AND s.resolved_at IS NOT NULL)
  AND NOT ${isNewerReadSql(eventId, sql`i.folded_at IS NULL`)}
  AND NOT ${isNewerReadSql(eventId, sql`i.folded_at IS NOT NULL`)})`;

/** For the tick. */
export const findDueEscalations = (now: number) =>
  query
    .select({ eventId: escalations.eventId })
    .from(escalations)
    .where(lte(escalations.dueAt, now))
    .orderBy(asc(escalations.dueAt))
    .limit(100);

/** SQL: what all messages of an event have in common. */
const ofMessagesSql = <T>(eventId: string, column: "subject" | "expires_at") =>
  sql<T>`(SELECT max(${sql.identifier(column)}) FROM notification_messages WHERE event_id = ${eventId})`.as(
    column,
  );

/** With its event. */
export const findEscalation = (eventId: string) =>
  query
    .select({
      dueAt: escalations.dueAt,
      rule: escalations.rule,
      targets: escalations.targets,
      isUnattended: sql<number>`${isUnattendedSql(eventId)}`.as("is_unattended"),
      templateId: events.templateId,
      labels: events.labels,
      data: events.data,
      about: events.targets,
      createdAt: events.createdAt,
      createdBy: events.createdBy,
      facts: events.facts,
      text: events.text,
      situationId: events.situationId,
      subject: ofMessagesSql<string | null>(eventId, "subject"),
      expiresAt: ofMessagesSql<number | null>(eventId, "expires_at"),
      receivers: sql<string>`(SELECT json_group_array(m.receiver_id) FROM notification_messages m
        WHERE m.event_id = ${eventId} AND m.receiver_id IS NOT NULL AND m.status <> 'inhibited')`.as(
        "receivers",
      ),
    })
    .from(escalations)
    .innerJoin(events, eq(events.id, escalations.eventId))
    .where(eq(escalations.eventId, eventId));

/** SQL: people among these users and members of these groups who have no message of the event; so many at most. */
export const peopleWithoutSql = (eventId: string, ids: readonly string[], limit: number): SQL => sql`
  SELECT u.id FROM users u WHERE u.id IN (
      SELECT value FROM json_each(${JSON.stringify(ids)})
      UNION SELECT m.user_id FROM json_each(${JSON.stringify(ids)}) wanted
        CROSS JOIN user_group_members m ON m.group_id = wanted.value)
    AND u.deleted_at IS NULL AND NOT u.is_system
    AND u.id NOT IN (SELECT m.user_id FROM notification_messages m WHERE m.event_id = ${eventId})
  ORDER BY u.id LIMIT ${limit}`;

/** SQL: it is still to be decided, or this message of it is written: the same write was sent before. */
export const isEscalatingSql = (eventId: string, messageId: string): SQL =>
  sql`((EXISTS (SELECT 1 FROM notification_escalations WHERE event_id = ${eventId}) AND ${isUnattendedSql(eventId)})
    OR EXISTS (SELECT 1 FROM notification_messages WHERE id = ${messageId}))`;

export const deleteEscalation = (eventId: string): Statement =>
  query.delete(escalations).where(eq(escalations.eventId, eventId));
