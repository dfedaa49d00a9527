// The time zone of a person's clock, as part of the notification settings.
import { Hono } from "hono";
import { setTimeZone } from "../accounts/store/time-zone.ts";
import { authorizedUserIdSql, writeAsUser, type Env } from "../http/endpoint.ts";
import { invalid } from "../kernel/errors.ts";
import { isTimeZone } from "../workspaces/autostart/rules/cron-schedule.ts";
import { readForm } from "./form.ts";
import { html } from "./html.ts";
import type { Html } from "./layout.ts";
import { signedIn } from "./session.ts";

export const timeZonePath = "/settings/notifications#time-zone";

export const timeZonePages = new Hono<Env>().post("/settings/time-zone", signedIn, async (c) => {
  const { zone } = await readForm(c, ["zone"]);
  const name = zone.trim();
  if (name !== "" && !isTimeZone(name))
    throw invalid("zone", `unknown time zone "${name}", use a name like Europe/Berlin or UTC`);
  await writeAsUser(c, [setTimeZone(authorizedUserIdSql(c), name || null, c.get("deps").now())], {});
  return c.redirect(timeZonePath, 303);
});

export const timeZoneSection = (zone: string | null): Html =>
  html`<section class="group" aria-labelledby="time-zone">
    <div class="bar"><h2 id="time-zone">Time zone</h2></div>
    <form class="search" method="post" action="/settings/time-zone">
      <input
        name="zone"
        value="${zone ?? ""}"
        aria-labelledby="time-zone"
        aria-describedby="time-zone-hint"
        placeholder="UTC"
        autocapitalize="none"
        spellcheck="false"
      />
      <button class="button" type="submit">Save</button>
    </form>
    <p class="lead" id="time-zone-hint">
      A name such as Europe/Berlin. Used for snooze times if your browser doesn't report its time zone.
    </p>
  </section>`;
