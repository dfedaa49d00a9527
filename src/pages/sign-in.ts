// Sign-in and sign-out. `/` redirects to inbox, sign-in or setup; the sign-in form returns to the requested page.
import { Hono } from "hono";
import { html } from "hono/html";
import { signIn, signOut } from "../accounts/sessions.ts";
import { isSetUp } from "../accounts/setup.ts";
import { clearSessionCookie, readDeviceCookie, setDeviceCookie, setSessionCookie } from "../http/cookies.ts";
import { readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { ApiError } from "../kernel/errors.ts";
import { fields, problem, readForm, type Field } from "./form.ts";
import { respondWithPage, type Html } from "./layout.ts";
import { afterSignIn } from "./rules/links.ts";
import { httpsInstead } from "./rules/plain-http.ts";
import { bringCredential, ownForm } from "./session.ts";

export const signInPages = new Hono<Env>()
  .get("/", async (c) => {
    if ((await actorOf(c)) !== undefined) return c.redirect("/inbox", 303);
    return c.redirect((await isSetUp(c.get("deps"))) ? "/login" : "/setup", 303);
  })
  .get("/login", async (c) => {
    const next = afterSignIn(c.req.query("next"));
    if ((await actorOf(c)) !== undefined) return c.redirect(next, 303);
    if (!(await isSetUp(c.get("deps")))) return c.redirect("/setup", 303);
    return showSignIn(c, { next, note: noteOf(c.req.query()) });
  })
  .post("/login", ownForm, async (c) => {
    const { email, password, next } = await readForm(c, ["email", "password", "next"]);
    try {
      const given = { email: email.trim(), password, device: readDeviceCookie(c) };
      const session = await signIn(c.get("deps"), given);
      setSessionCookie(c, session.key, session.expiresAt);
      setDeviceCookie(c, session.device);
      return c.redirect(afterSignIn(next), 303);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status >= 500) throw error;
      for (const [name, value] of Object.entries(error.headers)) c.header(name, value);
      return showSignIn(c, { next: afterSignIn(next), email, error });
    }
  })
  .post("/logout", ownForm, async (c) => {
    const actor = await actorOf(c);
    if (actor !== undefined) await signOut(c.get("deps"), actor);
    clearSessionCookie(c);
    return c.redirect("/login?signed_out", 303);
  });

/** The signed-in user; undefined without a valid session. */
async function actorOf(c: Ctx) {
  if (!bringCredential(c)) return undefined;
  try {
    return (await readAsUser(c, {})).actor;
  } catch (error) {
    if (error instanceof ApiError && error.status < 500) return undefined;
    throw error;
  }
}

/** Warns that the session cookie won't be kept; `path` is the page to open over https. */
export function plainHttpWarning(c: Ctx, path: string): Html | string {
  const origin = httpsInstead({
    accessUrl: c.get("deps").config.accessUrl,
    forwardedProto: c.req.header("x-forwarded-proto") ?? null,
    secFetchSite: c.req.header("sec-fetch-site") ?? null,
  });
  if (origin === null) return "";
  return html`<div class="problem" role="alert">
    <p>
      Use <a href="${origin}${path}">${origin}${path}</a>. Over plain HTTP your browser can't keep you signed
      in, and your password is sent unencrypted.
    </p>
  </div>`;
}

interface SignInPage {
  next: string;
  email?: string;
  /** The completed action. */
  note?: string | undefined;
  error?: ApiError;
}

function noteOf(query: Record<string, string>): string | undefined {
  if (query["signed_out"] !== undefined) return "You are signed out.";
  return query["password_changed"] === undefined ? undefined : "Your password was changed. Sign in with it.";
}

function showSignIn(c: Ctx, { next, email, note, error }: SignInPage) {
  const form: Field[] = [
    {
      name: "email",
      label: "Email address",
      type: "email",
      autocomplete: "username",
      value: email,
      autofocus: email === undefined,
    },
    {
      name: "password",
      label: "Password",
      type: "password",
      autocomplete: "current-password",
      autofocus: email !== undefined,
    },
  ];
  const main = html`<form class="sheet" method="post" action="/login">
    <h1>Sign in</h1>
    ${plainHttpWarning(c, "/login")}
    ${note !== undefined && error === undefined ? html`<p class="note" role="status">${note}</p>` : ""}
    ${problem(error, form)} ${fields(form, error)}
    <input type="hidden" name="next" value="${next}" />
    <button class="button primary" type="submit">Sign in</button>
    <p class="aside"><a href="/reset-password">Forgot password?</a></p>
  </form>`;
  return respondWithPage(c, { title: "Sign in", main, shape: "narrow" }, error?.status);
}
