// SQL of whom a custom notification is for: users, roles, groups and owners of workspaces. Each person is there once, with
// every reason.
import { sql, type SQL } from "drizzle-orm";
import { query } from "../../../../db/client.ts";
import { idPrefix } from "../../../../db/statements.ts";
import { notificationTemplates, type SiteRole, type UserStatus } from "../../../../db/schema.ts";
import { enabledByDefaultSql } from "../../texts/store/choices.ts";

export interface CustomAudience {
  /** Ids or usernames. */
  users: readonly string[];
  roles: readonly SiteRole[];
  /** Ids or names. */
  groups: readonly string[];
  /** SQL for the ids of owners of workspaces: a SELECT of one column. */
  ownersSql?: SQL | undefined;
}

const lower = (names: readonly string[]) => JSON.stringify(names.map((name) => name.toLowerCase()));

/** SELECT of `user_id` and `reason`, for each reason of each person. */
function reasonsSql({ users, roles, groups, ownersSql }: CustomAudience): SQL {
  const parts = [
    sql`SELECT value AS user_id, 'named' AS reason FROM json_each(${lower(users)})`,
    sql`SELECT u.id, 'named' FROM json_each(${lower(users)}) wanted
      CROSS JOIN users u WHERE lower(u.username) = wanted.value AND u.deleted_at IS NULL`,
    sql`SELECT user_id, 'role_' || role FROM user_roles
      WHERE role IN (SELECT value FROM json_each(${JSON.stringify(roles)}))`,
    sql`SELECT m.user_id, 'group_' || g.name FROM (${groupsSql(groups)}) g
      CROSS JOIN user_group_members m ON m.group_id = g.id`,
    ...(ownersSql === undefined ? [] : [sql`SELECT *, 'owns_workspace' FROM (${ownersSql})`]),
  ];
  return sql.join(parts, sql` UNION ALL `);
}

const groupsSql = (
  groups: readonly string[],
): SQL => sql`SELECT g.id, g.name FROM json_each(${lower(groups)}) wanted
  CROSS JOIN user_groups g WHERE g.id = wanted.value OR lower(g.name) = wanted.value`;

/** SELECT of `user_id` and `why`, a JSON array: no deleted users, no system users. */
const peopleSql = (audience: CustomAudience): SQL => sql`SELECT u.id AS user_id,
    json_group_array(DISTINCT a.reason) AS why
  FROM (${reasonsSql(audience)}) a CROSS JOIN users u ON u.id = a.user_id
  WHERE u.deleted_at IS NULL AND NOT u.is_system GROUP BY u.id`;

export interface CustomPerson {
  userId: string;
  /** JSON array of reason codes. */
  why: string;
}

export const listPeople = (audience: CustomAudience, limit: number) =>
  query.all<CustomPerson>(
    sql`SELECT user_id AS "userId", why FROM (${peopleSql(audience)}) ORDER BY user_id LIMIT ${limit}`,
  );

export interface Reach {
  recipients: number;
  suspended: number;
  /** Active, and have turned off the kind, or not turned it on. */
  disabled: number;
  /** 1 if an owner disabled the kind for everybody. */
  isDisabled: number;
}

/** How many people it would reach. */
export const countReach = (audience: CustomAudience, templateId: string) =>
  query.all<Reach>(sql`SELECT count(*) AS recipients, coalesce(sum(u.status <> 'active'), 0) AS suspended,
      coalesce(sum(u.status = 'active' AND coalesce(p.disabled, NOT ${enabledByDefaultSql})), 0) AS disabled,
      coalesce((SELECT is_disabled FROM notification_templates WHERE id = ${templateId}), 0) AS "isDisabled"
    FROM (${peopleSql(audience)}) a CROSS JOIN users u ON u.id = a.user_id
    CROSS JOIN ${notificationTemplates} ON ${notificationTemplates.id} = ${templateId}
    LEFT JOIN notification_preferences p ON p.user_id = u.id AND p.template_id = ${templateId}`);

export interface SampledPerson {
  username: string;
  status: UserStatus;
  why: string;
}

/** The first of them, by name. */
export const samplePeople = (audience: CustomAudience, limit: number) =>
  query.all<SampledPerson>(sql`SELECT u.username, u.status, a.why FROM (${peopleSql(audience)}) a
    CROSS JOIN users u ON u.id = a.user_id ORDER BY lower(u.username) LIMIT ${limit}`);

/** The names that were given of users and groups, as they are stored. */
export const findNames = ({ users, groups }: CustomAudience) =>
  query.all<{ kind: "user" | "group"; id: string; name: string }>(sql`
    SELECT 'user' AS kind, u.id, u.username AS name FROM users u WHERE u.id IN (
        SELECT value FROM json_each(${lower(users)})
        UNION ALL SELECT named.id FROM json_each(${lower(users)}) wanted CROSS JOIN users named
          WHERE lower(named.username) = wanted.value AND named.deleted_at IS NULL)
      AND u.deleted_at IS NULL AND NOT u.is_system
    UNION ALL SELECT 'group', id, name FROM (${groupsSql(groups)})`);

/** The people of an event to many, each with their turn; nothing unless the event exists. */
export const insertPeople = (
  audience: CustomAudience,
  eventId: string,
  { minuteAt, used }: { minuteAt: number; used: number },
  perMinute: number,
) =>
  query.run(sql`INSERT INTO notification_event_people (event_id, user_id, why, not_before)
    SELECT ${eventId}, user_id, why,
      ${minuteAt} + (CAST(${used} AS INTEGER) + row_number() OVER (ORDER BY user_id) - 1)
        / CAST(${perMinute} AS INTEGER) * 60000
    FROM (${peopleSql(audience)})
    WHERE EXISTS (SELECT 1 FROM notification_events WHERE id = ${eventId}) ON CONFLICT DO NOTHING`);

/** Whether each of them has, or is about to have, a message of one event with these labels since then. */
export const findRepeated = (
  audience: CustomAudience,
  { templateId, labels, since }: { templateId: string; labels: string; since: number },
) =>
  query.all<{ isRepeated: number }>(sql`SELECT 1 AS "isRepeated" FROM notification_events e
    WHERE e.id >= ${idPrefix(since)} AND e.created_at > ${since} AND +e.template_id = ${templateId} AND e.labels = ${labels}
      AND NOT EXISTS (SELECT a.user_id FROM (${peopleSql(audience)}) a
        EXCEPT SELECT m.user_id FROM notification_messages m WHERE m.event_id = e.id
        EXCEPT SELECT p.user_id FROM notification_event_people p WHERE p.event_id = e.id)
    LIMIT 1`);
