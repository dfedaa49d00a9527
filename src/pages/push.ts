// Push messages to browsers: the section of the settings page, its forms, and the service worker that shows the messages.
import { Hono } from "hono";
import { describeUserAgent } from "../accounts/rules/user-agent.ts";
import { authorizedUserIdSql, readAsUser, writeAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { notFound } from "../kernel/errors.ts";
import { serverKeys } from "../notifications/channels/push/access.ts";
import {
  deleteOwnSubscription,
  type PushSubscriptionRow,
} from "../notifications/channels/push/store/subscriptions.ts";
import { subscribe } from "../notifications/channels/push/subscribe.ts";
import { readForm } from "./form.ts";
import { html, type Html } from "./html.ts";
import { notificationSettingsPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";

const path = "/settings/push";

export const pushPages = new Hono<Env>()
  .post(path, signedIn, async (c) => {
    const given = await readForm(c, ["endpoint", "p256dh", "auth", "server_key"]);
    await readAsUser(c, {});
    const { server_key: serverKey, ...rest } = given;
    const statements = await subscribe(c.get("deps"), authorizedUserIdSql(c), {
      ...rest,
      serverKey,
      device: describeUserAgent(c.req.header("user-agent") ?? ""),
    });
    await writeAsUser(c, statements, {});
    return c.redirect(`${notificationSettingsPath}#push`, 303);
  })
  .post(`${path}/:id/remove`, signedIn, async (c) => {
    await writeAsUser(c, [deleteOwnSubscription(authorizedUserIdSql(c), c.req.param("id"))], {});
    return c.redirect(`${notificationSettingsPath}#push`, 303);
  })
  // At the root, because it may only control pages below its own path.
  .get("/service-worker.js", async (c) => {
    const file = await c.get("deps").assets("service-worker.js");
    if (file === null) throw notFound("File");
    return c.body(await file.arrayBuffer(), 200, {
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "no-cache",
      "content-security-policy": "default-src 'none'",
    });
  });

/** Where one turns it on in this browser, with the browsers where it is on. Empty where the deployment has no push channel. */
export async function pushSection(
  c: Ctx,
  subscriptions: readonly PushSubscriptionRow[],
): Promise<Html | string> {
  const deps = c.get("deps");
  if (deps.config.notifications.channels.push === undefined) return "";
  const [key] = await serverKeys(deps);
  return html`<section class="group" id="push" aria-labelledby="push-title" data-key="${key!.publicKey}">
    <div class="bar">
      <h2 id="push-title">Browser notifications</h2>
      <button class="button" type="button" id="push-on" hidden>Turn on in this browser</button>
    </div>
    <p class="lead">
      Get warnings and agents' questions on this device, even when Belfry is closed. While a Belfry page is
      visible, nothing is sent.
    </p>
    <p class="note" id="push-problem" role="status" hidden></p>
    <noscript><p class="lead">To turn this on, allow scripts for this page.</p></noscript>
    <ul class="kinds" role="list">
      ${subscriptions.map(subscribedBrowser)}
    </ul>
  </section>`;
}

const subscribedBrowser = ({ id, device, createdAt, endpoint }: PushSubscriptionRow): Html =>
  html`<li class="kind" data-endpoint="${endpoint}">
    <div class="description">
      <h3 id="p-${id}">${device}</h3>
      <p>Since ${new Date(createdAt).toISOString().slice(0, 10)}</p>
    </div>
    <form method="post" action="${path}/${id}/remove">
      <button class="quiet" type="submit" aria-describedby="p-${id}">Turn off</button>
    </form>
  </li>`;
