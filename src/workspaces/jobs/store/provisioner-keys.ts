// SQL of provisioner keys.
import { and, eq, getTableColumns, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { provisionerKeys, users, workspaceBuilds } from "../../../../db/schema.ts";
import type { Credential } from "../../../accounts/rules/api-key.ts";
import { auditIntervalMs, useIntervalMs } from "../rules/provisioner-key.ts";

const { secretHash: _, ...withoutSecret } = getTableColumns(provisionerKeys);

export function findProvisionerKey(keyId: string) {
  return query.select().from(provisionerKeys).where(eq(provisionerKeys.id, keyId));
}

/** True in SQL for a key that is good now: for writes that are guarded by it. */
export const provisionerKeyValidSql = ({
  keyId,
  secretHash,
}: Pick<Credential, "keyId" | "secretHash">): SQL =>
  sql`EXISTS (SELECT 1 FROM provisioner_keys WHERE id = ${keyId} AND secret_hash = ${secretHash})`;

export function insertProvisionerKey(key: typeof provisionerKeys.$inferInsert, when: SQL): Statement {
  return query.run(sql`INSERT INTO ${provisionerKeys}
      (id, organization_id, name, secret_hash, created_by, created_at)
    SELECT ${key.id}, ${key.organizationId}, ${key.name}, ${key.secretHash}, ${key.createdBy}, ${key.createdAt}
    WHERE ${when} ON CONFLICT DO NOTHING`);
}

export function findProvisionerKeyByName(organizationId: SQL | string, name: string) {
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

/** True in SQL once there is a key of this id: for what depends on its creation. */
export const provisionerKeyExistsSql = (keyId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM provisioner_keys WHERE id = ${keyId})`;

/** Oldest first, with who created each and how many jobs its provisioners hold. */
export const listProvisionerKeys = (organizationId: SQL | string) =>
  query
    .select({
      ...withoutSecret,
      creator: users.username,
      jobs: sql<number>`(SELECT count(*) FROM ${workspaceBuilds} WHERE lease_expires_at IS NOT NULL
        AND provisioner_key_id = ${provisionerKeys.id})`.as("jobs"),
    })
    .from(provisionerKeys)
    .innerJoin(users, eq(users.id, provisionerKeys.createdBy))
    .where(eq(provisionerKeys.organizationId, organizationId))
    .orderBy(provisionerKeys.createdAt, sql`${provisionerKeys}.rowid`);

export type ListedKey = ReturnType<typeof listProvisionerKeys>["_"]["result"][number];

export const deleteProvisionerKey = (keyId: string, when: SQL): Statement =>
  query.delete(provisionerKeys).where(sql`${provisionerKeys.id} = ${keyId} AND ${when}`);

/** `isUseDue` in SQL. */
export const useDueSql = (keyId: string, address: string | null, now: number): SQL =>
  sql`EXISTS (SELECT 1 FROM provisioner_keys WHERE id = ${keyId} AND (last_used_at IS NULL
    OR last_used_at <= ${now - useIntervalMs.sameAddress}
    OR (last_used_address IS NOT ${address} AND last_used_at <= ${now - useIntervalMs.otherAddress})))`;

export const touchProvisionerKey = (keyId: string, address: string | null, now: number): Statement =>
  query
    .update(provisionerKeys)
    .set({ lastUsedAt: now, lastUsedAddress: address })
    .where(sql`${provisionerKeys.id} = ${keyId} AND ${useDueSql(keyId, address, now)}`);

/** True in SQL unless the audit log has a recent use of this key from this address. */
export const useNewSql = (keyId: string, address: string | null, now: number): SQL =>
  sql`NOT EXISTS (SELECT 1 FROM audit_entries WHERE resource_id = ${keyId} AND action = 'use'
    AND address IS ${address} AND at > ${now - auditIntervalMs})`;
