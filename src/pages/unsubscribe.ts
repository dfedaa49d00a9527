// The unsubscribe link of an email (RFC 8058): GET asks for confirmation, POST disables emails of that kind, whether it comes from
// the page's button or from a mail provider. The token identifies the user; there is no session and no origin check.
import { Hono } from "hono";
import { html } from "./html.ts";
import type { Ctx, Env } from "../http/endpoint.ts";
import { ApiError } from "../kernel/errors.ts";
import { unsubscribeFromDigest } from "../notifications/digest/store/digests.ts";
import { aboutKind, kinds, kindTitle } from "../notifications/kinds/kinds.ts";
import { isChannelDisabled } from "../notifications/outbox/rules/by-person.ts";
import { findReach, findKindPreference, setChannel } from "../notifications/preferences/store/preferences.ts";
import { readUnsubscribeToken } from "../notifications/preferences/unsubscribe.ts";
import {
  channelChoices,
  choosableMethods,
  isEnabled,
  toReachable,
} from "../notifications/preferences/channel-choices.ts";
import { notificationSettingsPath } from "./rules/links.ts";
import { respondWithPage, type Html } from "./layout.ts";

type Choice = ReturnType<typeof findKindPreference>["_"]["result"][number];

export const unsubscribePages = new Hono<Env>()
  .get("/unsubscribe", async (c) => {
    const { userId, templateId } = subscriptionOf(c);
    const { choice } = await c.get("deps").db.read({ choice: findKindPreference(userId, templateId) });
    if (templateId === digestId && choice[0] !== undefined) return showDigest(c, choice[0], true);
    return show(c, choice[0]);
  })
  .post("/unsubscribe", async (c) => {
    const { userId, templateId } = subscriptionOf(c);
    const { db, now, config } = c.get("deps");
    const before = await db.read({
      choice: findKindPreference(userId, templateId),
      reach: findReach(userId),
    });
    const known = before.choice[0];
    if (known === undefined) throw unknown();
    const reachable = toReachable(known.email, before.reach);
    const { methods, usual } = choosableMethods(channelChoices(known, config.notifications, reachable));
    if (templateId === digestId) {
      await db.write(unsubscribeFromDigest(userId, now()), {});
      return showDigest(c, known, false);
    }
    const change = {
      templateId,
      methods: [...new Set([...methods, mail])],
      usual,
      method: mail,
      isEnabled: false,
    };
    const { choice } = await db.write([setChannel(userId, change, now())], {
      choice: findKindPreference(userId, templateId),
    });
    return show(c, choice[0]);
  });

const mail = "smtp";
const digestId = kinds["notification-digest"].id;

/** Also where the deployment has no mail server now: links of older emails still work. */
const hasMail = (choice: Choice): boolean => isEnabled(choice) && !isChannelDisabled(choice, mail);

/** The same answer for a forged link and for one whose user or kind is gone. */
const unknown = () => new ApiError(404, "Invalid unsubscribe link. Use your notification settings instead.");

function subscriptionOf(c: Ctx) {
  const subscription = readUnsubscribeToken(c.get("deps"), c.req.query("token") ?? "");
  if (subscription === undefined) throw unknown();
  return subscription;
}

function show(c: Ctx, choice: Choice | undefined) {
  if (choice === undefined) throw unknown();
  const title = hasMail(choice)
    ? `Unsubscribe from “${kindTitle(choice.id, choice.name)}”?`
    : `Unsubscribed from “${kindTitle(choice.id, choice.name)}”`;
  const main = html`<article class="sheet">
    <h1>${title}</h1>
    ${hasMail(choice) ? question(c, choice) : done(choice)}
  </article>`;
  return respondWithPage(c, { title, main, shape: "narrow" });
}

function showDigest(c: Ctx, choice: Choice, isAsked: boolean) {
  const title = isAsked ? "Unsubscribe from “Email digest”?" : "Unsubscribed from “Email digest”";
  const text = isAsked
    ? html`<p>
          ${addressOf(choice)} will no longer get the digest, or emails of the kinds in it. Other channels,
          such as the inbox, stay as they are.
        </p>
        ${unsubscribeForm(c)}`
    : html`<p>
          ${addressOf(choice)} no longer gets the digest, or emails of the kinds in it. Other channels, such
          as the inbox, stay as they are.
        </p>
        <p>Was this a mistake? See your <a href="${notificationSettingsPath}">notification settings</a>.</p>`;
  const main = html`<article class="sheet">
    <h1>${title}</h1>
    ${text}
  </article>`;
  return respondWithPage(c, { title, main, shape: "narrow" });
}

const unsubscribeForm = (c: Ctx): Html =>
  html`<form method="post" action="/unsubscribe?token=${encodeURIComponent(c.req.query("token")!)}">
    <input type="hidden" name="List-Unsubscribe" value="One-Click" />
    <button class="button primary" type="submit">Unsubscribe</button>
  </form>`;

const addressOf = ({ email, username }: Choice): Html => html`<strong>${email || username}</strong>`;

const question = (c: Ctx, choice: Choice): Html =>
  html`<p>${aboutKind(choice.id)}</p>
    <p>
      ${addressOf(choice)} will no longer get emails of this kind. Other channels, such as the inbox, stay as
      they are. You can change this in your <a href="${notificationSettingsPath}">notification settings</a>.
    </p>
    ${unsubscribeForm(c)}`;

const done = (choice: Choice): Html =>
  html`<p>
      ${addressOf(choice)} no longer gets emails of this
      kind.${isEnabled(choice) ? " Other channels, such as the inbox, stay as they are." : ""}
    </p>
    <p>
      Was this a mistake? Turn them on in your
      <a href="${notificationSettingsPath}">notification settings</a>.
    </p>`;
