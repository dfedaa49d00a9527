// The delivery page: channels and recent failures. Owners pause, resume and test delivery here; the test notification
// links here.
import { Hono } from "hono";
import { html } from "hono/html";
import { hasPermission } from "../accounts/rules/permissions.ts";
import { readAsUser, currentUserIdSql, type Ctx, type Env } from "../http/endpoint.ts";
import { saveSettings } from "../api/notifications.ts";
import type { ApiError } from "../kernel/errors.ts";
import { countWaiting, listFailures, readHealth, toHealth } from "../notifications/delivery/store/health.ts";
import {
  isPaused,
  readGoneEndpoints,
  readSettings,
  toGoneEndpoints,
} from "../notifications/preferences/store/settings.ts";
import { sendTest, testReads } from "../notifications/outbox/test.ts";
import { choicesPath } from "./choices-view.ts";
import { failures, state, tryIt, channelList, type ChannelFacts } from "./delivery-view.ts";
import { problem } from "./form.ts";
import { respondWithPage } from "./layout.ts";
import { signedIn } from "./session.ts";

const path = "/deployment/notifications";
const failuresShown = 10;

const reads = () => ({ notificationSettings: readSettings(), gone: readGoneEndpoints() });

const notes: Record<string, string> = {
  test: "Test notification queued for every enabled channel.",
  paused: "Delivery paused.",
  resumed: "Delivery resumed. Waiting messages are sent within seconds.",
};

export const deliveryPages = new Hono<Env>()
  .get(path, signedIn, (c) => showDelivery(c))
  .post(`${path}/test`, signedIn, async (c) => {
    const { actor, ...read } = await readAsUser(c, testReads(currentUserIdSql(c)), {
      requires: {
        permission: "deployment:manage",
        deniedMessage: "Only owners can send test notifications.",
      },
    });
    const { refusal } = await sendTest(c.get("deps"), actor, {}, { ...read, earlier: [] });
    if (refusal !== undefined) return showDelivery(c, refusal);
    return c.redirect(`${path}?done=test`, 303);
  })
  .post(`${path}/:change{pause|resume}`, signedIn, async (c) => {
    const isPause = c.req.param("change") === "pause";
    const { actor, notificationSettings } = await readAsUser(c, reads(), {
      requires: {
        permission: "deployment:manage",
        deniedMessage: "Only owners can pause or resume delivery.",
      },
    });
    if (isPaused(notificationSettings) !== isPause)
      await saveSettings(c, actor, { notifier_paused: isPause });
    return c.redirect(`${path}?done=${isPause ? "paused" : "resumed"}`, 303);
  });

async function showDelivery(c: Ctx, error?: ApiError) {
  const { config, now } = c.get("deps");
  const { actor, notificationSettings, ...read } = await readAsUser(c, {
    ...reads(),
    health: readHealth(currentUserIdSql(c)),
    waiting: countWaiting(currentUserIdSql(c)),
    failed: listFailures(currentUserIdSql(c), failuresShown),
  });
  const manages = hasPermission(actor, "deployment:manage");
  const facts: ChannelFacts = {
    notifications: config.notifications,
    manages,
    gone: toGoneEndpoints(read.gone),
    health: toHealth(read.health),
    waiting: read.waiting,
    now: now(),
  };
  const done = notes[c.req.query("done") ?? ""];
  const main = html`<section>
    <div class="head"><h1>Notification delivery</h1></div>
    ${done === undefined || error !== undefined ? "" : html`<p class="note" role="status">${done}</p>`}
    ${problem(error)} ${state(path, isPaused(notificationSettings), manages)}
    <h2>Delivery channels</h2>
    ${channelList(facts)}
    <p class="aside">
      Choose which notifications you get in your <a href="${choicesPath}">notification settings</a>.
    </p>
    ${failures(read.failed, facts.now)} ${manages ? tryIt(path) : ""}
  </section>`;
  return respondWithPage(c, { title: "Delivery", actor, main }, error?.status);
}
