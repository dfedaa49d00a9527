// The time zone of a person's clock, as part of the notification settings.
import { Hono } from "hono";
import { currentUserIdSql, readAsUser, type Env } from "../http/endpoint.ts";
import { findTiming } from "../notifications/preferences/store/timing.ts";
import { isTimeZone } from "../workspaces/autostart/rules/cron-schedule.ts";
import { readForm } from "./form.ts";
import { html } from "./html.ts";
import { attributes, type Html } from "./layout.ts";
import { saveTiming } from "./quiet-hours.ts";
import { signedIn } from "./session.ts";

/** Characters of what was entered. */
const maxShown = 60;

export const timeZonePath = "/settings/notifications#time-zone";

export const timeZonePages = new Hono<Env>().post("/settings/time-zone", signedIn, async (c) => {
  const { zone } = await readForm(c, ["zone"]);
  const name = zone.trim();
  if (name !== "" && !isTimeZone(name))
    return c.redirect(timeZonePath.replace("#", `?${new URLSearchParams({ zone: name })}#`), 303);
  const { stored } = await readAsUser(c, { stored: findTiming(currentUserIdSql(c)) });
  await saveTiming(c, stored[0], { timeZone: name || null });
  return c.redirect(timeZonePath, 303);
});

/** `entered`: instead of the stored one, if it is unknown. */
export function timeZoneSection(zone: string | null, entered: string | undefined): Html {
  const wrong = entered === undefined || isTimeZone(entered) ? undefined : entered.slice(0, maxShown);
  return html`<section class="group" aria-labelledby="time-zone">
    <div class="bar"><h2 id="time-zone">Time zone</h2></div>
    <form class="search" method="post" action="/settings/time-zone">
      <input
        name="zone"
        value="${wrong ?? zone ?? ""}"
        aria-labelledby="time-zone"
        aria-describedby="${wrong === undefined ? "" : "time-zone-error "}time-zone-hint"
        ${attributes({ "aria-invalid": wrong === undefined ? undefined : "true" })}
        placeholder="UTC"
        autocapitalize="none"
        spellcheck="false"
      />
      <button class="button" type="submit">Save</button>
    </form>
    ${
      wrong === undefined
        ? ""
        : html`<p class="wrong" id="time-zone-error" role="alert">
            Unknown time zone “${wrong}”. Use a name like Europe/Berlin or UTC.
          </p>`
    }
    <p class="lead" id="time-zone-hint">
      A name such as Europe/Berlin. Used for quiet hours, the email digest, and for snooze times if your
      browser doesn't report its time zone.
    </p>
  </section>`;
}
