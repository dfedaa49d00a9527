// SQL for the operator's view of who there is: whether somebody can administer this deployment.
import { asc, sql } from "drizzle-orm";
import { query } from "../../../db/client.ts";
import { users, type SiteRole } from "../../../db/schema.ts";

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
export function countPeople() {
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
