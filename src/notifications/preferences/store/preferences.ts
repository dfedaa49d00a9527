// SQL of what people have switched on or off.
import { asc, eq, sql } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { notificationPreferences, notificationTemplates } from "../../../../db/schema.ts";

export function listPreferences(userId: string) {
  return query
    .select({
      templateId: notificationPreferences.templateId,
      disabled: notificationPreferences.disabled,
      updatedAt: notificationPreferences.updatedAt,
    })
    .from(notificationPreferences)
    .where(eq(notificationPreferences.userId, userId))
    .orderBy(asc(notificationPreferences.templateId));
}

export function listKnownTemplates(ids: readonly string[]) {
  return query
    .select({ id: notificationTemplates.id })
    .from(notificationTemplates)
    .where(sql`${notificationTemplates.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`);
}

/** `disabled` by template id; what is not named stays as it is. */
export function savePreferences(userId: string, wanted: Record<string, boolean>, now: number): Statement[] {
  return [
    query.run(sql`INSERT INTO ${notificationPreferences} (user_id, template_id, disabled, created_at, updated_at)
      SELECT ${userId}, key, value, ${now}, ${now} FROM json_each(${JSON.stringify(wanted)}) WHERE true
      ON CONFLICT (user_id, template_id) DO UPDATE SET disabled = excluded.disabled, updated_at = excluded.updated_at`),
  ];
}
