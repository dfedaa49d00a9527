// SQL of users' preferences: which kinds of notification each user has enabled or disabled.
import { and, asc, eq, ne, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { notificationPreferences, notificationTemplates, users } from "../../../../db/schema.ts";
import { hasSubscriptionSql } from "../../channels/push/store/subscriptions.ts";
import { ownReceiversSql } from "../../receivers/store/own.ts";
import { kinds } from "../../kinds/kinds.ts";
import { enabledByDefaultSql } from "../../texts/store/choices.ts";
import { severitiesSql } from "../../texts/store/severities.ts";

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
  severities: severitiesSql.as("severities"),
  enabledByDefault: enabledByDefaultSql.as("is_enabled_by_default"),
  /** An owner disabled it for everybody. */
  isDisabled: notificationTemplates.isDisabled,
  /** NULL: the user has no preference. */
  disabled: notificationPreferences.disabled,
  /** JSON arrays; NULL without a preference. */
  disabledMethods: notificationPreferences.disabledMethods,
  addedMethods: notificationPreferences.addedMethods,
  inDigest: notificationPreferences.inDigest,
};

/** All kinds with the preferences of a user, by group; the digest itself is none of them. */
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
    .where(ne(notificationTemplates.id, kinds["notification-digest"].id))
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

/**
 * `disabled` by template id; other kinds keep their preference, and one that is enabled again has the channels that it had.
 * With an unknown kind or user, nothing is written.
 */
export function setPreferences(user: User, disabled: Record<string, boolean>, now: number): Statement {
  const wanted = JSON.stringify(disabled);
  return query.run(sql`INSERT INTO ${notificationPreferences} (user_id, template_id, disabled, created_at, updated_at)
    SELECT u.id, wanted.key, wanted.value, ${now}, ${now} FROM json_each(${wanted}) AS wanted
      JOIN users u ON u.id = ${user} AND u.deleted_at IS NULL
    WHERE NOT EXISTS (SELECT 1 FROM json_each(${wanted}) AS unknown
      WHERE unknown.key NOT IN (SELECT id FROM notification_templates))
    ON CONFLICT (user_id, template_id) DO UPDATE SET disabled = excluded.disabled, updated_at = excluded.updated_at`);
}

export interface ChannelChange {
  templateId: string;
  /** Those that the user can choose between for this kind. */
  methods: readonly string[];
  /** Those of them that the deployment uses for it. */
  usual: readonly string[];
  method: string;
  isEnabled: boolean;
}

/** One channel of one kind; without any channel left the kind is disabled, and with the first one it is enabled. */
export function setChannel(
  user: User,
  { templateId, methods, usual, method, isEnabled }: ChannelChange,
  now: number,
): Statement {
  const isUsualSql = sql`value IN (SELECT value FROM json_each(${JSON.stringify(usual)}))`;
  const wasDisabledSql = sql`value IN (SELECT value FROM json_each(coalesce(p.disabled_methods, '[]')))`;
  const wasOnSql = sql`coalesce(NOT p.disabled, t.default_choice, t.enabled_by_default) AND NOT ${wasDisabledSql}
    AND (${isUsualSql} OR value IN (SELECT value FROM json_each(coalesce(p.added_methods, '[]'))))`;
  const cellsSql = sql`SELECT value, ${isUsualSql} AS is_usual, value = ${method} OR ${wasDisabledSql} AS is_named,
      CASE WHEN value = ${method} THEN ${isEnabled ? 1 : 0} ELSE ${wasOnSql} END AS is_on
    FROM json_each(${JSON.stringify(methods)})`;
  const listSql = (which: SQL) => sql`(SELECT json_group_array(value) FROM (${cellsSql}) WHERE ${which})`;
  return query.run(sql`INSERT INTO ${notificationPreferences}
      (user_id, template_id, disabled, disabled_methods, added_methods, created_at, updated_at)
    SELECT user_id, ${templateId}, NOT is_any_on, iif(is_any_on, off, '[]'), iif(is_any_on, added, '[]'), ${now}, ${now}
    FROM (SELECT u.id AS user_id, EXISTS (SELECT 1 FROM (${cellsSql}) WHERE is_on) AS is_any_on,
        ${listSql(sql`NOT is_on AND (is_usual OR is_named)`)} AS off, ${listSql(sql`is_on AND NOT is_usual`)} AS added
      FROM users u JOIN notification_templates t ON t.id = ${templateId}
        LEFT JOIN notification_preferences p ON p.user_id = u.id AND p.template_id = t.id
      WHERE u.id = ${user} AND u.deleted_at IS NULL)
    WHERE true
    ON CONFLICT (user_id, template_id) DO UPDATE SET disabled = excluded.disabled,
      disabled_methods = excluded.disabled_methods, added_methods = excluded.added_methods,
      updated_at = excluded.updated_at`);
}

/** Whether the emails of a kind come with the digest; the user has a preference for it. */
export const setInDigest = (user: User, templateId: string, inDigest: boolean, now: number): Statement =>
  query
    .update(notificationPreferences)
    .set({ inDigest, updatedAt: now })
    .where(and(eq(notificationPreferences.userId, user), eq(notificationPreferences.templateId, templateId)));

/** The defaults hold again, for all kinds or some. */
export const resetPreferences = (user: User, templateIds: readonly string[] | undefined): Statement =>
  query.run(
    sql`DELETE FROM ${notificationPreferences} WHERE user_id = ${user} AND ${
      templateIds === undefined
        ? sql`true`
        : sql`template_id IN (SELECT value FROM json_each(${JSON.stringify(templateIds)}))`
    }`,
  );

/** How a user can be reached besides email, for `toReachable`. */
export const findReach = (user: User) =>
  query
    .select({
      hasPush: hasSubscriptionSql(sql`${user}`).as("has_push"),
      ownReceivers: ownReceiversSql(sql`${user}`).as("own_receivers"),
    })
    .from(sql`(SELECT 1)`);
