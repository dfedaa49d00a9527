// SQL of the preset "only needs me", which keeps what was before.
import { eq, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { users } from "../../../../db/schema.ts";
import type { PresetChange } from "../rules/only-needs-me.ts";
import type { KindPreference } from "./preferences.ts";

type User = SQL<string> | string;

/** Whether there is a preset to undo. */
export const findPreset = (user: User) =>
  query
    .select({ isApplied: sql<number>`${users.preferencesBefore} IS NOT NULL`.as("is_applied") })
    .from(users)
    .where(eq(users.id, user));

/** `before`: all kinds; those without a preference have none afterwards either. */
export function applyPreset(
  user: User,
  changes: readonly PresetChange[],
  before: readonly KindPreference[],
  now: number,
): Statement[] {
  const rows = before
    .filter(({ disabled }) => disabled !== null)
    .map(({ id, disabled, disabledMethods, addedMethods, inDigest }) => ({
      id,
      disabled,
      disabledMethods,
      addedMethods,
      inDigest,
    }));
  return [
    query
      .update(users)
      .set({ preferencesBefore: JSON.stringify(rows) })
      .where(eq(users.id, user)),
    query.run(sql`INSERT INTO notification_preferences
        (user_id, template_id, disabled, disabled_methods, created_at, updated_at)
      SELECT u.id, row.value ->> '$.templateId', row.value ->> '$.disabled', row.value -> '$.disabledMethods', ${now}, ${now}
      FROM json_each(${JSON.stringify(changes)}) AS row JOIN users AS u ON u.id = ${user} AND u.deleted_at IS NULL
      WHERE true
      ON CONFLICT (user_id, template_id) DO UPDATE SET disabled = excluded.disabled,
        disabled_methods = excluded.disabled_methods, added_methods = '[]', updated_at = excluded.updated_at`),
  ];
}

/** All preferences are as before the preset, once. */
export function undoPreset(user: User, now: number): Statement[] {
  const beforeSql = sql`(SELECT preferences_before FROM users WHERE id = ${user})`;
  return [
    query.run(sql`DELETE FROM notification_preferences WHERE user_id = ${user} AND ${beforeSql} IS NOT NULL`),
    query.run(sql`INSERT INTO notification_preferences
        (user_id, template_id, disabled, disabled_methods, added_methods, in_digest, created_at, updated_at)
      SELECT u.id, row.value ->> '$.id', row.value ->> '$.disabled', row.value ->> '$.disabledMethods',
        row.value ->> '$.addedMethods', row.value ->> '$.inDigest', ${now}, ${now}
      FROM users AS u, json_each(u.preferences_before) AS row
      WHERE u.id = ${user} AND u.preferences_before IS NOT NULL
        AND row.value ->> '$.id' IN (SELECT id FROM notification_templates)`),
    query.update(users).set({ preferencesBefore: null }).where(eq(users.id, user)),
  ];
}
