// The preset "only needs me", as part of the notification settings.
import { Hono } from "hono";
import {
  authorizedUserIdSql,
  currentUserIdSql,
  readAsUser,
  writeAsUser,
  type Env,
} from "../http/endpoint.ts";
import { toReachable } from "../notifications/preferences/channel-choices.ts";
import { presetStatements } from "../notifications/preferences/preset.ts";
import { findReach, listKindPreferences } from "../notifications/preferences/store/preferences.ts";
import { undoPreset } from "../notifications/preferences/store/preset.ts";
import { html } from "./html.ts";
import type { Html } from "./layout.ts";
import { notificationSettingsPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";

const path = `${notificationSettingsPath}/only-needs-me`;
const place = `${notificationSettingsPath}#preset`;

export const presetPages = new Hono<Env>()
  .post(path, signedIn, async (c) => {
    const self = currentUserIdSql(c);
    const { actor, choices, reach } = await readAsUser(c, {
      choices: listKindPreferences(self),
      reach: findReach(self),
    });
    const { config, now } = c.get("deps");
    const reachable = toReachable(actor.email, reach);
    const how = { config: config.notifications, reachable };
    await writeAsUser(c, presetStatements(authorizedUserIdSql(c), choices, how, now()), {});
    return c.redirect(place, 303);
  })
  .post(`${path}/undo`, signedIn, async (c) => {
    await writeAsUser(c, undoPreset(authorizedUserIdSql(c), c.get("deps").now()), {});
    return c.redirect(place, 303);
  });

export const presetSection = (isApplied: boolean): Html =>
  html`<div class="preset" id="preset">
    <form method="post" action="${path}">
      <button class="button" type="submit">Only what needs you</button>
    </form>
    ${
      isApplied
        ? html`<form method="post" action="${path}/undo">
            <button class="button" type="submit">Undo</button>
          </form>`
        : ""
    }
    <p>
      ${
        isApplied
          ? "Undo restores your kinds and channels as they were before."
          : "Emails, browser and chat notifications only for what waits for you or went wrong. The rest stays in your inbox."
      }
    </p>
  </div>`;
