// SQL of what users have muted: workspaces, sessions of their agents, templates, and presets by name.
import { and, desc, eq, sql, type SQL, type SQLWrapper } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { notificationMutes, type MuteThing } from "../../../../db/schema.ts";

type User = SQL<string> | string;

/** SQL: what a user has muted, as lines of thing, id and the preset's name; NULL if nothing. */
export const mutesSql = (user: SQLWrapper) => sql<string | null>`(
  SELECT group_concat(m.thing || ' ' || m.thing_id || ' ' || m.preset_name, char(10))
  FROM notification_mutes AS m WHERE m.user_id = ${user})`;

const nameSql = sql<string | null>`CASE thing
  WHEN 'workspace' THEN (SELECT iif(w.owner_id = notification_mutes.user_id, w.name, u.username || '/' || w.name)
    FROM workspaces AS w JOIN users AS u ON u.id = w.owner_id WHERE w.id = thing_id)
  WHEN 'session' THEN (SELECT s.title FROM agent_sessions AS s WHERE s.id = thing_id)
  ELSE (SELECT t.name || iif(thing = 'preset', ' / ' || preset_name, '') FROM templates AS t WHERE t.id = thing_id) END`;

/** Newest first. `name`: null if the thing is gone. */
export const listMutes = (user: User) =>
  query
    .select({
      id: notificationMutes.id,
      thing: notificationMutes.thing,
      thingId: notificationMutes.thingId,
      name: nameSql.as("name"),
      createdAt: notificationMutes.createdAt,
    })
    .from(notificationMutes)
    .where(eq(notificationMutes.userId, user))
    .orderBy(desc(notificationMutes.createdAt), desc(notificationMutes.id));

export type MuteRow = ReturnType<typeof listMutes>["_"]["result"][number];

const found: Record<MuteThing, SQL> = {
  workspace: sql`SELECT w.id AS thing_id, '' AS preset_name FROM target JOIN workspaces AS w ON w.id = target.value`,
  session: sql`SELECT s.id AS thing_id, '' AS preset_name FROM target JOIN agent_sessions AS s ON s.id = target.value`,
  template: sql`SELECT t.id AS thing_id, '' AS preset_name FROM target JOIN templates AS t ON t.id = target.value`,
  preset: sql`SELECT v.template_id AS thing_id, p.name AS preset_name FROM target JOIN presets AS p ON p.id = target.value
    JOIN template_versions AS v ON v.id = p.version_id WHERE v.template_id IS NOT NULL`,
};

/** Of what a notification of the user is about. Nothing is written if there is no such thing, or if it is muted. */
export const muteOf = (
  user: User,
  { id, notification, thing, now }: { id: string; notification: string; thing: MuteThing; now: number },
): Statement =>
  query.run(sql`INSERT INTO notification_mutes (id, user_id, thing, thing_id, preset_name, created_at)
    SELECT ${id}, ${user}, ${thing}, found.thing_id, found.preset_name, ${now} FROM (
      WITH target AS (SELECT j.value FROM inbox_notifications AS n, json_each(n.targets) AS j
        WHERE n.id = ${notification} AND n.user_id = ${user})
      ${found[thing]} LIMIT 1) AS found WHERE true
    ON CONFLICT DO NOTHING`);

/** What is muted of that thing of a notification. */
export const findMuteOf = (user: User, notification: string, thing: MuteThing) =>
  query.all<{ id: string }>(sql`SELECT m.id AS id FROM notification_mutes AS m JOIN (
      WITH target AS (SELECT j.value FROM inbox_notifications AS n, json_each(n.targets) AS j
        WHERE n.id = ${notification} AND n.user_id = ${user})
      ${found[thing]} LIMIT 1) AS found ON m.thing_id = found.thing_id AND m.preset_name = found.preset_name
    WHERE m.user_id = ${user} AND m.thing = ${thing}`);

export const deleteMute = (user: User, id: string): Statement =>
  query
    .delete(notificationMutes)
    .where(and(eq(notificationMutes.userId, user), eq(notificationMutes.id, id)))
    .returning({ id: notificationMutes.id });
