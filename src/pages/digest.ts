// The email digest, as part of the notification settings, and its preview.
import { Hono } from "hono";
import { currentUserIdSql, readAsUser, type Env } from "../http/endpoint.ts";
import { previewDigest, previewReads } from "../notifications/digest/preview.ts";
import {
  nextDigest,
  parseSchedule,
  usualSchedule,
  type DigestSchedule,
} from "../notifications/digest/rules/schedule.ts";
import type { DigestRow } from "../notifications/digest/store/digests.ts";
import { findTiming } from "../notifications/preferences/store/timing.ts";
import { toHtml } from "../notifications/texts/rules/markdown.ts";
import { isTimeZone } from "../workspaces/autostart/rules/cron-schedule.ts";
import { momentAhead } from "./components.ts";
import { readForm } from "./form.ts";
import { html, raw } from "./html.ts";
import { attributes, respondWithPage, type Html } from "./layout.ts";
import { saveTiming } from "./quiet-hours.ts";
import { notificationSettingsPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";

const path = "/settings/digest";
const back = `${notificationSettingsPath}#digest`;

export const digestPages = new Hono<Env>()
  .get(path, signedIn, async (c) => {
    const { actor, ...read } = await readAsUser(c, previewReads(currentUserIdSql(c)));
    const { count, title, body } = previewDigest(c.get("deps"), read);
    const main = html`<article class="sheet">
      <h1>${count === 0 ? "Nothing waits for the digest" : title}</h1>
      ${count === 0 ? "" : html`<div class="prose">${raw(toHtml(body))}</div>`}
      <p><a href="${back}">Notification settings</a></p>
    </article>`;
    return respondWithPage(c, { title: "Digest preview", actor, main, shape: "narrow" });
  })
  .post(path, signedIn, async (c) => {
    const fields = await readForm(c, ["every", "hour", "weekday", "zone"]);
    const { stored } = await readAsUser(c, { stored: findTiming(currentUserIdSql(c)) });
    const before = stored[0];
    const isUnknown = before?.timeZone == null;
    await saveTiming(c, before, {
      digest: toSchedule(fields),
      ...(isUnknown && isTimeZone(fields.zone) ? { timeZone: fields.zone } : {}),
    });
    return c.redirect(back, 303);
  });

function toSchedule({
  every,
  hour,
  weekday,
}: Record<"every" | "hour" | "weekday", string>): DigestSchedule | null {
  if (every !== "daily" && every !== "weekly") return null;
  const within = (text: string, max: number, usual: number) =>
    /^\d{1,2}$/.test(text) && Number(text) <= max ? Number(text) : usual;
  return { every, hour: within(hour, 23, usualSchedule.hour), weekday: within(weekday, 6, 0) };
}

const dayNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const options = (all: readonly { value: string; label: string }[], chosen: string): Html[] =>
  all.map(
    ({ value, label }) =>
      html`<option value="${value}" ${attributes({ selected: value === chosen ? "" : undefined })}>
        ${label}
      </option>`,
  );

export function digestSection(row: DigestRow | undefined, now: number): Html {
  const schedule = parseSchedule(row?.digest);
  const waiting = row?.waiting ?? 0;
  return html`<section class="group" aria-labelledby="digest">
    <div class="bar"><h2 id="digest">Email digest</h2></div>
    <p class="lead">
      Get the emails of some kinds as one. Choose the kinds above, under Email.
      ${
        schedule === null
          ? ""
          : html`The next comes ${momentAhead(nextDigest(now, schedule, row?.timeZone ?? null), now)}, if
            something happened.`
      }
      ${
        waiting === 0
          ? ""
          : html`<a href="${path}"
                >${waiting === 1 ? "1 notification waits" : `${waiting} notifications wait`}</a
              >.`
      }
    </p>
    ${timeForm(schedule)}
  </section>`;
}

const select = (label: string, name: string, all: Html[]): Html =>
  html`<label
    >${label}
    <select name="${name}">
      ${all}
    </select></label
  >`;

const intervals = [
  { value: "off", label: "Off" },
  { value: "daily", label: "Daily" },
  { value: "weekly", label: "Weekly" },
];
const hours = Array.from({ length: 24 }, (_, at) => ({
  value: String(at),
  label: `${String(at).padStart(2, "0")}:00`,
}));
const days = dayNames.map((label, at) => ({ value: String(at), label }));

function timeForm(schedule: DigestSchedule | null): Html {
  const { hour, weekday } = schedule ?? usualSchedule;
  return html`<form class="digest-time" method="post" action="${path}">
    <input type="hidden" name="zone" value="" />
    ${select("Digest", "every", options(intervals, schedule?.every ?? "off"))}
    ${select("At", "hour", options(hours, String(hour)))}
    ${select("Weekly on", "weekday", options(days, String(weekday)))}
    <button class="button" type="submit">Save</button>
  </form>`;
}
