// Routes of users: the first one, the list, creating, changing and deleting one.
import * as z from "zod";
import { Hono } from "hono";
import { createFirstUser, isSetUp, type SetupRequest } from "../accounts/setup.ts";
import { ApiError, invalid } from "../kernel/errors.ts";
import { endpoint, valid, type Ctx, type Env, readAsUser } from "../http/endpoint.ts";
import { messageSchema, text } from "../http/schemas.ts";
import { accountCreated, accountDeleted } from "../accounts/account-kinds.ts";
import { parseUserSearch } from "../accounts/rules/user-search.ts";
import { countUsers, listUsers } from "../accounts/store/directory.ts";
import { listOrganizations } from "../accounts/store/deployment.ts";
import { changeProfile, createUser, deleteUser } from "../accounts/users.ts";
import { listCount, listLimit, toListCount, wholeNumber } from "../http/schemas.ts";
import { loadUser, loadUserWith, userCreators, userManagers, userReaders, userShape } from "./user-shape.ts";

const firstUserBody = z.object({
  email: text(1_024),
  username: text(1_024),
  name: text(1_024).nullish(),
  password: text(1_024),
  setup_code: text(100).nullish(),
});

/** Headers by which a proxy says that a request came through it. */
const proxyHeaders = [
  "forwarded",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-real-ip",
  "cf-connecting-ip",
];

/** What the verb has to know of a request, the page's as well as the API's. */
export function setupRequestOf(c: Ctx, setupCode: string | undefined): SetupRequest {
  const { proxy } = c.get("deps").config;
  return {
    host: c.req.header("host") ?? "",
    forwarded: [...proxyHeaders, proxy?.header].some(
      (name) => name !== undefined && c.req.header(name) !== undefined,
    ),
    setupCode: setupCode ?? c.req.header("belfry-setup-code"),
  };
}

export const firstUserRoutes = new Hono<Env>()
  .get(
    "/users/first",
    endpoint({
      summary: "Check whether the first user exists: 404 until then",
      access: "anyone",
      answers: { 200: messageSchema },
      errors: [404],
    }),
    async (c) => {
      if (!(await isSetUp(c.get("deps"))))
        throw new ApiError(404, "Belfry isn't set up. Create the first user at /setup.");
      return c.json({ message: "The first user has been created." });
    },
  )
  .post(
    "/users/first",
    endpoint({
      summary: "Create the first user, an owner; from another machine with the setup code",
      access: "anyone",
      answers: { 201: z.object({ user_id: z.string(), organization_id: z.string() }) },
      errors: [400, 403, 409, 413, 415, 429, 503],
    }),
    valid("json", firstUserBody),
    async (c) => {
      const { setup_code, name, ...rest } = c.req.valid("json");
      const input = { ...rest, name: name ?? "" };
      const request = setupRequestOf(c, setup_code ?? undefined);
      const created = await createFirstUser(c.get("deps"), input, request);
      return c.json({ user_id: created.userId, organization_id: created.organizationId }, 201);
    },
  );

const listQuery = z.object({
  q: text(1_000)
    .optional()
    .transform((q, context) => {
      const verdict = parseUserSearch(q ?? "");
      if (verdict.ok) return verdict.search;
      context.addIssue({ code: "custom", message: verdict.problem });
      return z.NEVER;
    }),
  limit: listLimit,
  offset: wholeNumber,
});

/** Coder's clients send null, or an empty text, for what they leave out. */
const newUserBody = z.object({
  email: text(1_024),
  username: text(1_024),
  name: text(1_024).nullish(),
  password: text(1_024),
  login_type: z.enum(["password", ""], { error: "must be password, the only way to sign in" }).nullish(),
  organization_ids: z.array(z.string()).nullish(),
  user_status: z.enum(["active", "suspended", ""], { error: "must be active or suspended" }).nullish(),
});

export const userRoutes = new Hono<Env>()
  .get(
    "/users",
    endpoint({
      summary: "List users by name; q takes words, status:active and role:owner",
      access: "session",
      requires: userReaders,
      answers: { 200: z.object({ users: z.array(userShape.schema), count: listCount }) },
      errors: [400, 401, 403],
    }),
    valid("query", listQuery),
    async (c) => {
      const { q, limit, offset } = c.req.valid("query");
      const { rows, total } = await readAsUser(c, {
        rows: listUsers(q, { limit, offset }),
        total: countUsers(q, { offset }),
      });
      return c.json({ users: rows.map(userShape.from), count: toListCount(total, { offset }) });
    },
  )
  .post(
    "/users",
    endpoint({
      summary: "Create a user",
      access: "session",
      requires: userCreators,
      answers: { 201: userShape.schema },
      errors: [400, 401, 403, 409, 413, 415, 503],
    }),
    valid("json", newUserBody),
    async (c) => {
      const { email, username, name, password, organization_ids, user_status } = c.req.valid("json");
      const { actor, organizations, ...facts } = await readAsUser(c, {
        organizations: listOrganizations(),
        ...accountCreated.reads(),
      });
      const unknown = (organization_ids ?? []).filter((id) => !organizations.some((row) => row.id === id));
      if (unknown.length > 0) throw invalid("organization_ids", `unknown organization ${unknown.join(", ")}`);
      const status = user_status === "suspended" ? "suspended" : "active";
      const input = { email, username, name: name ?? "", password, status } as const;
      return c.json(userShape.from(await createUser(c.get("deps"), actor, input, facts)), 201);
    },
  )
  .get(
    "/users/:user",
    endpoint({
      summary: "Get a user: me, an id or a username",
      access: "session",
      answers: { 200: userShape.schema },
      errors: [401, 403, 404],
    }),
    async (c) => c.json(userShape.from((await loadUser(c, c.req.param("user"))).target)),
  )
  .delete(
    "/users/:user",
    endpoint({
      summary: "Delete a user; ends their sessions and tokens",
      access: "session",
      answers: { 200: messageSchema },
      errors: [401, 403, 404, 409],
    }),
    async (c) => {
      const { actor, target, ...facts } = await loadUserWith(
        c,
        c.req.param("user"),
        accountDeleted.reads(),
        userManagers,
      );
      await deleteUser(c.get("deps"), actor, target, facts);
      return c.json({ message: "The user has been removed." });
    },
  )
  .put(
    "/users/:user/profile",
    endpoint({
      summary: "Change a user's username and name",
      access: "session",
      answers: { 200: userShape.schema },
      errors: [400, 401, 403, 404, 409, 413, 415],
    }),
    valid("json", z.object({ username: text(1_024), name: text(1_024).nullish() })),
    async (c) => {
      const { username, name } = c.req.valid("json");
      const { actor, target } = await loadUser(c, c.req.param("user"));
      const input = { username, name: name ?? undefined };
      return c.json(userShape.from(await changeProfile(c.get("deps"), actor, target, input)));
    },
  );
