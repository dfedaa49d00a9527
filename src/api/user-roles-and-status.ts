// Routes of what a user may and may not: password, roles, suspension.
import { Hono } from "hono";
import * as z from "zod";
import { siteRoles, type SiteRole, type UserStatus } from "../../db/schema.ts";
import { changePassword } from "../accounts/change-password.ts";
import { changeRoles, changeStatus, statusReads } from "../accounts/roles-and-status.ts";
import { userIdByNameSql } from "../accounts/store/users.ts";
import { endpoint, currentUserIdSql, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { filledText, text } from "../http/schemas.ts";
import { loadUser, loadUserWith, userManagers, userShape } from "./user-shape.ts";

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
