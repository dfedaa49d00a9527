// SQL of rules: what planning reads, the lists, and what people change.
import { asc, eq, getTableColumns, isNull, sql, type SQL, type SQLWrapper } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { preparedSql } from "../../../../db/prepared.ts";
import { notificationRules, users } from "../../../../db/schema.ts";

/** SQL: the enabled rules of `where` in their order, as `parseRules` reads them. */
const planSql = (where: SQL) => sql`(SELECT json_group_array(json_object('name', name, 'filter', filter,
    'continues', continues, 'actions', json(actions)))
  FROM (SELECT name, filter, continues, actions FROM notification_rules
    WHERE ${where} AND is_enabled ORDER BY position))`;

/** SQL: the deployment's. */
export const planRulesSql = preparedSql(planSql(sql`user_id IS NULL`)) as SQL<string>;

/** SQL: a person's own. Whether anybody has one is asked once for all of them. */
export const ownRulesSql = (userId: SQLWrapper): SQL<string> =>
  sql`CASE WHEN EXISTS (SELECT 1 FROM notification_rules WHERE user_id IS NOT NULL)
    THEN ${planSql(sql`user_id = ${userId}`)} ELSE '[]' END`;

/** Whose rules: a user's id, or null for the deployment's. */
export type RulesOf = string | null;

const ofSql = (of: RulesOf | SQL<string>): SQL =>
  of === null ? isNull(notificationRules.userId) : eq(notificationRules.userId, of);

/** In their order. */
export const listRules = (of: RulesOf | SQL<string>) =>
  query
    .select({ ...getTableColumns(notificationRules), creator: users.username })
    .from(notificationRules)
    .leftJoin(users, eq(users.id, notificationRules.createdBy))
    .where(ofSql(of))
    .orderBy(asc(notificationRules.position), asc(notificationRules.createdAt), asc(notificationRules.id));

export type RuleRow = ReturnType<typeof listRules>["_"]["result"][number];

/** What rules name, as it is now. Names are in lower case. */
export interface References {
  templates: readonly string[];
  users: readonly string[];
  /** Names of receivers. */
  receivers: readonly string[];
  /** Names of groups. */
  groups: readonly string[];
  /** Ids of receivers, users and groups. */
  ids: readonly string[];
}

export interface Reference {
  what: "template" | "user" | "group" | "receiver";
  name: string;
  id: string;
  isDeleted: number;
}

/** Those of them that exist; by its id also what was deleted. */
export function findReferences({ templates, users: names, groups, receivers, ids }: References) {
  const list = (values: readonly string[]) =>
    sql`json_each(${JSON.stringify([...new Set(values)])}) AS given`;
  return query.all<Reference>(sql`
    SELECT 'template' AS what, lower(t.name) AS name, t.id AS id, 0 AS "isDeleted"
      FROM ${list(templates)} CROSS JOIN templates AS t
      WHERE lower(t.name) = given.value AND t.deleted_at IS NULL
    UNION ALL SELECT 'user', lower(u.username), u.id, 0 FROM ${list(names)} CROSS JOIN users AS u
      WHERE lower(u.username) = given.value AND u.deleted_at IS NULL
    UNION ALL SELECT 'receiver', r.name, r.id, 0 FROM ${list(receivers)} CROSS JOIN notification_receivers AS r
      WHERE lower(r.name) = given.value AND r.deleted_at IS NULL AND r.owner_id IS NULL
    UNION ALL SELECT 'group', lower(g.name), g.id, 0 FROM ${list(groups)} CROSS JOIN user_groups AS g
      WHERE lower(g.name) = given.value
    UNION ALL SELECT 'receiver', r.name, r.id, r.deleted_at IS NOT NULL
      FROM ${list(ids)} CROSS JOIN notification_receivers AS r WHERE r.id = given.value
    UNION ALL SELECT 'user', u.username, u.id, u.deleted_at IS NOT NULL
      FROM ${list(ids)} CROSS JOIN users AS u WHERE u.id = given.value
    UNION ALL SELECT 'group', g.name, g.id, 0 FROM ${list(ids)} CROSS JOIN user_groups AS g WHERE g.id = given.value`);
}

export const ruleHasChangeSql = (id: string, changeId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM notification_rules WHERE id = ${id} AND change_id = ${changeId})`;

export interface RuleFields {
  name: string;
  filter: string | null;
  isEnabled: boolean;
  continues: boolean;
  /** JSON. */
  actions: string;
}

export interface NewRule extends RuleFields {
  id: string;
  userId: RulesOf;
  changeId: string;
  createdBy: string;
  createdAt: number;
}

/** The last of its owner's. Nothing happens where the name is taken, or where there are `max` already. */
export const insertRule = (row: NewRule, max: number, when: SQL): Statement =>
  query.run(sql`INSERT INTO notification_rules
      (id, user_id, name, position, filter, is_enabled, continues, actions, change_id, created_by, created_at)
    SELECT ${row.id}, ${row.userId}, ${row.name}, coalesce(max(r.position), 0) + 1, ${row.filter},
      ${row.isEnabled ? 1 : 0}, ${row.continues ? 1 : 0}, ${row.actions}, ${row.changeId}, ${row.createdBy}, ${row.createdAt}
    FROM notification_rules AS r WHERE r.user_id IS ${row.userId}
    HAVING count(*) < ${max} AND ${when} ON CONFLICT DO NOTHING`);

/** Only while the latest change is still the one that was seen; nothing happens where the name is taken. */
export const updateRule = (
  { id, changeId: seen }: Pick<RuleRow, "id" | "changeId">,
  fields: RuleFields,
  changeId: string,
  when: SQL,
): Statement =>
  query.run(sql`UPDATE OR IGNORE notification_rules SET change_id = ${changeId}, name = ${fields.name},
      filter = ${fields.filter}, is_enabled = ${fields.isEnabled ? 1 : 0}, continues = ${fields.continues ? 1 : 0},
      actions = ${fields.actions}
    WHERE id = ${id} AND change_id = ${seen} AND ${when}`);

/** The rules of one owner in this order. */
export const orderRules = (of: RulesOf, ids: readonly string[], when: SQL): Statement =>
  query.run(sql`UPDATE notification_rules SET position = (SELECT o.key + 1 FROM json_each(${JSON.stringify(ids)}) AS o
      WHERE o.value = notification_rules.id)
    WHERE user_id IS ${of} AND id IN (SELECT value FROM json_each(${JSON.stringify(ids)})) AND ${when}`);

export const deleteRule = (id: string, when: SQL): Statement =>
  query.run(sql`DELETE FROM notification_rules WHERE id = ${id} AND ${when}`);
