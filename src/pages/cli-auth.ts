// Creates a session token to paste into a terminal: `coder login` and `belfry login` open this page. Only the POST creates.
import { Hono } from "hono";
import { html } from "hono/html";
import { createSession } from "../accounts/tokens.ts";
import { findUser } from "../accounts/store/users.ts";
import { readAsUser, currentUserIdSql, type Env } from "../http/endpoint.ts";
import { unauthorized } from "../kernel/errors.ts";
import { respondWithPage } from "./layout.ts";
import { signedIn } from "./session.ts";

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
    const key = await createSession(c.get("deps"), actor, self[0]);
    const main = html`<article class="sheet">
      <h1>Your token</h1>
      <p>Paste it into your terminal. It is shown only once.</p>
      <div class="copying">
        <input
          id="key"
          class="key"
          aria-label="Token"
          value="${key}"
          readonly
          autocomplete="off"
          spellcheck="false"
        />
        <button class="button primary" type="button" data-copies="key" hidden>Copy</button>
      </div>
      <p>Keep it secret: it gives full access to your account. <code>belfry logout</code> revokes it.</p>
    </article>`;
    return respondWithPage(c, {
      title: "Your token",
      main,
      shape: "narrow",
      scripts: ["copy.js"],
    });
  });
