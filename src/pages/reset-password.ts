// Password reset: requesting a passcode, and the page that the email links to. The code moves from the URL into a cookie
// at once, to keep it out of history and `Referer`; only the POST consumes it, so link scanners don't.
import { Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { html } from "./html.ts";
import * as z from "zod";
import { changeWithPasscode, requestPasscode } from "../accounts/passcodes.ts";
import { passcodeLifetimeMs } from "../accounts/rules/one-time-codes.ts";
import { problemWithEmail } from "../accounts/rules/profile.ts";
import { signIn } from "../accounts/sessions.ts";
import { isHttps, setDeviceCookie, setSessionCookie } from "../http/credentials.ts";
import type { Ctx, Env } from "../http/endpoint.ts";
import { ApiError, invalid } from "../kernel/errors.ts";
import { fields, problem, readForm, type Field } from "./form.ts";
import { respondWithPage } from "./layout.ts";
import { ownForm } from "./session.ts";

const requestPath = "/reset-password";
const changePath = "/reset-password/change";
const cookie = "belfry_passcode";
const maxLength = 300;

const passcodeSchema = z.object({ email: z.string().max(maxLength), code: z.string().max(maxLength) });
type MailedPasscode = z.infer<typeof passcodeSchema>;

export const resetPasswordPages = new Hono<Env>()
  .get(requestPath, (c) => (c.req.query("sent") === undefined ? showRequestForm(c) : showSent(c)))
  .post(requestPath, ownForm, async (c) => {
    const { email } = await readForm(c, ["email"]);
    try {
      const wrong = problemWithEmail(email.trim());
      if (wrong !== undefined) throw invalid("email", wrong);
      await requestPasscode(c.get("deps"), email);
    } catch (error) {
      return showRequestForm(c, email, formError(c, error));
    }
    return c.redirect(`${requestPath}?sent`, 303);
  })
  .get(changePath, (c) => {
    const { otp, email = "" } = c.req.query();
    if (otp === undefined) return showChangeForm(c, readPasscode(c));
    savePasscode(c, { email, code: otp });
    c.header("referrer-policy", "no-referrer");
    return c.redirect(changePath, 303);
  })
  .post(changePath, ownForm, async (c) => {
    const form = await readForm(c, ["email", "one_time_passcode", "password"]);
    const fromMail = form.one_time_passcode === "" ? readPasscode(c) : undefined;
    const { email, code } = fromMail ?? { email: form.email.trim(), code: form.one_time_passcode };
    const { password } = form;
    try {
      if (code.trim() === "") throw invalid("one_time_passcode", "enter the code from the email");
      const change = { email, passcode: code, password };
      await changeWithPasscode(c.get("deps"), change);
    } catch (error) {
      const shown = formError(c, error);
      // A code that is no good has had its time; one whose password is no good is kept for the next.
      const isUsedUp = shown.status === 400 && shown.validations === undefined;
      if (isUsedUp) clearPasscode(c);
      return showChangeForm(c, isUsedUp ? undefined : fromMail, { email, error: shown });
    }
    clearPasscode(c);
    return signInAfterChange(c, email, password);
  });

/** Errors that the form shows; internal errors go to the error page. */
function formError(c: Ctx, error: unknown): ApiError {
  if (!(error instanceof ApiError) || (error.status >= 500 && error.status !== 503)) throw error;
  for (const [name, value] of Object.entries(error.headers)) c.header(name, value);
  return error;
}

/** Signs in with the new password. */
async function signInAfterChange(c: Ctx, email: string, password: string): Promise<Response> {
  try {
    const session = await signIn(c.get("deps"), { email, password, userAgent: c.req.header("user-agent") });
    setSessionCookie(c, session.key, session.expiresAt);
    setDeviceCookie(c, session.device);
    return c.redirect("/inbox", 303);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return c.redirect("/login?password_changed", 303);
  }
}

const attributes = (c: Ctx) =>
  ({ path: changePath, httpOnly: true, sameSite: "Lax", secure: isHttps(c) }) as const;

function savePasscode(c: Ctx, value: MailedPasscode): void {
  const text = Buffer.from(JSON.stringify(value)).toString("base64url");
  if (passcodeSchema.safeParse(value).success)
    setCookie(c, cookie, text, { ...attributes(c), maxAge: passcodeLifetimeMs / 1_000 });
}

const clearPasscode = (c: Ctx) => deleteCookie(c, cookie, attributes(c));

function readPasscode(c: Ctx): MailedPasscode | undefined {
  try {
    return passcodeSchema.parse(JSON.parse(Buffer.from(getCookie(c, cookie) ?? "", "base64url").toString()));
  } catch {
    return undefined;
  }
}

const respond = (c: Ctx, title: string, main: ReturnType<typeof html>, status?: number) =>
  respondWithPage(c, { title, main, shape: "narrow" }, status);

function showRequestForm(c: Ctx, email?: string, error?: ApiError) {
  const form: Field[] = [
    {
      name: "email",
      label: "Email address",
      type: "email",
      autocomplete: "username",
      value: email,
      autofocus: true,
    },
  ];
  if (c.get("deps").config.notifications.channels.smtp === undefined) return showNoEmail(c);
  const main = html`<form class="sheet" method="post" action="${requestPath}">
    <h1>Forgot your password?</h1>
    <p>Belfry emails you a link and a code for setting a new password.</p>
    ${problem(error, form)} ${fields(form, error)}
    <button class="button primary" type="submit">Send reset link</button>
    <p class="aside"><a href="${changePath}">I have a code</a> <a href="/login">Back to sign-in</a></p>
  </form>`;
  return respond(c, "Forgot your password?", main, error?.status);
}

function showNoEmail(c: Ctx) {
  const main = html`<article class="sheet">
    <h1>Forgot your password?</h1>
    <p>
      This server can't send email. Ask an administrator to reset your password: under Users, or on the server
      with <code>belfry admin reset-password EMAIL</code>.
    </p>
    <p class="aside"><a href="/login">Back to sign-in</a></p>
  </article>`;
  return respond(c, "Forgot your password?", main);
}

function showSent(c: Ctx) {
  const main = html`<article class="sheet">
    <h1>Check your email</h1>
    <p role="status">
      If an account with this address exists, Belfry sent an email with a link and a code. They work once and
      expire after 20 minutes.
    </p>
    <p>No email after a minute? Check your spam folder, or contact your administrator.</p>
    <p class="aside">
      <a href="${changePath}">Enter the code</a> <a href="${requestPath}">Use another address</a>
    </p>
  </article>`;
  return respond(c, "Check your email", main);
}

function showChangeForm(
  c: Ctx,
  fromMail: MailedPasscode | undefined,
  again?: { email: string; error: ApiError },
) {
  const { error, email } = again ?? {};
  const form = [...(fromMail === undefined ? codeFields(email) : []), passwordField(fromMail !== undefined)];
  const main = html`<form class="sheet" method="post" action="${changePath}">
    <h1>Set a new password</h1>
    ${
      fromMail === undefined
        ? ""
        : html`<p>For <strong>${fromMail.email}</strong>.</p>
            <input type="hidden" name="email" value="${fromMail.email}" autocomplete="username" />`
    }
    ${problem(error, form)} ${fields(form, error)}
    <p class="hint">This revokes all your sessions and tokens.</p>
    <button class="button primary" type="submit">Set password</button>
    <p class="aside"><a href="${requestPath}">Request another code</a></p>
  </form>`;
  return respond(c, "Set a new password", main, error?.status);
}

const codeFields = (email: string | undefined): Field[] => [
  {
    name: "email",
    label: "Email address",
    type: "email",
    autocomplete: "username",
    value: email,
    autofocus: true,
  },
  {
    name: "one_time_passcode",
    label: "Code",
    type: "text",
    autocomplete: "one-time-code",
    hint: "From the email, for example 7KQM-40618253.",
  },
];

const passwordField = (autofocus: boolean): Field => ({
  name: "password",
  label: "New password",
  type: "password",
  autocomplete: "new-password",
  hint: "At least 8 characters. Several unrelated words work well.",
  autofocus,
});
