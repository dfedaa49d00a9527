// Routes of a forgotten password: asking for a passcode by mail, and setting a new password with it.
import { Hono } from "hono";
import * as z from "zod";
import { changeWithPasscode, requestPasscode } from "../accounts/passcodes.ts";
import { problemWithEmail } from "../accounts/rules/profile.ts";
import { endpoint, valid, type Env } from "../http/endpoint.ts";
import { filledText, text } from "../http/schemas.ts";

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
      await requestPasscode(c.get("deps"), c.req.valid("json").email);
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
