// SQL of groups: finding and listing them with their members, and what managers change.
import { and, asc, eq, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../db/client.ts";
import { trueSql } from "../../../db/prepared.ts";
import { countLimit, sliceOf, type Page } from "../../../db/rows.ts";
import { organizations, userGroupMembers, userGroups, users } from "../../../db/schema.ts";
import { isSendersGroupSql } from "../../notifications/index.ts";
import type { GroupFields } from "../rules/group.ts";
import { organizationIdByNameSql } from "./deployment.ts";
import { userColumns } from "./users.ts";

export interface GroupFilter {
  /** Each must occur. */
  words?: readonly string[];
  /** An id or a name. */
  organization?: string | undefined;
  /** An id or a name. */
  named?: string | undefined;
  /** SQL for the id of a user: only groups that they belong to. */
  memberId?: SQL<string> | undefined;
  ids?: readonly string[] | undefined;
}

/** So many members are part of a group of a list, and of a group on its own. */
export const maxMembers = { listed: 100, alone: 1_000 } as const;

/** JSON array of the first members. */
const membersSql = (
  most: number,
) => sql<string>`(SELECT json_group_array(json_object('id', u.id, 'username', u.username,
    'name', u.name, 'email', u.email, 'status', u.status, 'createdAt', u.created_at, 'updatedAt', u.updated_at,
    'lastSeenAt', u.last_seen_at))
  FROM (SELECT user_id FROM user_group_members WHERE group_id = ${userGroups.id} ORDER BY user_id LIMIT ${most}) m
  CROSS JOIN users u ON u.id = m.user_id)`;

const selectGroups = (members: number) =>
  query
    .select({
      id: userGroups.id,
      name: userGroups.name,
      displayName: userGroups.displayName,
      avatarUrl: userGroups.avatarUrl,
      changeId: userGroups.changeId,
      createdAt: userGroups.createdAt,
      organizationId: userGroups.organizationId,
      organizationName: organizations.name,
      organizationDisplayName: organizations.displayName,
      /** 1 if its members may send notifications to others, because an owner chose the group. */
      isSenders: sql<number>`${isSendersGroupSql(sql`${userGroups.id}`)}`.as("is_senders"),
      memberCount:
        sql<number>`(SELECT count(*) FROM user_group_members WHERE group_id = ${userGroups.id})`.as(
          "member_count",
        ),
      members: (members === 0 ? sql<string>`'[]'` : membersSql(members)).as("members"),
    })
    .from(userGroups)
    .innerJoin(organizations, eq(organizations.id, userGroups.organizationId));

export type GroupRow = ReturnType<typeof findGroup>["_"]["result"][number];

function matches({ words = [], organization, named, memberId, ids }: GroupFilter) {
  const text = sql`lower(${userGroups.name} || char(10) || ${userGroups.displayName})`;
  return and(
    trueSql,
    named === undefined ? undefined : isNamedSql(named),
    organization === undefined
      ? undefined
      : sql`${userGroups.organizationId} = ${organizationIdByNameSql(organization)}`,
    memberId === undefined
      ? undefined
      : sql`${userGroups.id} IN (SELECT group_id FROM user_group_members WHERE user_id = ${memberId})`,
    ids === undefined
      ? undefined
      : sql`${userGroups.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`,
    ...words.map((word) => sql`instr(${text}, lower(${word})) > 0`),
  );
}

/** By name; each with its first `members`. */
export function listGroups(filter: GroupFilter, page: Page, members: number = maxMembers.listed) {
  const { limit, offset } = sliceOf(page);
  return selectGroups(members)
    .where(matches(filter))
    .orderBy(sql`lower(${userGroups.name})`)
    .limit(limit)
    .offset(offset);
}

export const countGroups = (filter: GroupFilter, page: Page) =>
  query.all<{ count: number }>(
    sql`SELECT count(*) AS count FROM (SELECT 1 FROM ${userGroups} WHERE ${matches(filter)} LIMIT ${countLimit(page)})`,
  );

/** `name`: an id or a name. */
const isNamedSql = (name: string): SQL =>
  sql`${userGroups.id} = (SELECT id FROM user_groups WHERE id = ${name.toLowerCase()}
    UNION ALL SELECT id FROM user_groups WHERE lower(name) = lower(${name}) LIMIT 1)`;

export const findGroup = (name: string) => selectGroups(maxMembers.alone).where(isNamedSql(name));

export const findGroupId = (name: string) =>
  query.select({ id: userGroups.id }).from(userGroups).where(isNamedSql(name));

/** For a suggestion where a name is unknown. */
export const listGroupNames = () =>
  query
    .select({ name: userGroups.name })
    .from(userGroups)
    .orderBy(sql`lower(${userGroups.name})`)
    .limit(1_000);

/** By id, as the index has them. `group`: an id or a name. */
export function listMembers(group: string, words: readonly string[], page: Page) {
  const { limit, offset } = sliceOf(page);
  return query
    .select(userColumns)
    .from(userGroupMembers)
    .innerJoin(users, eq(users.id, userGroupMembers.userId))
    .where(isMemberSql(group, words))
    .orderBy(asc(userGroupMembers.userId))
    .limit(limit)
    .offset(offset);
}

export const countMembers = (group: string, words: readonly string[], page: Page) =>
  query.all<{ count: number }>(sql`SELECT count(*) AS count FROM (SELECT 1 FROM ${userGroupMembers}
    CROSS JOIN ${users} ON ${users.id} = ${userGroupMembers.userId}
    WHERE ${isMemberSql(group, words)} LIMIT ${countLimit(page)})`);

function isMemberSql(group: string, words: readonly string[]) {
  const text = sql`lower(${users.username} || char(10) || ${users.email} || char(10) || ${users.name})`;
  return and(
    sql`${userGroupMembers.groupId} = (SELECT id FROM user_groups WHERE ${isNamedSql(group)})`,
    ...words.map((word) => sql`instr(${text}, lower(${word})) > 0`),
  );
}

/** The groups of a user, by name. */
export const listGroupsOf = (userId: string) =>
  query
    .select({ id: userGroups.id, name: userGroups.name, displayName: userGroups.displayName })
    .from(userGroupMembers)
    .innerJoin(userGroups, eq(userGroups.id, userGroupMembers.groupId))
    .where(eq(userGroupMembers.userId, userId))
    .orderBy(sql`lower(${userGroups.name})`);

/** Users by id or username, each with whether they belong to the group. */
export function findNamedUsers(names: readonly string[], group: string) {
  const wanted = JSON.stringify(names.map((name) => name.toLowerCase()));
  return query
    .select({
      id: users.id,
      username: users.username,
      isMember: sql<number>`EXISTS (SELECT 1 FROM user_group_members WHERE user_id = ${users.id}
        AND group_id = (SELECT id FROM user_groups WHERE ${isNamedSql(group)}))`.as("is_member"),
    })
    .from(users)
    .where(
      sql`${users.id} IN (SELECT value FROM json_each(${wanted})
        UNION ALL SELECT named.id FROM json_each(${wanted}) wanted CROSS JOIN users named
          WHERE lower(named.username) = wanted.value AND named.deleted_at IS NULL)
        AND ${users.deletedAt} IS NULL AND NOT ${users.isSystem}`,
    );
}

export type NamedUser = ReturnType<typeof findNamedUsers>["_"]["result"][number];

export const groupHasChangeSql = (id: string, changeId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM user_groups WHERE id = ${id} AND change_id = ${changeId})`;

export const groupExistsSql = (id: string): SQL => sql`EXISTS (SELECT 1 FROM user_groups WHERE id = ${id})`;

export interface NewGroupRow extends GroupFields {
  id: string;
  organizationId: string;
  changeId: string;
  createdBy: string;
  createdAt: number;
}

/** Nothing happens where the name is taken. */
export const insertGroup = (row: NewGroupRow, when: SQL): Statement =>
  query.run(sql`INSERT INTO user_groups
      (id, organization_id, name, display_name, avatar_url, change_id, created_by, created_at, updated_at)
    SELECT ${row.id}, ${row.organizationId}, ${row.name}, ${row.displayName}, ${row.avatarUrl}, ${row.changeId},
      ${row.createdBy}, ${row.createdAt}, ${row.createdAt}
    WHERE ${when} ON CONFLICT DO NOTHING`);

/** Unless it was changed since it was seen, or the name is taken. */
export const updateGroup = (
  { id, changeId: seen }: Pick<GroupRow, "id" | "changeId">,
  { name, displayName, avatarUrl }: GroupFields,
  changeId: string,
  now: number,
  when: SQL,
): Statement =>
  query.run(sql`UPDATE OR IGNORE user_groups SET name = ${name}, display_name = ${displayName},
      avatar_url = ${avatarUrl}, change_id = ${changeId}, updated_at = ${now}
    WHERE id = ${id} AND change_id = ${seen} AND ${when}`);

export const addMembers = (groupId: string, userIds: readonly string[], now: number, when: SQL): Statement =>
  query.run(sql`INSERT INTO user_group_members (group_id, user_id, created_at)
    SELECT ${groupId}, id, ${now} FROM users
    WHERE id IN (SELECT value FROM json_each(${JSON.stringify(userIds)})) AND deleted_at IS NULL AND ${when}
    ON CONFLICT DO NOTHING`);

export const removeMembers = (groupId: string, userIds: readonly string[], when: SQL): Statement =>
  query.run(sql`DELETE FROM user_group_members WHERE group_id = ${groupId}
    AND user_id IN (SELECT value FROM json_each(${JSON.stringify(userIds)})) AND ${when}`);

export const deleteGroupRows = (id: string, when: SQL): Statement[] => [
  query.run(sql`DELETE FROM user_group_members WHERE group_id = ${id} AND ${when}`),
  query.run(sql`DELETE FROM user_groups WHERE id = ${id} AND ${when}`),
];

/** Of a user who is deleted. */
export const leaveGroups = (userId: string, when: SQL): Statement =>
  query.run(sql`DELETE FROM user_group_members WHERE user_id = ${userId} AND ${when}`);
