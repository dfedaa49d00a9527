// SQL of the people who can receive an event, with their roles and their preference for its kind.
import { and, eq, sql, type SQL } from "drizzle-orm";
import { isMutable } from "../rules/mutes.ts";
import { mutesSql } from "../../preferences/store/mutes.ts";
import { ownRulesSql } from "../../routing/store/rules.ts";
import { query } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import { ownReceiversSql } from "../../receivers/store/own.ts";
import { hasSubscriptionSql } from "../../channels/push/store/subscriptions.ts";
import { notificationPreferences, users, type SiteRole } from "../../../../db/schema.ts";

export interface Audience {
  /** Ids or usernames. */
  users?: readonly string[];
  roles?: readonly SiteRole[];
  /** SQL for the id of one user: the caller. */
  self?: SQL<string>;
  /** SQL for the ids of any number of users: a SELECT of one column. */
  userIdsSql?: SQL;
}

/** Each user of the audience once; no deleted users, no system users. */
export function findRecipients(
  templateId: string,
  { users: names = [], roles = [], self, userIdsSql }: Audience,
) {
  const lowerNames = names.map((name) => name.toLowerCase());
  return findAudience(
    templateId,
    isMutable(templateId),
    self,
    userIdsSql,
    jsonUnlessEmpty(lowerNames),
    jsonUnlessEmpty(roles),
  );
}

const jsonUnlessEmpty = (list: readonly string[]) => (list.length === 0 ? undefined : JSON.stringify(list));

const findAudience = prepared(
  (
    templateId: string,
    isMutable: boolean,
    self: SQL<string> | undefined,
    userIds: SQL | undefined,
    names: string | undefined,
    roles: string | undefined,
  ) => {
    const ids: SQL[] = [];
    // Each by its own index: conditions with OR would look at every user.
    if (self !== undefined) ids.push(sql`SELECT ${self}`);
    if (userIds !== undefined) ids.push(sql`SELECT * FROM (${userIds})`);
    if (names !== undefined) {
      ids.push(sql`SELECT value FROM json_each(${names})`);
      ids.push(sql`SELECT named.id FROM json_each(${names}) wanted CROSS JOIN users named
        WHERE lower(named.username) = wanted.value AND named.deleted_at IS NULL`);
    }
    if (roles !== undefined) {
      ids.push(sql`SELECT user_id FROM user_roles WHERE role IN (SELECT value FROM json_each(${roles}))`);
    }
    return query
      .select({
        userId: users.id,
        username: users.username,
        name: users.name,
        email: users.email,
        status: users.status,
        disabled: notificationPreferences.disabled,
        ownActionsNotify: users.ownActionsNotify,
        quietHours: users.quietHours,
        timeZone: users.timeZone,
        digest: users.digest,
        inDigest: notificationPreferences.inDigest,
        disabledMethods: notificationPreferences.disabledMethods,
        addedMethods: notificationPreferences.addedMethods,
        mutes: (isMutable ? mutesSql(users.id) : sql<null>`NULL`).as("mutes"),
        rules: ownRulesSql(users.id).as("rules"),
        roles: sql<string>`(SELECT json_group_array(role) FROM user_roles WHERE user_id = ${users.id})`.as(
          "roles",
        ),
        ownReceivers: ownReceiversSql(sql`${users.id}`).as("own_receivers"),
        hasPush: hasSubscriptionSql(sql`${users.id}`).as("has_push"),
      })
      .from(users)
      .leftJoin(
        notificationPreferences,
        and(eq(notificationPreferences.userId, users.id), eq(notificationPreferences.templateId, templateId)),
      )
      .where(
        and(
          ids.length === 0 ? sql`false` : sql`${users.id} IN (${sql.join(ids, sql` UNION ALL `)})`,
          sql`${users.deletedAt} IS NULL AND NOT ${users.isSystem}`,
        ),
      )
      .orderBy(users.seq);
  },
);
