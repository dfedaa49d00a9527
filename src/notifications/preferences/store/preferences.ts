// SQL of users' preferences: which kinds of notification each user has enabled or disabled.
import { and, asc, eq, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { notificationPreferences, notificationTemplates, users } from "../../../../db/schema.ts";
import { enabledByDefaultSql } from "../../texts/store/choices.ts";

type User = SQL<string> | string;

/** The preferences that a user has set. */
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

const kind = {
  id: notificationTemplates.id,
  key: notificationTemplates.key,
  name: notificationTemplates.name,
  group: notificationTemplates.group,
  method: notificationTemplates.method,
  enabledByDefault: enabledByDefaultSql.as("is_enabled_by_default"),
  /** An owner disabled it for everybody. */
  isDisabled: notificationTemplates.isDisabled,
  /** NULL: the user has no preference. */
  disabled: notificationPreferences.disabled,
};

/** All kinds with the preferences of a user, by group. */
export function listKindPreferences(user: User) {
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

export type KindPreference = ReturnType<typeof listKindPreferences>["_"]["result"][number];

/** One kind with a user's preference and address; no row if either was deleted. */
export function findKindPreference(userId: string, templateId: string) {
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

/** `disabled` by template id; other kinds keep their preference. With an unknown kind or user, nothing is written. */
export function setPreferences(user: User, disabled: Record<string, boolean>, now: number): Statement {
  const wanted = JSON.stringify(disabled);
  return query.run(sql`INSERT INTO ${notificationPreferences} (user_id, template_id, disabled, created_at, updated_at)
    SELECT u.id, wanted.key, wanted.value, ${now}, ${now} FROM json_each(${wanted}) AS wanted
      JOIN users u ON u.id = ${user} AND u.deleted_at IS NULL
    WHERE NOT EXISTS (SELECT 1 FROM json_each(${wanted}) AS unknown
      WHERE unknown.key NOT IN (SELECT id FROM notification_templates))
    ON CONFLICT (user_id, template_id) DO UPDATE SET disabled = excluded.disabled, updated_at = excluded.updated_at`);
}
