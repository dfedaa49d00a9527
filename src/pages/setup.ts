// First run: creates the first user, an owner, and signs them in. Redirects to sign-in once a user exists.
import { Hono } from "hono";
import { html } from "./html.ts";
import { isLocalCaller } from "../accounts/rules/one-time-codes.ts";
import { signIn } from "../accounts/sessions.ts";
import { createFirstUser, isSetUp, originOfSetupCode } from "../accounts/setup.ts";
import { setDeviceCookie, setSessionCookie } from "../http/credentials.ts";
import { setupRequestOf } from "../api/users.ts";
import type { Ctx, Env } from "../http/endpoint.ts";
import type { Deps } from "../kernel/deps.ts";
import { ApiError } from "../kernel/errors.ts";
import { fields, problem, readForm, type Field } from "./form.ts";
import { respondWithPage } from "./layout.ts";
import { plainHttpWarning } from "./sign-in.ts";
import { ownForm } from "./session.ts";

const names = ["email", "username", "name", "password", "setup_code"] as const;
type Values = Partial<Record<(typeof names)[number], string>>;

export const setupPages = new Hono<Env>()
  .get("/setup", async (c) => {
    if (await isSetUp(c.get("deps"))) return c.redirect("/login", 303);
    return showSetup(c, {});
  })
  .post("/setup", ownForm, async (c) => {
    const deps = c.get("deps");
    const values = await readForm(c, names);
    const { email, username, name, password, setup_code: setupCode } = values;
    try {
      const user = { email: email.trim(), username: username.trim(), name: name.trim(), password };
      await createFirstUser(deps, user, setupRequestOf(c, setupCode));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status >= 500) throw error;
      if (error.status === 409 && error.validations === undefined) return c.redirect("/login", 303);
      return showSetup(c, values, error.status === 403 ? wrongCode(deps, setupCode) : error);
    }
    const userAgent = c.req.header("user-agent");
    const session = await signIn(deps, { email: email.trim(), password, userAgent });
    setSessionCookie(c, session.key, session.expiresAt);
    setDeviceCookie(c, session.device);
    return c.redirect("/inbox", 303);
  });

function showSetup(c: Ctx, values: Values, error?: ApiError) {
  const deps = c.get("deps");
  const { clientAddress: address } = deps;
  const needsCode = !isLocalCaller({ address, ...setupRequestOf(c, undefined) });
  const form = setupFields(values, needsCode ? codeHint(deps) : undefined);
  const main = html`<form class="sheet" method="post" action="/setup">
    <h1>Welcome to Belfry</h1>
    <p>
      Belfry notifies people when something happens to their workspaces. Create the first account: an owner,
      with all permissions.
    </p>
    ${plainHttpWarning(c, "/setup")} ${problem(error, form)} ${fields(form, error)}
    <button class="button primary" type="submit">Create account</button>
  </form>`;
  return respondWithPage(c, { title: "Set up", main, shape: "narrow" }, error?.status);
}

/** Of the setup code. */
const codeHint = ({ process }: Deps): string =>
  `${process.printsSetupCode ? "Printed by the server at startup." : "Printed by npm run db:migrate, where you deploy from."} It proves that you control the server.`;

/** `hint`: of the setup code, where one is needed. */
function setupFields(values: Values, hint: string | undefined): Field[] {
  const code: Field = {
    name: "setup_code",
    label: "Setup code",
    type: "text",
    autocomplete: "one-time-code",
    hint: hint ?? "",
    value: values.setup_code,
  };
  return [
    {
      name: "email",
      label: "Email address",
      type: "email",
      autocomplete: "username",
      hint: "Used to sign in.",
      value: values.email,
      autofocus: true,
    },
    {
      name: "username",
      label: "Username",
      type: "text",
      autocomplete: "nickname",
      hint: "Letters, digits and hyphens.",
      value: values.username,
    },
    {
      name: "name",
      label: "Your name",
      type: "text",
      autocomplete: "name",
      value: values.name,
      optional: true,
    },
    {
      name: "password",
      label: "Password",
      type: "password",
      autocomplete: "new-password",
      hint: "At least 8 characters. Several unrelated words work well.",
    },
    ...(hint === undefined ? [] : [code]),
  ];
}

/** The API's error names a header; the page has a field. */
function wrongCode(deps: Deps, given: string): ApiError {
  const detail =
    given.trim() === ""
      ? "Required for setup from another machine."
      : `Not the latest setup code. ${originOfSetupCode(deps)}`;
  return new ApiError(403, "Invalid setup code.", {
    validations: [{ field: "setup_code", detail }],
  });
}
