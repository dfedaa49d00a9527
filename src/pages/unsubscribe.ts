// The unsubscribe link of an email (RFC 8058): GET asks for confirmation, POST disables that kind, whether it comes from
// the page's button or from a mail provider. The token identifies the user; there is no session and no origin check.
import { Hono } from "hono";
import { html } from "./html.ts";
import type { Ctx, Env } from "../http/endpoint.ts";
import { ApiError } from "../kernel/errors.ts";
import { aboutKind, kindTitle } from "../notifications/kinds/kinds.ts";
import { findKindPreference, setPreferences } from "../notifications/preferences/store/preferences.ts";
import { readUnsubscribeToken } from "../notifications/preferences/unsubscribe.ts";
import { isEnabled } from "../notifications/preferences/channel-choices.ts";
import { notificationSettingsPath } from "./rules/links.ts";
import { respondWithPage, type Html } from "./layout.ts";

type Choice = ReturnType<typeof findKindPreference>["_"]["result"][number];

export const unsubscribePages = new Hono<Env>()
  .get("/unsubscribe", async (c) => {
    const { userId, templateId } = subscriptionOf(c);
    const { choice } = await c.get("deps").db.read({ choice: findKindPreference(userId, templateId) });
    return show(c, choice[0]);
  })
  .post("/unsubscribe", async (c) => {
    const { userId, templateId } = subscriptionOf(c);
    const { db, now } = c.get("deps");
    const { choice } = await db.write([setPreferences(userId, { [templateId]: true }, now())], {
      choice: findKindPreference(userId, templateId),
    });
    return show(c, choice[0]);
  });

/** The same answer for a forged link and for one whose user or kind is gone. */
const unknown = () => new ApiError(404, "Invalid unsubscribe link. Use your notification settings instead.");

function subscriptionOf(c: Ctx) {
  const subscription = readUnsubscribeToken(c.get("deps"), c.req.query("token") ?? "");
  if (subscription === undefined) throw unknown();
  return subscription;
}

function show(c: Ctx, choice: Choice | undefined) {
  if (choice === undefined) throw unknown();
  const title = isEnabled(choice)
    ? `Unsubscribe from “${kindTitle(choice.id, choice.name)}”?`
    : `Unsubscribed from “${kindTitle(choice.id, choice.name)}”`;
  const main = html`<article class="sheet">
    <h1>${title}</h1>
    ${isEnabled(choice) ? question(c, choice) : done(choice)}
  </article>`;
  return respondWithPage(c, { title, main, shape: "narrow" });
}

const addressOf = ({ email, username }: Choice): Html => html`<strong>${email || username}</strong>`;

const question = (c: Ctx, choice: Choice): Html =>
  html`<p>${aboutKind(choice.id)}</p>
    <p>
      ${addressOf(choice)} will no longer get these notifications through any channel. You can turn them on
      again in your <a href="${notificationSettingsPath}">notification settings</a>.
    </p>
    <form method="post" action="/unsubscribe?token=${encodeURIComponent(c.req.query("token")!)}">
      <input type="hidden" name="List-Unsubscribe" value="One-Click" />
      <button class="button primary" type="submit">Unsubscribe</button>
    </form>`;

const done = (choice: Choice): Html =>
  html`<p>${addressOf(choice)} no longer gets these notifications.</p>
    <p>
      Was this a mistake? Turn them on in your
      <a href="${notificationSettingsPath}">notification settings</a>.
    </p>`;
