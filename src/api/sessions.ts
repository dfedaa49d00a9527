// Routes of signing in and out, and of a forgotten password.
import * as z from "zod";
import { Hono } from "hono";
import { signIn, signOut } from "../accounts/sessions.ts";
import { validatePasswordForCaller } from "../accounts/validation.ts";
import {
  clearSessionCookie,
  readDeviceCookie,
  setDeviceCookie,
  setSessionCookie,
} from "../http/credentials.ts";
import { endpoint, readAsUser, valid, type Env } from "../http/endpoint.ts";
import { filledText, messageSchema, text } from "../http/schemas.ts";
import { changeWithPasscode, requestPasscode } from "../accounts/passcodes.ts";
import { problemWithEmail } from "../accounts/rules/profile.ts";

const methodsSchema = z.object({
  password: z.object({ enabled: z.boolean() }),
  github: z.object({ enabled: z.boolean(), default_provider_configured: z.boolean() }),
  oidc: z.object({ enabled: z.boolean(), signInText: z.string(), iconUrl: z.string() }),
});

export const sessionRoutes = new Hono<Env>()
  .post(
    "/users/login",
    endpoint({
      summary: "Sign in with email and password; returns a session key and sets it as a cookie",
      access: "anyone",
      answers: { 201: z.object({ session_token: z.string() }) },
      errors: [400, 401, 403, 413, 415, 429, 503],
    }),
    valid("json", z.object({ email: filledText(1_024), password: filledText(1_024) })),
    async (c) => {
      const given = {
        ...c.req.valid("json"),
        device: readDeviceCookie(c),
        userAgent: c.req.header("user-agent"),
      };
      const session = await signIn(c.get("deps"), given);
      setSessionCookie(c, session.key, session.expiresAt);
      setDeviceCookie(c, session.device);
      return c.json({ session_token: session.key }, 201);
    },
  )
  .post(
    "/users/logout",
    endpoint({
      summary: "Delete the session or token that the request uses",
      access: "session",
      answers: { 200: messageSchema },
      errors: [401, 403],
    }),
    async (c) => {
      const { actor } = await readAsUser(c, {});
      await signOut(c.get("deps"), actor);
      clearSessionCookie(c);
      return c.json({ message: "You are signed out." });
    },
  )
  .get(
    "/users/authmethods",
    endpoint({
      summary: "List the authentication methods",
      access: "anyone",
      answers: { 200: methodsSchema },
      errors: [],
    }),
    (c) =>
      c.json({
        password: { enabled: true },
        github: { enabled: false, default_provider_configured: false },
        oidc: { enabled: false, signInText: "", iconUrl: "" },
      }),
  )
  .post(
    "/users/validate-password",
    endpoint({
      summary: "Validate a password",
      access: "anyone",
      answers: { 200: z.object({ valid: z.boolean(), details: z.string() }) },
      errors: [400, 403, 413, 415, 429],
    }),
    valid(
      "json",
      z.object({
        password: text(10_000),
        email: text(1_024).nullish().meta({ description: "whose it is to be" }),
        username: text(1_024).nullish(),
      }),
    ),
    async (c) => {
      const { password, email, username } = c.req.valid("json");
      const owner = { email: email ?? undefined, username: username ?? undefined };
      return c.json(await validatePasswordForCaller(c.get("deps"), password, owner));
    },
  );

const email = text(1_024).superRefine((address, context) => {
  const problem = problemWithEmail(address.trim());
  if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
});

export const passcodeRoutes = new Hono<Env>()
  .post(
    "/users/otp/request",
    endpoint({
      summary:
        "Have a passcode mailed, for a new password; the answer is the same whether there is such an account",
      access: "anyone",
      answers: { 204: null },
      errors: [400, 403, 413, 415, 429],
    }),
    valid("json", z.object({ email })),
    async (c) => {
      const deps = c.get("deps");
      await requestPasscode(deps, c.req.valid("json").email);
      // Says nothing of the account: readiness says the same to everybody.
      if (deps.config.notifications.channels.smtp === undefined) c.header("belfry-no-email", "true");
      return c.body(null, 204);
    },
  )
  .post(
    "/users/otp/change-password",
    endpoint({
      summary: "Set a new password with a passcode; ends all sessions and tokens of the user",
      access: "anyone",
      answers: { 204: null },
      errors: [400, 403, 413, 415, 429, 503],
    }),
    valid("json", z.object({ email, one_time_passcode: filledText(100), password: filledText(1_024) })),
    async (c) => {
      const { email, one_time_passcode: passcode, password } = c.req.valid("json");
      await changeWithPasscode(c.get("deps"), { email, passcode, password });
      return c.body(null, 204);
    },
  );
