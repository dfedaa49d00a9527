// A user on the wire, as Coder's clients know one, and the user whom a path names.
import * as z from "zod";
import { userStatuses, type SiteRole } from "../../db/schema.ts";
import type { Reads } from "../../db/client.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { rolesWithPermission } from "../accounts/rules/permissions.ts";
import { findUser, isSelfOrHasRoleSql, type UserRow } from "../accounts/store/users.ts";
import { ApiError, forbidden } from "../kernel/errors.ts";
import { readAsUser, currentUserIdSql, type Ctx, type Requirement, visibleIf } from "../http/endpoint.ts";
import { field, fixed, neverTime, shape, string, time, timeOrNever } from "../http/wire.ts";

export const roleNames: Record<SiteRole, string> = {
  owner: "Owner",
  "user-admin": "User Admin",
  "template-admin": "Template Admin",
  auditor: "Auditor",
};

export const userShape = shape<UserRow>("User")({
  id: string((row) => row.id),
  username: string((row) => row.username),
  name: string((row) => row.name),
  email: string((row) => row.email),
  avatar_url: fixed(""),
  created_at: time((row) => row.createdAt),
  updated_at: time((row) => row.updatedAt),
  last_seen_at: timeOrNever((row) => row.lastSeenAt, `${neverTime} for a user who has never been here`),
  status: field(z.enum(userStatuses), (row) => row.status),
  login_type: field(z.enum(["password", "none"]), (row) => (row.isSystem ? "none" : "password")),
  theme_preference: fixed(""),
  organization_ids: field(z.array(z.string()), (row) => JSON.parse(row.organizations) as string[]),
  roles: field(z.array(z.object({ name: z.string(), display_name: z.string() })), (row) =>
    (JSON.parse(row.roles) as SiteRole[]).map((name) => ({ name, display_name: roleNames[name] })),
  ),
});

/** Of lists of users. */
export const userReaders: Requirement = {
  permission: "users:read",
  deniedMessage: "Only owners, user admins and auditors can list users.",
};

export const userCreators: Requirement = {
  permission: "users:manage",
  deniedMessage: "Only owners and user admins can create users.",
};

/** Of what changes another user. */
export const userManagers: Requirement = {
  permission: "users:manage",
  deniedMessage: "Only owners can change this account; user admins can if it has no site role.",
};

/** Who asks and whom the path names; 404 for one who isn't there and for one whom the caller may not see. */
export const loadUser = (c: Ctx, name: string): Promise<{ actor: Actor; target: UserRow }> =>
  loadUserWith(c, name, {});

/**
 * The same for reads of a handler's own, which travel along. `others` is what it takes where the user is somebody else:
 * nothing is read for who sees the user but lacks that permission. Throws 403 for them.
 */
export async function loadUserWith<T extends Reads>(c: Ctx, name: string, reads: T, others?: Requirement) {
  const roles = rolesWithPermission(others?.permission ?? "users:read");
  const visible = visibleIf(isSelfOrHasRoleSql(name, currentUserIdSql(c), roles), "User");
  try {
    const answers = await readAsUser(c, { ...reads, target: findUser(name, currentUserIdSql(c)) }, visible);
    const [target] = (answers as unknown as { target: UserRow[] }).target;
    return { ...answers, target: target! };
  } catch (error) {
    if (others === undefined || !(error instanceof ApiError && error.status === 404)) throw error;
    await loadUserWith(c, name, {});
    throw forbidden(others.deniedMessage);
  }
}
