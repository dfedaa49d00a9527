// Snoozes notifications: in an hour, tomorrow, on Monday, or until a time of one's own, by the person's clock. A page without
// scripts; with them, its form opens over the inbox.
import { Hono } from "hono";
import { exactTime } from "../../public/relative-time.js";
import { findTimeZone } from "../accounts/store/time-zone.ts";
import { writeInbox } from "../api/inbox.ts";
import { authorizedUserIdSql, currentUserIdSql, readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { notFound } from "../kernel/errors.ts";
import {
  parseWallTime,
  snoozeChoices,
  snoozeProblem,
  snoozeUntil,
} from "../notifications/inbox/rules/snooze.ts";
import { findInboxItem } from "../notifications/inbox/store/inbox.ts";
import { setSnoozed } from "../notifications/inbox/store/snooze.ts";
import { toInlineHtml } from "../notifications/texts/rules/markdown.ts";
import { isTimeZone } from "../workspaces/autostart/rules/cron-schedule.ts";
import { readForm, sentence } from "./form.ts";
import { html, raw } from "./html.ts";
import { attributes, respondWithPage, type Html } from "./layout.ts";
import { readIds } from "./inbox-selected.ts";
import { back } from "./inbox-return.ts";
import { ownPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";
import { timeZonePath } from "./time-zone.ts";

export const snoozePath = "/inbox/snooze";

export const inboxSnooze = new Hono<Env>()
  .get(snoozePath, signedIn, async (c) => showSnooze(c, await readIds(c), { to: c.req.query("to") }))
  .post(snoozePath, signedIn, async (c) => {
    const fields = await readForm(c, ["to", "until", "own", "zone"]);
    const ids = await readIds(c);
    const self = authorizedUserIdSql(c);
    const zone = isTimeZone(fields.zone) ? fields.zone : await readZone(c);
    const now = c.get("deps").now();
    const until = readUntil(fields, zone, now);
    if (typeof until === "string") return showSnooze(c, ids, { ...fields, problem: until });
    const { item } = await writeInbox(
      c,
      ids.map((one) => setSnoozed(self, one, until, now)),
      { item: findInboxItem(currentUserIdSql(c), ids[0]!) },
    );
    if (item[0] === undefined) throw notFound("Notification");
    return back(c, fields.to, { snoozed: String(now), until: String(until) });
  });

interface Entered {
  to: string | undefined;
  own?: string;
  problem?: string;
}

async function showSnooze(c: Ctx, ids: readonly string[], { to, ...entered }: Entered) {
  const self = currentUserIdSql(c);
  const { actor, item, zone } = await readAsUser(c, {
    item: findInboxItem(self, ids[0]!),
    zone: findTimeZone(self),
  });
  const first = item[0];
  if (first === undefined) throw notFound("Notification");
  const { rendered } = c.get("deps").process;
  const what =
    ids.length === 1 ? raw(rendered.titles(first.title, toInlineHtml)) : `${ids.length} notifications`;
  const main = html`<article class="sheet">
    <h1>Snooze</h1>
    <p>${what}</p>
    ${snoozeForm(ids, ownPath(to) ?? "/inbox", zone[0]?.timeZone ?? null, entered)}
  </article>`;
  return respondWithPage(
    c,
    { title: "Snooze", actor, section: "/inbox", shape: "narrow", scripts: ["zone.js"], main },
    entered.problem === undefined ? 200 : 400,
  );
}

async function readZone(c: Ctx): Promise<string> {
  const { zone } = await readAsUser(c, { zone: findTimeZone(currentUserIdSql(c)) });
  return zone[0]?.timeZone ?? "UTC";
}

/** A moment, or what is wrong with the time that was entered. */
function readUntil(
  { until, own }: { until: string; own: string },
  zone: string,
  now: number,
): number | string {
  const choice = snoozeChoices.find((one) => one === until);
  if (choice !== undefined) return snoozeUntil(choice, zone, now);
  const at = parseWallTime(own, zone);
  return at === undefined ? "enter a date and time" : (snoozeProblem(at, now) ?? at);
}

const labels: Record<(typeof snoozeChoices)[number], string> = {
  hour: "In an hour",
  tomorrow: "Tomorrow, 9:00",
  monday: "Monday, 9:00",
};

/** `zone`: null if it is unknown; zone.js puts the browser's. */
const snoozeForm = (
  ids: readonly string[],
  to: string,
  zone: string | null,
  { own, problem }: Omit<Entered, "to"> = {},
): Html =>
  html`<form class="snooze" method="post" action="${snoozePath}">
    ${ids.map((id) => html`<input type="hidden" name="id" value="${id}" />`)}
    <input type="hidden" name="to" value="${to}" />
    <input type="hidden" name="zone" value="" />
    ${snoozeChoices.map(
      (choice) =>
        html`<button class="button" name="until" value="${choice}" type="submit">${labels[choice]}</button>`,
    )}
    <label class="own"
      >Until
      <input
        type="datetime-local"
        name="own"
        ${attributes({ value: own || undefined, "aria-invalid": problem && "true", "aria-describedby": problem && "own-error" })}
    /></label>
    ${problem === undefined ? "" : html`<p class="wrong" id="own-error" role="alert">${sentence(problem)}</p>`}
    <button class="button" name="until" value="own" type="submit">Snooze</button>
    <p class="zone">
      Time zone: <span class="zone-name">${zone ?? "UTC"}</span>.
      <a href="${timeZonePath}">${zone === null ? "Set yours" : "Change"}</a>
    </p>
  </form>`;

/** For the scripts of the inbox, which put the notifications into it. */
export const snoozeDialog = html`<dialog id="snooze" class="over" aria-labelledby="snooze-title">
  <h2 id="snooze-title">Snooze</h2>
  ${snoozeForm([], "/inbox", null)}
  <form method="dialog"><button class="quiet" type="submit">Cancel</button></form>
</dialog>`;

/** The time of a return in words. */
export const returnTime = (until: number): Html =>
  html`<time class="exact" datetime="${new Date(until).toISOString()}">${exactTime(until, "UTC")}</time>`;
