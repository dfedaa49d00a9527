// Routes of the set-up: whether there is a first user, and making them.
import { Hono } from "hono";
import * as z from "zod";
import { createFirstUser, isSetUp, type SetupRequest } from "../accounts/setup.ts";
import { ApiError } from "../kernel/errors.ts";
import { endpoint, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { messageSchema, text } from "../http/schemas.ts";

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
      if (!(await isSetUp(c.get("deps")))) throw new ApiError(404, "There is no first user yet.");
      return c.json({ message: "The first user has been made." });
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
      const made = await createFirstUser(c.get("deps"), input, request);
      return c.json({ user_id: made.userId, organization_id: made.organizationId }, 201);
    },
  );
