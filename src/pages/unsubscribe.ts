// Where the unsubscribe link of a mail leads (RFC 8058): GET asks, POST switches that kind off, from the page's button or
// from a mail provider's. The token says for whom; there is no session, and a foreign origin is no reason to refuse.
import { Hono } from "hono";
import { html } from "hono/html";
import type { Ctx, Env } from "../http/endpoint.ts";
import { ApiError } from "../kernel/errors.ts";
import { aboutKind } from "../notifications/kinds/rules/about.ts";
import { findChoice, setChoices } from "../notifications/preferences/store/choices.ts";
import { readUnsubscribeToken } from "../notifications/preferences/unsubscribe.ts";
import { choicesPath, isOn } from "./choices-view.ts";
import { respondWithPage, type Html } from "./layout.ts";

type Choice = ReturnType<typeof findChoice>["_"]["result"][number];

export const unsubscribePages = new Hono<Env>()
  .get("/unsubscribe", async (c) => {
    const { userId, templateId } = subscriptionOf(c as Ctx);
    const { choice } = await c.get("deps").db.read({ choice: findChoice(userId, templateId) });
    return show(c as Ctx, choice[0]);
  })
  .post("/unsubscribe", async (c) => {
    const { userId, templateId } = subscriptionOf(c as Ctx);
    const { db, now } = c.get("deps");
    const { choice } = await db.write([setChoices(userId, { [templateId]: true }, now())], {
      choice: findChoice(userId, templateId),
    });
    return show(c as Ctx, choice[0]);
  });

/** A link that we did not make and one whose person or kind is gone are told alike. */
const unknown = () =>
  new ApiError(404, "The link is not complete, or what it was made for is gone. Your settings have it all.");

function subscriptionOf(c: Ctx) {
  const subscription = readUnsubscribeToken(c.get("deps"), c.req.query("token") ?? "");
  if (subscription === undefined) throw unknown();
  return subscription;
}

function show(c: Ctx, choice: Choice | undefined) {
  if (choice === undefined) throw unknown();
  const title = isOn(choice) ? `Switch off “${choice.name}”?` : `“${choice.name}” is switched off`;
  const main = html`<article class="sheet">
    <h1>${title}</h1>
    ${isOn(choice) ? question(c, choice) : done(choice)}
  </article>`;
  return respondWithPage(c, { title, main, shape: "narrow" });
}

const addressOf = ({ email, username }: Choice): Html => html`<strong>${email || username}</strong>`;

const question = (c: Ctx, choice: Choice): Html =>
  html`<p>${aboutKind(choice.key) ?? ""}</p>
    <p>
      Nothing of this kind will reach ${addressOf(choice)} any more, neither by mail nor in the inbox. You can
      switch it on again in your <a href="${choicesPath}">settings</a>.
    </p>
    <form method="post" action="/unsubscribe?token=${encodeURIComponent(c.req.query("token")!)}">
      <input type="hidden" name="List-Unsubscribe" value="One-Click" />
      <button class="button primary" type="submit">Switch off</button>
    </form>`;

const done = (choice: Choice): Html =>
  html`<p>Nothing of this kind reaches ${addressOf(choice)} any more.</p>
    <p>A mistake? You can switch it on again in your <a href="${choicesPath}">settings</a>.</p>`;
