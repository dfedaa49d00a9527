// Routes of what a user is allowed to do: site roles, password, suspension.
import * as z from "zod";
import { Hono } from "hono";
import { siteRoles, type SiteRole, type UserStatus } from "../../db/schema.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { canAssignRole } from "../accounts/rules/permissions.ts";
import { endpoint, readAsUser, type Env, currentUserIdSql, valid, type Ctx } from "../http/endpoint.ts";
import { boolean, field, fixed, shape, string } from "../http/wire.ts";
import { loadUser, roleNames, loadUserWith, userManagers, userShape } from "./user-shape.ts";
import { changePassword } from "../accounts/change-password.ts";
import { sendPasswordReset } from "../accounts/passcodes.ts";
import { changeRoles, changeStatus, statusReads } from "../accounts/roles-and-status.ts";
import { userIdByNameSql } from "../accounts/store/users.ts";
import { filledText, text } from "../http/schemas.ts";

const noPermissions = fixed(
  [],
  z.array(z.never()).meta({ description: "Always empty: roles are not lists here" }),
);
const roleShape = shape<{ name: SiteRole; actor: Actor }>("AssignableRole")({
  name: field(z.enum(siteRoles), ({ name }) => name),
  display_name: string(({ name }) => roleNames[name]),
  assignable: boolean(({ name, actor }) => canAssignRole(actor, name), "Whether you may give it to others"),
  built_in: fixed(true),
  site_permissions: noPermissions,
  organization_permissions: noPermissions,
  user_permissions: noPermissions,
});

const userRolesSchema = z.object({
  roles: z.array(z.enum(siteRoles)),
  organization_roles: z
    .record(z.string(), z.array(z.string()))
    .meta({ description: "Organizations have none" }),
});

/** Before the routes of users: `roles` is no username. */
export const roleRoutes = new Hono<Env>()
  .get(
    "/users/roles",
    endpoint({
      summary: "List the site roles",
      access: "session",
      answers: { 200: z.array(roleShape.schema) },
      errors: [401, 403],
    }),
    async (c) => {
      const { actor } = await readAsUser(c, {});
      return c.json(siteRoles.map((name) => roleShape.from({ name, actor })));
    },
  )
  .get(
    "/users/:user/roles",
    endpoint({
      summary: "List a user's site roles",
      access: "session",
      answers: { 200: userRolesSchema },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const { target } = await loadUser(c, c.req.param("user"));
      return c.json({ roles: JSON.parse(target.roles) as SiteRole[], organization_roles: {} });
    },
  );

/** Everybody is a member: the word is taken and says nothing. */
const rolesBody = z.object({
  roles: z
    .array(z.enum([...siteRoles, "member"], { error: `must be of ${siteRoles.join(", ")}` }))
    .max(100)
    .transform((roles) => roles.filter((role): role is SiteRole => role !== "member")),
});

async function setStatus(c: Ctx, user: string, status: UserStatus) {
  const reads = statusReads(status, userIdByNameSql(user, currentUserIdSql(c)));
  const { actor, target, ...facts } = await loadUserWith(c, user, reads, userManagers);
  return userShape.from(await changeStatus(c.get("deps"), actor, target, status, facts));
}

export const userAccessRoutes = new Hono<Env>()
  .put(
    "/users/:user/password",
    endpoint({
      summary: "Change a password; ends all other sessions and tokens of the user",
      access: "session",
      answers: { 204: null },
      errors: [400, 401, 403, 404, 413, 415, 429, 503],
    }),
    valid("json", z.object({ old_password: text(1_024).nullish(), password: filledText(1_024) })),
    async (c) => {
      const { old_password, password } = c.req.valid("json");
      const { actor, target } = await loadUser(c, c.req.param("user"));
      const change = { oldPassword: old_password ?? "", password };
      await changePassword(c.get("deps"), actor, target, change);
      return c.body(null, 204);
    },
  )
  .post(
    "/users/:user/password/reset",
    endpoint({
      summary: "Email a user a link for setting a password",
      access: "session",
      answers: { 204: null },
      errors: [401, 403, 404, 409, 429],
    }),
    async (c) => {
      const { actor, target } = await loadUserWith(c, c.req.param("user"), {}, userManagers);
      await sendPasswordReset(c.get("deps"), actor, target);
      return c.body(null, 204);
    },
  )
  .put(
    "/users/:user/roles",
    endpoint({
      summary: "Set a user's site roles",
      access: "session",
      answers: { 200: userShape.schema },
      errors: [400, 401, 403, 404, 409, 413, 415],
    }),
    valid("json", rolesBody),
    async (c) => {
      const { roles } = c.req.valid("json");
      const { actor, target } = await loadUser(c, c.req.param("user"));
      return c.json(userShape.from(await changeRoles(c.get("deps"), actor, target, roles)));
    },
  )
  .put(
    "/users/:user/status/suspend",
    endpoint({
      summary: "Suspend a user; ends their sessions and tokens at once",
      access: "session",
      answers: { 200: userShape.schema },
      errors: [400, 401, 403, 404, 409],
    }),
    async (c) => {
      return c.json(await setStatus(c, c.req.param("user"), "suspended"));
    },
  )
  .put(
    "/users/:user/status/activate",
    endpoint({
      summary: "Activate a suspended user",
      access: "session",
      answers: { 200: userShape.schema },
      errors: [401, 403, 404],
    }),
    async (c) => {
      return c.json(await setStatus(c, c.req.param("user"), "active"));
    },
  );
