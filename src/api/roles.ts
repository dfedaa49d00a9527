// Routes of site roles: which there are, and which a user has. Coder's command line asks before it gives some.
import { Hono } from "hono";
import * as z from "zod";
import { siteRoles, type SiteRole } from "../../db/schema.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { canAssignRole } from "../accounts/rules/permissions.ts";
import { endpoint, readAsUser, type Env } from "../http/endpoint.ts";
import { boolean, field, fixed, shape, string } from "../http/wire.ts";
import { loadUser, roleNames } from "./user-shape.ts";

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
