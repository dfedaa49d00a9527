// SQL of the set-up: whether there is a user yet, and the hash of the one-time code.
import { eq, sql } from "drizzle-orm";
import { query, type Statement } from "../../../db/client.ts";
import { settings, users } from "../../../db/schema.ts";

const codeKey = "setup_code_hash";

const someoneExists = sql`EXISTS (SELECT 1 FROM users WHERE NOT is_system AND deleted_at IS NULL)`;
/** True in SQL until somebody has an account. */
export const nobodyExists = sql`NOT ${someoneExists}`;

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
    SELECT ${codeKey}, ${hash}, ${now} WHERE ${nobodyExists}
    ON CONFLICT(key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`);
}

/** The code dies with the first user. */
export function deleteSetupCode(): Statement {
  return query.run(sql`DELETE FROM ${settings} WHERE key = ${codeKey} AND ${someoneExists}`);
}
