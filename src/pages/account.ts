// The account page: a user's own password, API tokens and sessions, with the verbs of the API.
import { Hono } from "hono";
import type { TokenScope } from "../../db/schema.ts";
import { changePassword } from "../accounts/change-password.ts";
import { signOutOthers } from "../accounts/sessions.ts";
import { tokenNamePattern, tokenNameRule } from "../accounts/rules/api-key.ts";
import { findKey, listSessions, listTokens } from "../accounts/store/keys.ts";
import { findUser } from "../accounts/store/users.ts";
import { createToken, deleteUserKey } from "../accounts/tokens.ts";
import { maxSessions } from "../api/user-sessions.ts";
import { currentUserIdSql, readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { ApiError, notFound, unauthorized } from "../kernel/errors.ts";
import { accountMain, isScope, type AccountView } from "./account-view.ts";
import { readForm } from "./form.ts";
import { respondWithPage } from "./layout.ts";
import { accountPath as path } from "./rules/links.ts";
import { signedIn } from "./session.ts";

export const accountPages = new Hono<Env>()
  .get(path, signedIn, (c) => showAccount(c, { done: c.req.query("done"), revoking: c.req.query("revoke") }))
  .post(`${path}/password`, signedIn, (c) =>
    orShowError(c, "password", {}, async () => {
      const { old_password, password } = await readForm(c, ["old_password", "password"]);
      const { actor, self } = await readSelf(c);
      await changePassword(c.get("deps"), actor, self, { oldPassword: old_password, password });
      return c.redirect(`${path}?done=password`, 303);
    }),
  )
  .post(`${path}/tokens`, signedIn, async (c) => {
    const given = await readForm(c, ["token_name", "scope", "lifetime"]);
    return orShowError(c, "token", { name: given.token_name }, async () => {
      const { actor, self } = await readSelf(c);
      const key = await createToken(c.get("deps"), actor, self, newTokenOf(given));
      return showAccount(c, { created: { name: given.token_name, key } });
    });
  })
  .post(`${path}/keys/:id/revoke`, signedIn, async (c) => {
    const { actor, key } = await readAsUser(c, { key: findKey(c.req.param("id")) });
    if (key[0]?.userId !== actor.userId) throw notFound("Key");
    await deleteUserKey(c.get("deps"), actor, key[0]);
    return c.redirect(`${path}?done=${key[0].kind === "token" ? "revoked" : "ended"}`, 303);
  })
  .post(`${path}/sessions/end-others`, signedIn, async (c) => {
    const { actor } = await readAsUser(c, {});
    await signOutOthers(c.get("deps"), actor);
    return c.redirect(`${path}?done=others`, 303);
  });

async function readSelf(c: Ctx) {
  const { actor, self } = await readAsUser(c, { self: findUser("me", currentUserIdSql(c)) });
  if (self[0] === undefined) throw unauthorized();
  return { actor, self: self[0] };
}

const day = 86_400_000;

/** Throws 400. */
function newTokenOf(given: { token_name: string; scope: string; lifetime: string }): {
  name: string;
  scope: TokenScope;
  lifetime: number;
} {
  const { token_name: name, scope, lifetime } = given;
  const wrong = (field: string, detail: string) =>
    new ApiError(400, `${field}: ${detail}`, { validations: [{ field, detail }] });
  if (!tokenNamePattern.test(name)) throw wrong("token_name", tokenNameRule);
  if (!isScope(scope)) throw wrong("scope", "choose a value from the list");
  if (!/^[1-9]\d{0,4}$/.test(lifetime)) throw wrong("lifetime", "choose a value from the list");
  return { name, scope, lifetime: Number(lifetime) * day };
}

/** Errors of the form are shown in it; internal ones on the error page. */
async function orShowError(
  c: Ctx,
  form: "password" | "token",
  values: { name?: string },
  work: () => Promise<Response>,
): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    const isShown = error instanceof ApiError && [400, 409, 429, 503].includes(error.status);
    if (!isShown) throw error;
    for (const [name, value] of Object.entries(error.headers)) c.header(name, value);
    return showAccount(c, { failed: { form, error, ...values } });
  }
}

async function showAccount(c: Ctx, shown: AccountView["shown"]) {
  const { now, config } = c.get("deps");
  const self = currentUserIdSql(c);
  const { actor, tokens, sessions } = await readAsUser(c, {
    tokens: listTokens(self, now()),
    sessions: listSessions(self, now(), maxSessions + 1),
  });
  const view: AccountView = {
    actor,
    tokens: tokens.map(({ key }) => key).toReversed(),
    sessions,
    maxLifetimeDays: Math.max(1, Math.floor(config.maxTokenLifetime / day)),
    now: now(),
    shown,
  };
  return respondWithPage(
    c,
    {
      title: "Account settings",
      actor,
      main: accountMain(view),
      scripts: shown.created === undefined ? [] : ["copy.js"],
    },
    shown.failed?.error.status,
  );
}
