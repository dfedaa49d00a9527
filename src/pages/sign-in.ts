// Sign-in and sign-out, and the token for the CLI. `/` redirects to inbox, sign-in or setup; the sign-in form returns to the
// requested page.
import { Hono } from "hono";
import { html } from "./html.ts";
import { signIn, signOut } from "../accounts/sessions.ts";
import { isSetUp } from "../accounts/setup.ts";
import {
  clearSessionCookie,
  readDeviceCookie,
  setDeviceCookie,
  setSessionCookie,
} from "../http/credentials.ts";
import { readAsUser, type Ctx, type Env, currentUserIdSql } from "../http/endpoint.ts";
import { ApiError, unauthorized } from "../kernel/errors.ts";
import { keyToCopy } from "./components.ts";
import { fields, problem, readForm, type Field } from "./form.ts";
import { respondWithPage, type Html } from "./layout.ts";
import { afterSignIn, httpsOrigin } from "./rules/links.ts";
import { loadCredential, ownForm, signedIn } from "./session.ts";
import { createSession } from "../accounts/tokens.ts";
import { findUser } from "../accounts/store/users.ts";

export const signInPages = new Hono<Env>()
  .get("/", async (c) => {
    if ((await actorOf(c)) !== undefined) return c.redirect("/inbox", 303);
    return c.redirect((await isSetUp(c.get("deps"))) ? "/login" : "/setup", 303);
  })
  .get("/login", async (c) => {
    const next = afterSignIn(c.req.query("next"));
    if ((await actorOf(c)) !== undefined) return c.redirect(next, 303);
    if (!(await isSetUp(c.get("deps")))) return c.redirect("/setup", 303);
    return showSignIn(c, { next, note: signInNote(c.req.query()) });
  })
  .post("/login", ownForm, async (c) => {
    const { email, password, next } = await readForm(c, ["email", "password", "next"]);
    try {
      const device = readDeviceCookie(c);
      const userAgent = c.req.header("user-agent");
      const given = { email: email.trim(), password, device, userAgent };
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
  if (!loadCredential(c)) return undefined;
  try {
    return (await readAsUser(c, {})).actor;
  } catch (error) {
    if (error instanceof ApiError && error.status < 500) return undefined;
    throw error;
  }
}

/** Warns that the session cookie won't be kept; `path` is the page to open over https. */
export function plainHttpWarning(c: Ctx, path: string): Html | string {
  const origin = httpsOrigin({
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

function signInNote(query: Record<string, string>): string | undefined {
  if (query["signed_out"] !== undefined) return "You are signed out.";
  return query["password_changed"] === undefined
    ? undefined
    : "Password changed. Sign in with the new password.";
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

const path = "/cli-auth";

export const cliAuthPages = new Hono<Env>()
  .get(path, signedIn, async (c) => {
    const { actor } = await readAsUser(c, {});
    const main = html`<form class="sheet" method="post" action="${path}">
      <h1>Sign in to the CLI</h1>
      <p>
        Create a token and paste it into your terminal. It signs the CLI in as
        <strong>${actor.username}</strong>, with all your permissions.
      </p>
      <button class="button primary" type="submit">Create token</button>
    </form>`;
    return respondWithPage(c, { title: "Sign in to the CLI", main, shape: "narrow" });
  })
  .post(path, signedIn, async (c) => {
    const { actor, self } = await readAsUser(c, { self: findUser("me", currentUserIdSql(c)) });
    if (self[0] === undefined) throw unauthorized();
    const terminal = "Belfry CLI";
    const key = await createSession(c.get("deps"), actor, self[0], terminal);
    const main = html`<article class="sheet">
      <h1>Your token</h1>
      <p>Paste it into your terminal. It is shown only once.</p>
      ${keyToCopy("Token", key)}
      <p>Keep it secret: it gives full access to your account. <code>belfry logout</code> revokes it.</p>
    </article>`;
    return respondWithPage(c, {
      title: "Your token",
      main,
      shape: "narrow",
      scripts: ["copy.js"],
    });
  });
