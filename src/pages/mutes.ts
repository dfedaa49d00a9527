// Muting a workspace, session, template or preset from a notification, with one press; and what is muted, in the notification
// settings.
import { Hono } from "hono";
import {
  authorizedUserIdSql,
  currentUserIdSql,
  readAsUser,
  writeAsUser,
  type Env,
} from "../http/endpoint.ts";
import { findInboxItem } from "../notifications/inbox/store/inbox.ts";
import { isGone, thingToMute } from "../notifications/preferences/mute.ts";
import { deleteMute, findMuteOf, muteOf, type MuteRow } from "../notifications/preferences/store/mutes.ts";
import { moment } from "./components.ts";
import { readForm } from "./form.ts";
import { html } from "./html.ts";
import { back } from "./inbox-return.ts";
import type { Html } from "./layout.ts";
import { notificationSettingsPath, ownPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";

export const mutesPath = `${notificationSettingsPath}#muted`;

export const mutePages = new Hono<Env>()
  .post("/inbox/items/:id/mute", signedIn, async (c) => {
    const notification = c.req.param("id");
    const { to, thing: wanted } = await readForm(c, ["to", "thing"]);
    const { item } = await readAsUser(c, { item: findInboxItem(currentUserIdSql(c), notification) });
    const thing = thingToMute(item[0], wanted || undefined);
    const { newId, now } = c.get("deps");
    const { mute } = await writeAsUser(
      c,
      [muteOf(authorizedUserIdSql(c), { id: newId(), notification, thing, now: now() })],
      { mute: findMuteOf(currentUserIdSql(c), notification, thing) },
    );
    if (mute[0] === undefined) throw isGone(thing);
    return back(c, to, { muted: mute[0].id });
  })
  .post("/settings/mutes/:id/lift", signedIn, async (c) => {
    const { to } = await readForm(c, ["to"]);
    await writeAsUser(c, [deleteMute(authorizedUserIdSql(c), c.req.param("id"))], {});
    return c.redirect(ownPath(to) ?? mutesPath, 303);
  });

const nameOf = ({ thing, name }: MuteRow): Html =>
  name === null ? html`a ${thing} that was deleted` : html`${thing} <strong>${name}</strong>`;

/** What was just muted, with the way back. */
export const muteUndo = (mute: MuteRow, here: string): Html =>
  html`<form class="undo" method="post" action="/settings/mutes/${mute.id}/lift">
    <input type="hidden" name="to" value="${here}" />
    <p>Muted ${nameOf(mute)}.</p>
    <button class="quiet" type="submit">Undo</button>
  </form>`;

export const mutesSection = (mutes: readonly MuteRow[], now: number): Html =>
  html`<section class="group" aria-labelledby="muted">
    <div class="bar"><h2 id="muted">Muted</h2></div>
    ${
      mutes.length === 0
        ? html`<p class="lead">
            Nothing is muted. Mute a workspace, an agent session, a template or a preset from a notification
            about it.
          </p>`
        : html`<ul class="kinds" role="list">
            ${mutes.map((mute) => muteItem(mute, now))}
          </ul>`
    }
  </section>`;

const muteItem = (mute: MuteRow, now: number): Html =>
  html`<li class="kind">
    <div class="description">
      <h3 id="m-${mute.id}">${mute.name ?? `Deleted ${mute.thing}`}</h3>
      <p>${mute.thing}, muted ${moment(mute.createdAt, now)}</p>
    </div>
    <form method="post" action="/settings/mutes/${mute.id}/lift">
      <input type="hidden" name="to" value="${mutesPath}" />
      <button class="button" type="submit" aria-describedby="m-${mute.id}">Unmute</button>
    </form>
  </li>`;
