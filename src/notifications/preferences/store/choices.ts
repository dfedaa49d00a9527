// SQL of one person's choices: every kind of notification with whether it is on for them, and setting some of them.
import { and, asc, eq, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { notificationPreferences, notificationTemplates, users } from "../../../../db/schema.ts";

type User = SQL<string> | string;

const kind = {
  id: notificationTemplates.id,
  key: notificationTemplates.key,
  name: notificationTemplates.name,
  group: notificationTemplates.group,
  method: notificationTemplates.method,
  enabledByDefault: notificationTemplates.enabledByDefault,
  /** NULL: nothing chosen. */
  disabled: notificationPreferences.disabled,
};

/** All kinds, group by group. */
export function listChoices(user: User) {
  return query
    .select(kind)
    .from(notificationTemplates)
    .leftJoin(
      notificationPreferences,
      and(
        eq(notificationPreferences.templateId, notificationTemplates.id),
        eq(notificationPreferences.userId, user),
      ),
    )
    .orderBy(asc(notificationTemplates.group), asc(notificationTemplates.name));
}

export type Choice = ReturnType<typeof listChoices>["_"]["result"][number];

/** One kind for one person, with their address; nothing when either is gone. */
export function findChoice(userId: string, templateId: string) {
  return query
    .select({ ...kind, email: users.email, username: users.username })
    .from(notificationTemplates)
    .innerJoin(users, sql`${users.id} = ${userId} AND ${users.deletedAt} IS NULL`)
    .leftJoin(
      notificationPreferences,
      and(
        eq(notificationPreferences.templateId, notificationTemplates.id),
        eq(notificationPreferences.userId, users.id),
      ),
    )
    .where(eq(notificationTemplates.id, templateId));
}

/** `disabled` by template id. What is not named stays as it is; with one that is not there, or no user, nothing happens. */
export function setChoices(user: User, disabled: Record<string, boolean>, now: number): Statement {
  const wanted = JSON.stringify(disabled);
  return query.run(sql`INSERT INTO ${notificationPreferences} (user_id, template_id, disabled, created_at, updated_at)
    SELECT u.id, wanted.key, wanted.value, ${now}, ${now} FROM json_each(${wanted}) AS wanted
      JOIN users u ON u.id = ${user} AND u.deleted_at IS NULL
    WHERE NOT EXISTS (SELECT 1 FROM json_each(${wanted}) AS strange
      WHERE strange.key NOT IN (SELECT id FROM notification_templates))
    ON CONFLICT (user_id, template_id) DO UPDATE SET disabled = excluded.disabled, updated_at = excluded.updated_at`);
}
