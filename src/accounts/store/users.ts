// SQL of users: finding them by name, id or email address, and inserting them. manage.ts changes them.
import { and, eq, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../db/client.ts";
import { users, type SiteRole } from "../../../db/schema.ts";
import { canonicalEmail, trimEmail } from "../rules/profile.ts";
/** JSON array of a user's site roles. */
export const rolesColumn = sql<string>`(SELECT json_group_array(role) FROM user_roles WHERE user_id = ${users.id})`;

export const userColumns = {
  id: users.id,
  username: users.username,
  email: users.email,
  name: users.name,
  status: users.status,
  isSystem: users.isSystem,
  createdAt: users.createdAt,
  updatedAt: users.updatedAt,
  lastSeenAt: users.lastSeenAt,
  roles: rolesColumn.as("roles"),
  /** JSON array: everybody belongs to every organization. */
  organizations: sql<string>`(SELECT json_group_array(id) FROM organizations)`.as("organizations"),
};

const uuidShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `name` is what a path carries: `me` (then `self` is the caller's id), a UUID or a username. */
function hasNameSql(name: string, self: SQL<string>): SQL {
  const chosen =
    name === "me"
      ? eq(users.id, self)
      : uuidShape.test(name)
        ? eq(users.id, name.toLowerCase())
        : sql`lower(${users.username}) = lower(${name})`;
  return sql`${chosen} AND ${users.deletedAt} IS NULL`;
}

export function findUser(name: string, self: SQL<string>) {
  return query.select(userColumns).from(users).where(hasNameSql(name, self));
}

/** SQL for the id of that user, for reads that travel with the look-up. */
export const userIdByNameSql = (name: string, self: SQL<string>): SQL<string> =>
  sql<string>`(SELECT id FROM users WHERE ${hasNameSql(name, self)})`;

/** True in SQL where that user is the caller, or the caller holds one of these roles. */
export const isSelfOrHasRoleSql = (name: string, self: SQL<string>, roles: readonly SiteRole[]): SQL =>
  sql`EXISTS (SELECT 1 FROM users WHERE ${hasNameSql(name, self)} AND (${users.id} = ${self} OR EXISTS (
    SELECT 1 FROM user_roles WHERE user_id = ${self} AND role IN (SELECT value FROM json_each(${JSON.stringify(roles)})))))`;

export type UserRow = ReturnType<typeof findUser>["_"]["result"][number];

/** With what a sign-in needs. */
export function findUserToSignIn(email: string) {
  return query
    .select({ ...userColumns, passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.id, userIdByEmailSql(email)));
}

/** By id, deleted or not: what a write left behind. */
export function findUserState(id: string) {
  return query
    .select({ ...userColumns, passwordHash: users.passwordHash, deletedAt: users.deletedAt })
    .from(users)
    .where(eq(users.id, id));
}

/** Refused by a constraint when the email or the username is taken; nothing happens unless `when` holds. */
export function insertUser(user: Omit<typeof users.$inferInsert, "seq">, when: SQL): Statement {
  return query.run(sql`INSERT INTO ${users}
      (id, username, email, email_canonical, name, status, password_hash, is_system, created_at, updated_at, last_seen_at, deleted_at)
    SELECT ${user.id}, ${user.username}, ${user.email}, ${canonicalEmail(user.email)}, ${user.name}, ${user.status}, ${user.passwordHash ?? null},
      ${user.isSystem}, ${user.createdAt}, ${user.updatedAt}, NULL, NULL
    WHERE ${when} AND NOT EXISTS (SELECT 1 FROM users WHERE id = ${user.id})`);
}

/** SQL for an id that is known. */
export const userIdSql = (id: string): SQL<string> => sql<string>`${id}`;

/** True in SQL when there is a user of this id: for what depends on a user's having been made. */
export const userExistsSql = (id: string): SQL => sql`EXISTS (SELECT 1 FROM users WHERE id = ${id})`;

export function insertRoles(userId: string, roles: readonly SiteRole[], when: SQL): Statement {
  return query.run(sql`INSERT INTO user_roles (user_id, role)
    SELECT ${userId}, value FROM json_each(${JSON.stringify(roles)}) WHERE ${when} ON CONFLICT DO NOTHING`);
}

/** True in SQL for a user who may act: a key may be made for them. */
export const isUserActiveSql = (id: string): SQL =>
  sql`EXISTS (SELECT 1 FROM users WHERE id = ${id} AND status = 'active' AND deleted_at IS NULL AND NOT is_system)`;

export function updateLastSeen(id: string, now: number, when: SQL): Statement {
  return query
    .update(users)
    .set({ lastSeenAt: now })
    .where(and(eq(users.id, id), when));
}

/**
 * SQL for the id of the user with this address. An account whose mailbox another has, too, is found by exactly what it was
 * made with, and so is one whose canonical form is not filled in yet.
 */
export const userIdByEmailSql = (email: string): SQL<string> => sql<string>`(SELECT id FROM (
  SELECT id, 1 AS rank FROM users
    WHERE email_canonical = ${canonicalEmail(email)} AND email_canonical <> '' AND deleted_at IS NULL
  UNION ALL
  SELECT id, CASE WHEN email = ${trimEmail(email)} THEN 2 ELSE 0 END FROM users
    WHERE lower(email) = lower(${trimEmail(email)}) AND email <> '' AND deleted_at IS NULL AND email_canonical = ''
  ORDER BY rank DESC LIMIT 1))`;

const lacksCanonicalEmailSql = sql`${users.emailCanonical} = '' AND ${users.email} <> '' AND ${users.deletedAt} IS NULL`;

/** Accounts without a canonical form, the oldest first. */
export const listWithoutCanonicalEmail = () =>
  query
    .select({ id: users.id, username: users.username, email: users.email })
    .from(users)
    .where(lacksCanonicalEmailSql)
    .orderBy(users.seq);

/** Nothing changes where another has it. */
export const fillCanonicalEmail = (id: string, email: string): Statement =>
  query.run(sql`UPDATE OR IGNORE users SET email_canonical = ${canonicalEmail(email)}
    WHERE id = ${id} AND email_canonical = ''`);

/** Who has these canonical forms. */
export const listByCanonicalEmail = (canonical: readonly string[]) =>
  query
    .select({ username: users.username, email: users.email, canonical: users.emailCanonical })
    .from(users)
    .where(
      sql`${users.emailCanonical} IN (SELECT value FROM json_each(${JSON.stringify(canonical)})) AND ${users.deletedAt} IS NULL`,
    );

export const findUserPreferences = (userId: string) =>
  query
    .select({ taskNotificationAlertDismissed: users.taskNotificationAlertDismissed })
    .from(users)
    .where(eq(users.id, userId));

export const saveUserPreferences = (
  userId: string,
  preferences: { taskNotificationAlertDismissed: boolean },
): Statement => query.update(users).set(preferences).where(eq(users.id, userId));
