// SQL of who may send custom notifications to others: owners, and the roles and groups that they choose.
import { sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import type { SiteRole } from "../../../../db/schema.ts";

const key = "custom_senders";
const storedSql = sql`(SELECT value FROM settings WHERE key = ${key})`;

/** Besides owners. */
export interface Senders {
  roles: readonly SiteRole[];
  /** Ids. */
  groups: readonly string[];
}

/** SQL: whether this user may. */
export const maySendToOthersSql = (userId: SQL): SQL => sql`(
  EXISTS (SELECT 1 FROM user_roles WHERE user_id = ${userId}
    AND (role = 'owner' OR role IN (SELECT value FROM json_each(${storedSql}, '$.roles'))))
  OR EXISTS (SELECT 1 FROM user_group_members WHERE user_id = ${userId}
    AND group_id IN (SELECT value FROM json_each(${storedSql}, '$.groups'))))`;

export const findMaySend = (userId: SQL) =>
  query.all<{ maySend: number }>(sql`SELECT ${maySendToOthersSql(userId)} AS "maySend"`);

/** SQL: whether members of this group may, because of it. */
export const isSendersGroupSql = (groupId: SQL | string): SQL =>
  sql`EXISTS (SELECT 1 FROM json_each(${storedSql}, '$.groups') WHERE value = ${groupId})`;

export const readSenders = () =>
  query.all<{ value: string }>(sql`SELECT value FROM settings WHERE key = ${key}`);

/** Names of the groups, by id; of those that still exist. */
export const listSenderGroups = () =>
  query.all<{
    id: string;
    name: string;
  }>(sql`SELECT g.id, g.name FROM json_each(${storedSql}, '$.groups') chosen
    CROSS JOIN user_groups g ON g.id = chosen.value ORDER BY lower(g.name)`);

export const parseSenders = ([row]: readonly { value: string }[]): Senders =>
  row === undefined ? { roles: [], groups: [] } : (JSON.parse(row.value) as Senders);

export const writeSenders = ({ roles, groups }: Senders, now: number, when: SQL): Statement => {
  const value = JSON.stringify({ roles, groups });
  return query.run(sql`INSERT INTO settings (key, value, updated_at) SELECT ${key}, ${value}, ${now} WHERE ${when}
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`);
};

/** SQL: whether something else is chosen now, and this condition holds. */
export const hasOtherSendersSql = ({ roles, groups }: Senders, when: SQL): SQL =>
  sql`coalesce(${storedSql}, '{"roles":[],"groups":[]}') <> ${JSON.stringify({ roles, groups })} AND ${when}`;
