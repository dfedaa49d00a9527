// Roles and permissions: which role allows what.
import { siteRoles, tokenScopes, type SiteRole, type TokenScope } from "../../../db/schema.ts";
import type { Actor } from "./actor.ts";

const grants = {
  "users:read": ["owner", "user-admin", "template-admin", "auditor"],
  "users:manage": ["owner", "user-admin"],
  "groups:read": ["owner", "user-admin", "template-admin", "auditor"],
  "groups:manage": ["owner", "user-admin"],
  "audit:read": ["owner", "auditor"],
  "deployment:manage": ["owner"],
  "notifications:send-to-others": ["owner"],
  /** Channels with their receivers, queues and everybody's delivery log; repeated in SQL in notifications/delivery/store. */
  "deployment:read": ["owner", "auditor"],
  /** Pools of presets and what claims replace. */
  "prebuilds:read": ["owner", "template-admin", "auditor"],
  /** Templates, their versions, files and pools, and the keys of provisioners. */
  "templates:manage": ["owner", "template-admin"],
  "provisioner-keys:read": ["owner", "template-admin", "auditor"],
  "tokens:read-others": ["owner", "auditor"],
  "tokens:manage-others": ["owner"],
  "workspaces:read-all": ["owner", "template-admin", "auditor"],
  "workspaces:end-others": ["owner", "template-admin"],
  "workspaces:manage-others": ["owner"],
} satisfies Record<string, SiteRole[]>;

export type Permission = keyof typeof grants;

export function hasPermission(actor: Pick<Actor, "roles">, permission: Permission): boolean {
  const allowed: readonly SiteRole[] = grants[permission];
  return actor.roles.some((role) => allowed.includes(role));
}

/** For guards in SQL. */
export const rolesWithPermission = (permission: Permission): readonly SiteRole[] => grants[permission];

/** A `read` token only looks; a `notify` token only sends custom notifications to its own user, and reports of agents. */
export function scopeAllows(
  actor: Pick<Actor, "scope">,
  method: string,
  action: "any" | "notify-self",
): boolean {
  if (actor.scope === "all") return true;
  if (actor.scope === "read") return method === "GET" || method === "HEAD";
  return action === "notify-self";
}

/** For guards in SQL. */
export const scopesThatAllow = (method: string, action: "any" | "notify-self"): TokenScope[] =>
  tokenScopes.filter((scope) => scopeAllows({ scope }, method, action));

/** Everybody sees themselves. */
export const canSeeUser = (actor: Pick<Actor, "roles" | "userId">, target: { id: string }): boolean =>
  actor.userId === target.id || hasPermission(actor, "users:read");

/**
 * The roles that a holder of each role may assign and remove. Accounts that hold no other role are theirs to manage:
 * profile, password, preferences, suspension, deletion. Nobody reaches rights through another account that they lack
 * themselves. As in Coder, a user-admin assigns no site role; roles that are not named here manage no account.
 */
export const assignableRoles = {
  owner: siteRoles,
  "user-admin": [],
} satisfies Partial<Record<SiteRole, readonly SiteRole[]>>;

const managedBy = (actor: Pick<Actor, "roles">): (readonly SiteRole[])[] =>
  Object.entries(assignableRoles).flatMap(([role, managed]) =>
    actor.roles.some((held) => held === role) ? [managed] : [],
  );

/** Assigning and removing are one permission. */
export const canAssignRole = (actor: Pick<Actor, "roles">, role: SiteRole): boolean =>
  managedBy(actor).some((managed) => managed.includes(role));

/** Whether somebody else's account is the actor's to change. */
export const canManageUser = (actor: Pick<Actor, "roles">, target: { roles: readonly SiteRole[] }): boolean =>
  managedBy(actor).some((managed) => target.roles.every((role) => managed.includes(role)));

/** For guards in SQL: the roles that may assign all of these. */
export const rolesThatCanAssign = (roles: readonly SiteRole[]): SiteRole[] =>
  siteRoles.filter((holder) => roles.every((role) => canAssignRole({ roles: [holder] }, role)));
