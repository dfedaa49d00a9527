// SQL of one event and its recipients, to say why somebody is one or is not.
import { desc, eq, isNull, sql } from "drizzle-orm";
import { query } from "../../../../db/client.ts";
import {
  notificationEvents,
  notificationMessages,
  notificationTemplates,
  users,
} from "../../../../db/schema.ts";

/** An event, or that of a message. */
export type EventOf = { eventId: string } | { messageId: string };

const eventIdSql = (of: EventOf) =>
  "eventId" in of
    ? sql`${of.eventId}`
    : sql`(SELECT m.event_id FROM notification_messages m WHERE m.id = ${of.messageId})`;

export const findEvent = (of: EventOf) =>
  query
    .select({
      id: notificationEvents.id,
      templateId: notificationTemplates.id,
      templateName: notificationTemplates.name,
      targets: notificationEvents.targets,
      recipientRule: notificationEvents.recipientRule,
      offByDefault: sql<number>`coalesce(${notificationEvents.offByDefault}, 0)`.as("off_by_default"),
      createdAt: notificationEvents.createdAt,
    })
    .from(notificationEvents)
    .innerJoin(notificationTemplates, eq(notificationTemplates.id, notificationEvents.templateId))
    .where(eq(notificationEvents.id, eventIdSql(of)));

/** Recipients that are counted. */
const maxCounted = 10_000;

/** The reasons of each recipient once; those of one message stand for all. */
export const listRecipientReasons = (of: EventOf) =>
  query.all<{ userId: string; reasons: string }>(sql`SELECT user_id AS "userId", min(reasons) AS reasons
    FROM (SELECT user_id, reasons FROM ${notificationMessages} WHERE event_id = ${eventIdSql(of)} LIMIT ${maxCounted})
    GROUP BY user_id`);

/** By id or username; of several the one whose account is not deleted. */
export const findPerson = (name: string) =>
  query
    .select({
      id: users.id,
      username: users.username,
      createdAt: users.createdAt,
      deletedAt: users.deletedAt,
      isSystem: users.isSystem,
      roles: sql<string>`(SELECT json_group_array(role) FROM user_roles WHERE user_id = ${users.id})`.as(
        "roles",
      ),
    })
    .from(users)
    .where(
      sql`${users.seq} IN (SELECT seq FROM users WHERE id = ${name}
        UNION ALL SELECT seq FROM users WHERE lower(username) = ${name.toLowerCase()} AND deleted_at IS NULL
        UNION ALL SELECT seq FROM users WHERE lower(username) = ${name.toLowerCase()} AND deleted_at IS NOT NULL)`,
    )
    .orderBy(desc(isNull(users.deletedAt)), desc(users.seq))
    .limit(1);

export type EventRow = ReturnType<typeof findEvent>["_"]["result"][number];
export type PersonRow = ReturnType<typeof findPerson>["_"]["result"][number];
