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
  /** JSON array; NULL without a preference. */
  disabledMethods: notificationPreferences.disabledMethods,
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
    ON CONFLICT (user_id, template_id) DO UPDATE SET disabled = excluded.disabled, updated_at = excluded.updated_at,
      disabled_methods = CASE WHEN notification_preferences.disabled = excluded.disabled
        THEN notification_preferences.disabled_methods ELSE '[]' END`);
}

export interface ChannelChange {
  templateId: string;
  /** Those that the user can choose between for this kind. */
  methods: readonly string[];
  method: string;
  isEnabled: boolean;
}

/** One channel of one kind; without any channel left the kind is disabled, and with the first one it is enabled. */
export function setChannel(
  user: User,
  { templateId, methods, method, isEnabled }: ChannelChange,
  now: number,
): Statement {
  const all = JSON.stringify(methods);
  return query.run(sql`INSERT INTO ${notificationPreferences}
      (user_id, template_id, disabled, disabled_methods, created_at, updated_at)
    SELECT user_id, ${templateId}, is_disabled, CASE WHEN is_disabled THEN '[]' ELSE methods END, ${now}, ${now}
    FROM (SELECT user_id, methods, NOT EXISTS (SELECT 1 FROM json_each(${all})
        WHERE value NOT IN (SELECT value FROM json_each(methods))) AS is_disabled
      FROM (SELECT u.id AS user_id, (SELECT json_group_array(value) FROM (
          SELECT value FROM json_each(CASE WHEN coalesce(NOT p.disabled, t.default_choice, t.enabled_by_default)
            THEN coalesce(p.disabled_methods, '[]') ELSE ${all} END) WHERE value <> ${method}
          UNION SELECT ${method} WHERE ${isEnabled ? 0 : 1})) AS methods
        FROM users u JOIN notification_templates t ON t.id = ${templateId}
          LEFT JOIN notification_preferences p ON p.user_id = u.id AND p.template_id = t.id
        WHERE u.id = ${user} AND u.deleted_at IS NULL))
    WHERE true
    ON CONFLICT (user_id, template_id) DO UPDATE SET disabled = excluded.disabled,
      disabled_methods = excluded.disabled_methods, updated_at = excluded.updated_at`);
}
