// SQL of the deployment: its id, root key, setup code and organizations.
import { and, eq, sql, asc } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../db/client.ts";
import { settings, users, organizations } from "../../../db/schema.ts";
const keyCheck = "key_check";

export function readDeploymentId() {
  return query.select({ value: settings.value }).from(settings).where(eq(settings.key, "deployment_id"));
}

/** What the deployment's root key gives for the purpose of being recognised. */
export function readKeyCheck() {
  return query.select({ value: settings.value }).from(settings).where(eq(settings.key, keyCheck));
}

export const insertKeyCheck = (value: string, now: number): Statement =>
  query.insert(settings).values({ key: keyCheck, value, updatedAt: now }).onConflictDoNothing();

export const replaceKeyCheck = (value: string, former: string, now: number): Statement =>
  query
    .update(settings)
    .set({ value, updatedAt: now })
    .where(and(eq(settings.key, keyCheck), eq(settings.value, former)));

/** From now on this key is the deployment's. */
export const writeKeyCheck = (value: string, now: number): Statement =>
  query
    .insert(settings)
    .values({ key: keyCheck, value, updatedAt: now })
    .onConflictDoUpdate({ target: settings.key, set: { value, updatedAt: now } });

const unsignedUntil = "unsigned_keys_until";
const lastExpiry = sql`COALESCE((SELECT max(expires_at) FROM api_keys), 0)`;
const anyProvisionerKey = sql`EXISTS (SELECT 1 FROM provisioner_keys)`;
/** Provisioners' keys last until somebody removes them. */
const forever = sql.raw(String(Number.MAX_SAFE_INTEGER));

/** Until when keys may be in use that the server's keys did not sign: JSON, see rules/api-key.ts. */
export function readUnsignedUntil() {
  return query.select({ value: settings.value }).from(settings).where(eq(settings.key, unsignedUntil));
}

/** Once: all keys that there are then may be from a release that signed none. */
export const insertUnsignedUntil = (now: number): Statement =>
  query.run(sql`INSERT INTO settings (key, value, updated_at)
    SELECT ${unsignedUntil}, json_object('api', ${lastExpiry},
      'provisioner', CASE WHEN ${anyProvisionerKey} THEN ${forever} ELSE 0 END), ${now}
    WHERE NOT EXISTS (SELECT 1 FROM settings WHERE key = ${unsignedUntil}) ON CONFLICT DO NOTHING`);

/** The keys that there are now were signed by a key that may be forgotten. */
export const extendUnsignedUntil = (now: number, when: SQL = sql`true`): Statement =>
  query.run(sql`UPDATE settings SET value = json_object('api', max(value ->> 'api', ${lastExpiry}),
      'provisioner', CASE WHEN ${anyProvisionerKey} THEN ${forever} ELSE value ->> 'provisioner' END),
      updated_at = ${now}
    WHERE key = ${unsignedUntil} AND ${when}`);

/** True in SQL while this is what is kept. */
export const keyCheckIsSql = (value: string): SQL =>
  sql`EXISTS (SELECT 1 FROM settings WHERE key = ${keyCheck} AND value = ${value})`;

/** SQL for how long a session may last that is not signed: no longer than others of its kind. */
export const unsignedUntilSql = (otherwise: SQL): SQL =>
  sql`COALESCE((SELECT value ->> 'api' FROM settings WHERE key = ${unsignedUntil}), ${otherwise})`;

const codeKey = "setup_code_hash";

const anyUserExistsSql = sql`EXISTS (SELECT 1 FROM users WHERE NOT is_system AND deleted_at IS NULL)`;
/** True in SQL until somebody has an account. */
export const noUserExistsSql = sql`NOT ${anyUserExistsSql}`;

/** A row once there is a user; none before. */
export function findAnyUser() {
  return query
    .select({ id: users.id })
    .from(users)
    .where(sql`NOT ${users.isSystem} AND ${users.deletedAt} IS NULL`)
    .limit(1);
}

export function readSetupCodeHash() {
  return query.select({ value: settings.value }).from(settings).where(eq(settings.key, codeKey));
}

/** Only while there is no user; the newest code replaces the others. */
export function storeSetupCodeHash(hash: string, now: number): Statement {
  return query.run(sql`INSERT INTO ${settings} (key, value, updated_at)
    SELECT ${codeKey}, ${hash}, ${now} WHERE ${noUserExistsSql}
    ON CONFLICT(key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`);
}

/** The code dies with the first user. */
export function deleteSetupCode(): Statement {
  return query.run(sql`DELETE FROM ${settings} WHERE key = ${codeKey} AND ${anyUserExistsSql}`);
}

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
export const organizationIdByNameSql = (name: string): SQL =>
  sql`(SELECT id FROM organizations WHERE id = ${name.toLowerCase()} OR lower(name) = lower(${name}))`;

export type OrganizationRow = ReturnType<typeof listOrganizations>["_"]["result"][number];
