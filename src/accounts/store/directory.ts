// SQL of the list of users: a page of it and how many there are.
import { and, eq, sql } from "drizzle-orm";
import { query } from "../../../db/client.ts";
import { sliceOf, type Page } from "../../../db/rows.ts";
import { users } from "../../../db/schema.ts";
import type { UserSearch } from "../rules/user-search.ts";
import { userColumns } from "./users.ts";

/** By username. */
export function listUsers(search: UserSearch, page: Page) {
  const { limit, offset } = sliceOf(page);
  return query
    .select(userColumns)
    .from(users)
    .where(matches(search))
    .orderBy(sql`lower(${users.username})`)
    .limit(limit)
    .offset(offset);
}

export function countUsers(search: UserSearch) {
  return query
    .select({ count: sql<number>`count(*)` })
    .from(users)
    .where(matches(search));
}

function matches({ statuses, roles, words }: UserSearch) {
  const text = sql`lower(${users.username} || char(10) || ${users.email} || char(10) || ${users.name})`;
  return and(
    sql`${users.deletedAt} IS NULL`,
    eq(users.isSystem, false),
    statuses === undefined
      ? undefined
      : sql`${users.status} IN (SELECT value FROM json_each(${JSON.stringify(statuses)}))`,
    roles === undefined
      ? undefined
      : sql`EXISTS (SELECT 1 FROM user_roles WHERE user_id = ${users.id}
          AND role IN (SELECT value FROM json_each(${JSON.stringify(roles)})))`,
    ...words.map((word) => sql`instr(${text}, lower(${word})) > 0`),
  );
}
