// SQL of organizations.
import { asc, eq, sql } from "drizzle-orm";
import { query, type SQL } from "../../../db/client.ts";
import { organizations } from "../../../db/schema.ts";

/** The one of the first start comes first. */
export function listOrganizations() {
  return query.select().from(organizations).orderBy(asc(organizations.createdAt), asc(organizations.id));
}

/** SQL for the id of the first of them. */
export const firstOrganizationSql = (): SQL =>
  sql`(SELECT id FROM organizations ORDER BY created_at, id LIMIT 1)`;

/** By id or name. */
export function findOrganization(name: string) {
  return query
    .select()
    .from(organizations)
    .where(sql`${eq(organizations.id, name.toLowerCase())} OR lower(${organizations.name}) = lower(${name})`);
}

/** SQL for the id of the organization of this id or name. */
export const idOfOrganization = (name: string): SQL =>
  sql`(SELECT id FROM organizations WHERE id = ${name.toLowerCase()} OR lower(name) = lower(${name}))`;

export type OrganizationRow = ReturnType<typeof listOrganizations>["_"]["result"][number];
