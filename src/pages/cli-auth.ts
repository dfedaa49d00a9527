// A key to paste into a terminal: `coder login` and `belfry login` open this page. A GET makes nothing; the button does.
import { Hono } from "hono";
import { html } from "hono/html";
import { createSession } from "../accounts/tokens.ts";
import { findUser } from "../accounts/store/users.ts";
import { load, me, type Env } from "../http/endpoint.ts";
import { unauthorized } from "../kernel/errors.ts";
import { respondWithPage } from "./layout.ts";
import { signedIn } from "./session.ts";

const path = "/cli-auth";

export const cliAuthPages = new Hono<Env>()
  .get(path, signedIn, async (c) => {
    const { actor } = await load(c, {});
    const main = html`<form class="sheet" method="post" action="${path}">
      <h1>Sign in your terminal</h1>
      <p>
        The command line asks for a key. Paste the one you get here: with it the terminal is signed in as
        <strong>${actor.username}</strong> and may do all that you may.
      </p>
      <button class="button primary" type="submit">Show the key</button>
    </form>`;
    return respondWithPage(c, { title: "Sign in your terminal", main, shape: "narrow" });
  })
  .post(path, signedIn, async (c) => {
    const { actor, self } = await load(c, { self: findUser("me", me(c)) });
    if (self[0] === undefined) throw unauthorized();
    const key = await createSession(c.get("deps"), actor, self[0]);
    const main = html`<article class="sheet">
      <h1>Your key</h1>
      <p>Paste it where the terminal asks for it. It is shown only now.</p>
      <div class="copying">
        <input
          id="key"
          class="key"
          aria-label="Key"
          value="${key}"
          readonly
          autocomplete="off"
          spellcheck="false"
        />
        <button class="button primary" type="button" data-copies="key" hidden>Copy</button>
      </div>
      <p>Keep it to yourself: whoever has it is you. <code>belfry logout</code> ends it.</p>
    </article>`;
    return respondWithPage(c, {
      title: "Your key",
      main,
      shape: "narrow",
      scripts: ["copy.js"],
    });
  });
