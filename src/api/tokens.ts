// Keys: API tokens, and sessions for clients that were given one. None is shown with its secret.
import * as z from "zod";
import { tokenScopes, type TokenScope } from "../../db/schema.ts";
import { findKey, findTokenByName, listTokens } from "../accounts/store/keys.ts";
import { field, number, shape, string, time, timeOrNever } from "../http/wire.ts";
import { Hono } from "hono";
import type { Actor } from "../accounts/rules/actor.ts";
import { tokenNamePattern, tokenNameRule } from "../accounts/rules/api-key.ts";
import { hasPermission } from "../accounts/rules/permissions.ts";
import { userIdByNameSql } from "../accounts/store/users.ts";
import { createSession, createToken, deleteUserKey } from "../accounts/tokens.ts";
import { notFound } from "../kernel/errors.ts";
import { endpoint, currentUserIdSql, valid, type Env } from "../http/endpoint.ts";
import { loadUser, loadUserWith } from "./user-shape.ts";

type KeyRow = ReturnType<typeof findKey>["_"]["result"][number];

export const keyShape = shape<KeyRow>("APIKey")({
  id: string((row) => row.id),
  user_id: string((row) => row.userId),
  last_used: timeOrNever((row) => row.lastUsedAt),
  expires_at: time((row) => row.expiresAt),
  created_at: time((row) => row.createdAt),
  updated_at: time((row) => row.updatedAt),
  login_type: field(z.enum(["password", "token"]), (row) => (row.kind === "token" ? "token" : "password")),
  scope: field(z.enum(tokenScopes), (row) => row.scope),
  scopes: field(z.array(z.enum(tokenScopes)), (row) => [row.scope]),
  token_name: string((row) => row.name),
  lifetime_seconds: number((row) => row.lifetimeSeconds),
});

export const tokenShape = shape<KeyRow & { username: string }>("APIKeyWithOwner")({
  ...keyShape.members,
  username: string((row) => row.username),
});

const nanosecondsPerMillisecond = 1_000_000;

/** Coder's newer clients write `coder:all`; an empty text is left out, like null. */
const anyScope = z.string().transform((text, context): TokenScope | undefined => {
  const scope = tokenScopes.find((one) => one === text.replace(/^coder:/, ""));
  if (scope === undefined && text !== "")
    context.addIssue({
      code: "custom",
      message: `"${text}" is no scope; known are ${tokenScopes.join(", ")}`,
    });
  return scope;
});

const newTokenBody = z.object({
  lifetime: z
    .number({ error: "must be a whole number of nanoseconds" })
    .refine(Number.isInteger, "must be a whole number of nanoseconds")
    .nullish()
    .transform((value) => (value == null ? undefined : value / nanosecondsPerMillisecond)),
  scope: anyScope.nullish(),
  scopes: z.array(anyScope).max(1, "may have one scope").nullish(),
  token_name: z
    .string()
    .regex(new RegExp(`^$|${tokenNamePattern.source}`), { error: tokenNameRule })
    .nullish(),
  allow_list: z
    .array(z.literal("*:*", { error: "lists of resources are not supported; leave it out" }))
    .nullish(),
});
const flag = z
  .enum(["true", "false", ""], { error: "must be true or false" })
  .optional()
  .transform((value) => value === "true");
const listQuery = z.object({ include_all: flag, include_expired: flag });
const newKeySchema = z.object({ key: z.string() });

const mayRead = (actor: Actor, userId: string) =>
  actor.userId === userId || hasPermission(actor, "tokens:read-others");

export const keyReaders = {
  permission: "tokens:read-others",
  deniedMessage: "Only the user, owners and auditors can see these keys.",
} as const;
export const keyManagers = {
  permission: "tokens:manage-others",
  deniedMessage: "Only the user and owners can delete these keys.",
} as const;

