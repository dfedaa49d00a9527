// SQL of organizations.
import { asc, eq, sql } from "drizzle-orm";
import { query } from "../../../db/client.ts";
import { organizations } from "../../../db/schema.ts";

/** The one of the first start comes first. */
export function listOrganizations() {
  return query.select().from(organizations).orderBy(asc(organizations.createdAt), asc(organizations.id));
}

/** By id or name. */
export function findOrganization(name: string) {
  return query
    .select()
    .from(organizations)
    .where(sql`${eq(organizations.id, name.toLowerCase())} OR lower(${organizations.name}) = lower(${name})`);
}

export type OrganizationRow = ReturnType<typeof listOrganizations>["_"]["result"][number];
