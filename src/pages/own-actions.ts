// The setting whether what one did oneself is news to oneself, on the page of the notification settings.
import { Hono } from "hono";
import { html } from "./html.ts";
import { authorizedUserIdSql, writeAsUser, type Env } from "../http/endpoint.ts";
import { setOwnActions } from "../notifications/preferences/store/own-actions.ts";
import { readForm } from "./form.ts";
import { attributes, type Html } from "./layout.ts";
import { notificationSettingsPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";

const path = `${notificationSettingsPath}/own-actions`;

export const ownActionPages = new Hono<Env>().post(path, signedIn, async (c) => {
  const { notify } = await readForm(c, ["notify"]);
  await writeAsUser(c, [setOwnActions(authorizedUserIdSql(c), notify === "on")], {});
  return c.redirect(`${notificationSettingsPath}#own-actions`, 303);
});

export const ownActionsSetting = (on: boolean): Html =>
  html`<section class="group" aria-labelledby="own-actions">
    <div class="bar"><h2 id="own-actions">Your own actions</h2></div>
    <ul class="kinds" role="list">
      <li class="kind own">
        <div class="description">
          <h3 id="k-own">Notify me of my own actions</h3>
          <p id="a-own">
            When off, notifications of your own actions, such as creating a user, arrive in your inbox as read
            and through no other channel.
          </p>
        </div>
        <form method="post" action="${path}">
          <input type="hidden" name="notify" value="${on ? "off" : "on"}" />
          <button
            class="toggle"
            type="submit"
            role="switch"
            aria-labelledby="k-own"
            aria-describedby="a-own"
            ${attributes({ "aria-checked": String(on) })}
          >
            <span class="track" aria-hidden="true"></span
            ><span class="toggle-label" aria-hidden="true">${on ? "On" : "Off"}</span>
          </button>
        </form>
      </li>
    </ul>
  </section>`;