export const tokenRoutes = new Hono<Env>()
  .post(
    "/users/:user/keys",
    endpoint({
      summary: "Create a session key, for a client that was given a token",
      access: "session",
      answers: { 201: newKeySchema },
      errors: [401, 403, 404, 409],
    }),
    async (c) => {
      const { actor, target } = await loadUser(c, c.req.param("user"));
      const key = await createSession(c.get("deps"), actor, target, c.req.header("user-agent"));
      return c.json({ key }, 201);
    },
  )
  .post(
    "/users/:user/keys/tokens",
    endpoint({
      summary: "Create an API token; its secret is returned only once",
      access: "session",
      answers: { 201: newKeySchema },
      errors: [400, 401, 403, 404, 409, 413, 415],
    }),
    valid("json", newTokenBody),
    async (c) => {
      const { lifetime, scope, scopes, token_name } = c.req.valid("json");
      const { actor, target } = await loadUser(c, c.req.param("user"));
      const input = { lifetime, scope: scopes?.[0] ?? scope ?? "all", name: token_name || undefined };
      const key = await createToken(c.get("deps"), actor, target, input);
      return c.json({ key }, 201);
    },
  )
  .get(
    "/users/:user/keys/tokens",
    endpoint({
      summary: "List a user's tokens, oldest first; with include_all everybody's, for owners and auditors",
      access: "session",
      answers: { 200: z.array(tokenShape.schema) },
      errors: [400, 401, 403, 404],
    }),
    valid("query", listQuery),
    async (c) => {
      const { include_all, include_expired } = c.req.valid("query");
      const name = c.req.param("user");
      const whose = include_all ? null : userIdByNameSql(name, currentUserIdSql(c));
      const from = include_expired ? 0 : c.get("deps").now();
      const { actor, rows } = await loadUserWith(c, name, { rows: listTokens(whose, from) }, keyReaders);
      // Asking for everybody's is no mistake for others: they get what they may see, their own.
      const seen = rows.filter(({ key }) => mayRead(actor, key.userId));
      return c.json(seen.map(({ key, username }) => tokenShape.from({ ...key, username })));
    },
  )
  .get(
    "/users/:user/keys/tokens/tokenconfig",
    endpoint({
      summary: "Get the maximum lifetime of a token, in nanoseconds",
      access: "session",
      answers: { 200: z.object({ max_token_lifetime: z.number() }) },
      errors: [401, 403, 404],
    }),
    async (c) => {
      await loadUser(c, c.req.param("user"));
      const { maxTokenLifetime } = c.get("deps").config;
      return c.json({ max_token_lifetime: maxTokenLifetime * nanosecondsPerMillisecond });
    },
  )
  .get(
    "/users/:user/keys/tokens/:name",
    endpoint({
      summary: "Get a token by name",
      access: "session",
      answers: { 200: keyShape.schema },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const name = c.req.param("user");
      const token = findTokenByName(userIdByNameSql(name, currentUserIdSql(c)), c.req.param("name"));
      const answers = await loadUserWith(c, name, { token }, keyReaders);
      if (answers.token[0] === undefined) throw notFound("Token");
      return c.json(keyShape.from(answers.token[0]));
    },
  )
  .get(
    "/users/:user/keys/:id",
    endpoint({
      summary: "Get a session or token by id",
      access: "session",
      answers: { 200: keyShape.schema },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const reads = { key: findKey(c.req.param("id")) };
      const { target, key } = await loadUserWith(c, c.req.param("user"), reads, keyReaders);
      if (key[0]?.userId !== target.id) throw notFound("Key");
      return c.json(keyShape.from(key[0]));
    },
  )
  .delete(
    "/users/:user/keys/:id",
    endpoint({
      summary: "Delete a session or token",
      access: "session",
      answers: { 204: null },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const reads = { key: findKey(c.req.param("id")) };
      const { actor, target, key } = await loadUserWith(c, c.req.param("user"), reads, keyManagers);
      if (key[0]?.userId !== target.id) throw notFound("Key");
      await deleteUserKey(c.get("deps"), actor, key[0]);
      return c.body(null, 204);
    },
  );
