// SQL of facts about the deployment as a whole.
import { and, eq, sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../db/client.ts";
import { settings } from "../../../db/schema.ts";

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

/** Until when keys may be in use that the server's keys did not sign: JSON, see accounts/rules/signed-key.ts. */
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
export const keyCheckIs = (value: string): SQL =>
  sql`EXISTS (SELECT 1 FROM settings WHERE key = ${keyCheck} AND value = ${value})`;

/** SQL for how long a session may last that is not signed: no longer than others of its kind. */
export const lastUnsigned = (otherwise: SQL): SQL =>
  sql`COALESCE((SELECT value ->> 'api' FROM settings WHERE key = ${unsignedUntil}), ${otherwise})`;
