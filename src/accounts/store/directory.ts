// SQL of lists of users: a page of the search, the owners, and counts.
import { and, eq, sql, asc } from "drizzle-orm";
import { query } from "../../../db/client.ts";
import { countLimit, sliceOf, type Page } from "../../../db/rows.ts";
import { users, type SiteRole } from "../../../db/schema.ts";
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

/** At most `maxCounted` and one after the beginning of the page. */
export const countUsers = (search: UserSearch, page: Page) =>
  query.all<{ count: number }>(
    sql`SELECT count(*) AS count FROM (SELECT 1 FROM ${users} WHERE ${matches(search)} LIMIT ${countLimit(page)})`,
  );

function matches({ statuses, roles, words }: UserSearch) {
  const text = sql`lower(${users.username} || char(10) || ${users.email} || char(10) || ${users.name})`;
  return and(
    sql`${users.deletedAt} IS NULL`,
    sql`${users.isSystem} = 0`,
    statuses === undefined
      ? undefined
      : statuses.length === 1
        ? eq(users.status, statuses[0]!)
        : sql`${users.status} IN (SELECT value FROM json_each(${JSON.stringify(statuses)}))`,
    roles === undefined
      ? undefined
      : sql`${users.id} IN (SELECT user_id FROM user_roles
          WHERE role IN (SELECT value FROM json_each(${JSON.stringify(roles)})))`,
    ...words.map((word) => sql`instr(${text}, lower(${word})) > 0`),
  );
}

const present = sql`${users.deletedAt} IS NULL AND NOT ${users.isSystem}`;
const holds = (role: SiteRole) =>
  sql`EXISTS (SELECT 1 FROM user_roles r WHERE r.user_id = ${users.id} AND r.role = ${role})`;

/** At most ten, the first ones first. */
export function listOwners() {
  return query
    .select({ username: users.username, email: users.email })
    .from(users)
    .where(sql`${present} AND ${users.status} = 'active' AND ${holds("owner")}`)
    .orderBy(asc(users.seq))
    .limit(10);
}

/** How many there are, and how many of those who may act hold which role. */
export function countUsersByRole() {
  const count = (condition: ReturnType<typeof holds>) =>
    sql<number>`coalesce(sum(${users.status} = 'active' AND ${condition}), 0)`;
  return query
    .select({
      users: sql<number>`count(*)`,
      owners: count(holds("owner")),
      templateAdmins: count(holds("template-admin")),
    })
    .from(users)
    .where(present);
}
