// SQL of the keys that provisioners sign in with.
import { and, eq, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../db/client.ts";
import { provisionerKeys } from "../../../db/schema.ts";
import type { Credential } from "../../accounts/rules/credential.ts";

export function findProvisionerKey(keyId: string) {
  return query.select().from(provisionerKeys).where(eq(provisionerKeys.id, keyId));
}

/** True in SQL for a key that is good now: for writes that are guarded by it. */
export const provisionerMay = ({ keyId, secretHash }: Credential): SQL =>
  sql`EXISTS (SELECT 1 FROM provisioner_keys WHERE id = ${keyId} AND secret_hash = ${secretHash})`;

export function insertProvisionerKey(key: typeof provisionerKeys.$inferInsert, when: SQL): Statement {
  return query.run(sql`INSERT INTO ${provisionerKeys}
      (id, organization_id, name, secret_hash, created_by, created_at)
    SELECT ${key.id}, ${key.organizationId}, ${key.name}, ${key.secretHash}, ${key.createdBy}, ${key.createdAt}
    WHERE ${when} ON CONFLICT DO NOTHING`);
}

export function findProvisionerKeyByName(organizationId: string, name: string) {
  return query
    .select()
    .from(provisionerKeys)
    .where(
      and(
        eq(provisionerKeys.organizationId, organizationId),
        sql`lower(${provisionerKeys.name}) = lower(${name})`,
      ),
    );
}

/** True in SQL once there is a key of this id: for what depends on its having been made. */
export const provisionerKeyExists = (keyId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM provisioner_keys WHERE id = ${keyId})`;
