// SQL of rules: what planning reads, the lists, and what people change.
import { sql, type SQL, type SQLWrapper } from "drizzle-orm";
import { preparedSql } from "../../../../db/prepared.ts";

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
