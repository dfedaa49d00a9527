// SQL of changes of users, and of their guards.
import { and, eq, sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../db/client.ts";
import { users, type SiteRole, type UserStatus } from "../../../db/schema.ts";
import type { Actor } from "../rules/actor.ts";
import {
  assignableRoles,
  rolesThatCanAssign,
  rolesWithPermission,
  type Permission,
} from "../rules/permissions.ts";
import { keyExistsSql } from "./keys.ts";
import { insertRoles } from "./users.ts";

export const andSql = (...guards: SQL[]): SQL => sql.join(guards, sql` AND `);

export const orSql = (...guards: SQL[]): SQL => sql`(${sql.join(guards, sql` OR `)})`;
export const notSql = (guard: SQL): SQL => sql`NOT (${guard})`;

const holdsRoleSql = (userId: string, role: SiteRole): SQL =>
  sql`EXISTS (SELECT 1 FROM user_roles WHERE user_id = ${userId} AND role = ${role})`;

/** True in SQL while the caller is signed in and has the permission. */
export const hasPermissionSql = (actor: Pick<Actor, "userId" | "keyId">, permission: Permission): SQL => sql`(
  ${keyExistsSql(actor.keyId)}
  AND EXISTS (SELECT 1 FROM user_roles WHERE user_id = ${actor.userId} AND role IN (SELECT value FROM json_each(${JSON.stringify(rolesWithPermission(permission))}))))`;

/** True in SQL while the caller is signed in and an owner or a user-admin. */
export const canStillCreateUsersSql = (actor: Pick<Actor, "userId" | "keyId">): SQL =>
  sql`(${keyExistsSql(actor.keyId)} AND (${holdsRoleSql(actor.userId, "owner")} OR ${holdsRoleSql(actor.userId, "user-admin")}))`;

/** `mayManage` in SQL, as it stands at the moment of the write: two who change each other can't both win. */
export const canStillManageUserSql = (actor: Pick<Actor, "userId" | "keyId">, targetId: string): SQL => sql`(
  ${keyExistsSql(actor.keyId)}
  AND EXISTS (SELECT 1 FROM users WHERE id = ${targetId} AND deleted_at IS NULL AND NOT is_system)
  AND (${sql.join(
    Object.entries(assignableRoles).map(
      ([role, managed]) => sql`(${holdsRoleSql(actor.userId, role as SiteRole)}
        AND NOT EXISTS (SELECT 1 FROM user_roles WHERE user_id = ${targetId}
          AND role NOT IN (SELECT value FROM json_each(${JSON.stringify(managed)}))))`,
    ),
    sql` OR `,
  )}))`;

/** True in SQL while the caller holds a role that may assign and remove all of these. */
export const canStillAssignRolesSql = (actor: Pick<Actor, "userId">, roles: readonly SiteRole[]): SQL =>
  sql`EXISTS (SELECT 1 FROM user_roles WHERE user_id = ${actor.userId}
    AND role IN (SELECT value FROM json_each(${JSON.stringify(rolesThatCanAssign(roles))})))`;

const activeOwner = sql`SELECT 1 FROM users u JOIN user_roles r ON r.user_id = u.id
  WHERE r.role = 'owner' AND u.status = 'active' AND u.deleted_at IS NULL AND NOT u.is_system`;

/** True in SQL unless this user is the last active owner. */
export const isNotLastOwnerSql = (userId: string): SQL => sql`(
  NOT EXISTS (${activeOwner} AND u.id = ${userId}) OR EXISTS (${activeOwner} AND u.id <> ${userId}))`;

/** A row if there is an active owner besides this user. */
export function findOtherOwner(userId: string) {
  return query
    .select({ id: users.id })
    .from(users)
    .where(
      sql`${users.id} <> ${userId} AND ${users.status} = 'active' AND ${users.deletedAt} IS NULL AND NOT ${users.isSystem}
        AND EXISTS (SELECT 1 FROM user_roles WHERE user_id = ${users.id} AND role = 'owner')`,
    )
    .limit(1);
}

type Change = Partial<Omit<typeof users.$inferInsert, "seq" | "id">>;

const update = (id: string, change: Change, when: SQL): Statement =>
  query
    .update(users)
    .set(change)
    .where(and(eq(users.id, id), when));

export const setStatus = (id: string, status: UserStatus, now: number, when: SQL): Statement =>
  update(id, { status, updatedAt: now }, when);

export const setProfile = (
  id: string,
  profile: { username: string; name: string },
  now: number,
  when: SQL,
): Statement => update(id, { ...profile, updatedAt: now }, when);

export const setPasswordHash = (id: string, passwordHash: string, now: number, when: SQL): Statement =>
  update(id, { passwordHash, updatedAt: now }, when);

/** The same password in another hash. */
export const replaceHash = (id: string, old: string, renewed: string): Statement =>
  update(id, { passwordHash: renewed }, eq(users.passwordHash, old));

/** Exactly these roles. `when` must hold for each of the statements, before and after the others. */
export function setRoles(id: string, roles: readonly SiteRole[], now: number, when: SQL): Statement[] {
  return [
    query.run(sql`DELETE FROM user_roles WHERE user_id = ${id}
      AND role NOT IN (SELECT value FROM json_each(${JSON.stringify(roles)})) AND ${when}`),
    insertRoles(id, roles, when),
    update(id, { updatedAt: now }, when),
  ];
}

/** The row stays, for those whom it is named in; the name and the address are free again. */
export const markDeleted = (id: string, now: number, when: SQL): Statement =>
  update(id, { deletedAt: now, updatedAt: now }, when);

export const isUserDeletedSql = (id: string): SQL =>
  sql`EXISTS (SELECT 1 FROM users WHERE id = ${id} AND deleted_at IS NOT NULL)`;
export const hasUserStatusSql = (id: string, status: UserStatus): SQL =>
  sql`EXISTS (SELECT 1 FROM users WHERE id = ${id} AND status = ${status})`;
export const hasPasswordHashSql = (id: string, hash: string): SQL =>
  sql`EXISTS (SELECT 1 FROM users WHERE id = ${id} AND password_hash = ${hash})`;
