// What the test notification's button leads to: whether notifications go out, and by which ways. Owners pause, resume
// and test here.
import { Hono } from "hono";
import { html } from "hono/html";
import { may } from "../accounts/rules/permissions.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { demand, load, me, type Ctx, type Env } from "../api/http.ts";
import { saveSettings } from "../api/notifications.ts";
import type { Config } from "../config.ts";
import { ApiError } from "../errors.ts";
import { endpointHash } from "../notifications/deliver.ts";
import { isPaused, readGoneEndpoint, readSettings } from "../notifications/store/settings.ts";
import { sendTest, testReads } from "../notifications/test.ts";
import { problem } from "./form.ts";
import { attributes, respondWithPage, type Html } from "./layout.ts";
import { signedIn } from "./session.ts";

const path = "/deployment/notifications";
const reads = () => ({ notificationSettings: readSettings(), gone: readGoneEndpoint() });

const notes: Record<string, string> = {
  test: "The test is on its way, by every way that is on.",
  paused: "Paused.",
  resumed: "Resumed. What has waited goes out within seconds.",
};

export const deliveryPages = new Hono<Env>()
  .get(path, signedIn, (c) => showDelivery(c as Ctx))
  .post(`${path}/test`, signedIn, async (c) => {
    const { actor, ...read } = await load(c as Ctx, testReads(me(c as Ctx)));
    demand(actor, "deployment:manage", "Only an owner may send test notifications.");
    try {
      await sendTest(c.get("deps"), actor, read);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      return showDelivery(c as Ctx, error);
    }
    return c.redirect(`${path}?done=test`, 303);
  })
  .post(`${path}/:change{pause|resume}`, signedIn, async (c) => {
    const isPause = c.req.param("change") === "pause";
    const { actor, notificationSettings } = await load(c as Ctx, reads());
    demand(actor, "deployment:manage", "Only an owner may pause or resume notifications.");
    if (isPaused(notificationSettings) !== isPause)
      await saveSettings(c as Ctx, actor, { notifier_paused: isPause });
    return c.redirect(`${path}?done=${isPause ? "paused" : "resumed"}`, 303);
  });

async function showDelivery(c: Ctx, error?: ApiError) {
  const { config } = c.get("deps");
  const { actor, notificationSettings, gone } = await load(c, reads());
  const done = notes[c.req.query("done") ?? ""];
  const main = html`<section>
    <div class="head"><h1>Delivery of notifications</h1></div>
    ${done === undefined || error !== undefined ? "" : html`<p class="note" role="status">${done}</p>`}
    ${problem(error)} ${state(actor, isPaused(notificationSettings))}
    <h2>The ways that messages go</h2>
    <dl class="ways">${ways(actor, config, gone[0]?.value)}</dl>
    ${may(actor, "deployment:manage") ? tryIt : ""}
  </section>`;
  return respondWithPage(c, { title: "Delivery", actor, main }, error?.status);
}

function state(actor: Actor, paused: boolean): Html {
  const words = paused
    ? html`<p>
        <strong>Notifications are paused.</strong> Nothing goes out. What happens meanwhile is kept and sent
        later.
      </p>`
    : html`<p><strong>Notifications go out.</strong></p>`;
  const button = may(actor, "deployment:manage")
    ? html`<form method="post" action="${path}/${paused ? "resume" : "pause"}">
        <button class="button" type="submit">${paused ? "Resume" : "Pause everything"}</button>
      </form>`
    : "";
  return html`<div class="state" ${attributes({ "data-paused": paused })}>${words}${button}</div>`;
}

const tryIt = html`<form method="post" action="${path}/test">
  <h2>Try it</h2>
  <p>A test goes to you alone, by every way that is on.</p>
  <button class="button primary" type="submit">Send me a test</button>
</form>`;

function ways(actor: Actor, config: Config, goneHash: string | undefined): Html[] {
  const { inboxEnabled, webhook } = config.notifications;
  const way = (name: string, on: boolean, words: Html | string) =>
    html`<div class="${on ? "way on" : "way"}">
      <dt>${name} <span class="switch">${on ? "on" : "off"}</span></dt>
      <dd>${words}</dd>
    </div>`;
  return [
    way(
      "Inbox",
      inboxEnabled,
      inboxEnabled
        ? "Everybody has one, right here."
        : html`Switched off by <code>BELFRY_NOTIFICATIONS_INBOX_ENABLED</code>.`,
    ),
    webhookWay(),
    way("Mail", false, "Not part of this release yet."),
  ];

  function webhookWay(): Html {
    if (webhook === undefined) {
      return way(
        "Webhook",
        false,
        html`Set <code>BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT</code> to switch it on.`,
      );
    }
    if (goneHash === endpointHash(webhook.endpoint))
      return way(
        "Webhook",
        false,
        "The receiver said that it is gone for good. A test that it accepts switches it on again.",
      );
    const signed = webhook.secret === undefined ? "unsigned" : "signed";
    // Who isn't an owner need not know what else runs here.
    return way(
      "Webhook",
      true,
      may(actor, "deployment:manage")
        ? html`To <code>${new URL(webhook.endpoint).host}</code>, ${signed}.`
        : `Set up, ${signed}.`,
    );
  }
}
