// The delivery page: channels and recent failures. Owners pause, resume and test delivery here; the test notification
// links here.
import { Hono } from "hono";
import { html } from "./html.ts";
import { hasPermission } from "../accounts/rules/permissions.ts";
import { readAsUser, currentUserIdSql, type Ctx, type Env } from "../http/endpoint.ts";
import { saveSettings } from "../api/notifications.ts";
import type { ApiError } from "../kernel/errors.ts";
import {
  countWaiting,
  listFailures,
  readHealth,
  toHealth,
  type Failure,
} from "../notifications/delivery/store/health.ts";
import {
  isPaused,
  readGoneEndpoints,
  readSettings,
  toGoneEndpoints,
} from "../notifications/preferences/store/settings.ts";
import { findMaySend } from "../notifications/custom/store/senders.ts";
import { sendTest, testReads } from "../notifications/outbox/send-test.ts";
import { channelList, type ChannelsView } from "./delivery-channels.ts";
import { problem, readForm } from "./form.ts";
import {
  deliveryLogPath,
  deliveryPath as path,
  notificationSettingsPath,
  notificationTemplatesPath,
  ownPath,
  sendPath,
  messagePath,
} from "./rules/links.ts";
import { logQuery, readLogFilter } from "./rules/log-filter.ts";
import { respondWithPage, attributes, type Html } from "./layout.ts";
import { signedIn } from "./session.ts";
import { channelName } from "../notifications/channels/index.ts";
import { kindTitle } from "../notifications/kinds/kinds.ts";
import { moment } from "./components.ts";
import { approximateDuration } from "./rules/labels.ts";

const failuresShown = 10;

const reads = () => ({ notificationSettings: readSettings(), gone: readGoneEndpoints() });

const notes: Record<string, string> = {
  test: "Test notification queued for every enabled channel.",
  paused: "Delivery paused.",
  resumed: "Delivery resumed. Waiting notifications are sent within seconds.",
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
  .post(`${path}/:change{(?:pause|resume)}`, signedIn, async (c) => {
    const isPause = c.req.param("change") === "pause";
    const { to } = await readForm(c, ["to"]);
    const { actor, notificationSettings } = await readAsUser(c, reads(), {
      requires: {
        permission: "deployment:manage",
        deniedMessage: "Only owners can pause or resume delivery.",
      },
    });
    if (isPaused(notificationSettings) !== isPause)
      await saveSettings(c, actor, { notifier_paused: isPause });
    return c.redirect(ownPath(to) ?? `${path}?done=${isPause ? "paused" : "resumed"}`, 303);
  });

async function showDelivery(c: Ctx, error?: ApiError) {
  const { config, now } = c.get("deps");
  const { actor, notificationSettings, ...read } = await readAsUser(c, {
    ...reads(),
    health: readHealth(currentUserIdSql(c)),
    waiting: countWaiting(currentUserIdSql(c)),
    failed: listFailures(currentUserIdSql(c), failuresShown),
    sender: findMaySend(currentUserIdSql(c)),
  });
  const manages = hasPermission(actor, "deployment:manage");
  const facts: ChannelsView = {
    notifications: config.notifications,
    seesDeployment: hasPermission(actor, "deployment:read"),
    gone: toGoneEndpoints(read.gone),
    health: toHealth(read.health),
    waiting: read.waiting,
    now: now(),
  };
  const done = notes[c.req.query("done") ?? ""];
  const main = html`<section>
    <div class="head"><h1>Delivery</h1></div>
    ${done === undefined || error !== undefined ? "" : html`<p class="note" role="status">${done}</p>`}
    ${problem(error)} ${deliveryState(path, isPaused(notificationSettings), manages)}
    <h2>Delivery channels</h2>
    ${channelList(facts)}
    <p class="aside">
      To choose which notifications you get, open your
      <a href="${notificationSettingsPath}">notification settings</a>. What was sent and why:
      <a href="${deliveryLogPath}">delivery log</a>.
      ${hasPermission(actor, "deployment:read") ? html`Texts and channels of each kind: <a href="${notificationTemplatesPath}">notification templates</a>.` : ""}
    </p>
    ${failures(read.failed, facts.now)} ${manages ? testForm(path) : ""}
    ${read.sender[0]!.maySend === 1 ? html`<p class="aside"><a href="${sendPath}">Send a notification</a> to users, groups or owners of workspaces.</p>` : ""}
  </section>`;
  return respondWithPage(c, { title: "Delivery", actor, main }, error?.status);
}

export function deliveryState(path: string, paused: boolean, manages: boolean): Html {
  const text = paused
    ? html`<p>
        <strong>Delivery is paused.</strong> New notifications arrive after an owner resumes delivery.
      </p>`
    : html`<p>
        <strong>Delivery is running.</strong>
        ${manages ? "Pausing holds all new notifications, including the inbox, until you resume." : ""}
      </p>`;
  const button = manages
    ? html`<form method="post" action="${path}/${paused ? "resume" : "pause"}">
        <button class="button" type="submit">${paused ? "Resume delivery" : "Pause delivery"}</button>
      </form>`
    : "";
  return html`<div class="state" ${attributes({ "data-paused": paused })}>${text}${button}</div>`;
}

export const testForm = (path: string): Html =>
  html`<form method="post" action="${path}/test">
    <h2>Test delivery</h2>
    <p>Sends a test notification to you through every enabled channel.</p>
    <button class="button primary" type="submit">Send test notification</button>
  </form>`;

const failedOnly = readLogFilter({ status: "permanent_failure" });

/** The latest failures, most recent first. */
export function failures(failed: readonly Failure[], now: number): Html | string {
  if (failed.length === 0) return "";
  return html`<h2>Failed deliveries</h2>
    <ul class="items failures" role="list">
      ${failed.map((message) => failure(message, now))}
    </ul>
    <p class="aside">
      Retry them in the <a href="${logQuery(deliveryLogPath, failedOnly)}">delivery log</a>. For details, run
      <code>belfry notifications explain ID</code>, or see
      <a href="/docs/administration/monitoring/notifications/troubleshooting">Troubleshooting</a>.
    </p>`;
}

function failure(message: Failure, now: number): Html {
  const { id, templateId, templateName, username, method, answer, attempts, dueAt, failedAt } = message;
  const count = `${attempts} ${attempts === 1 ? "attempt" : "attempts"}`;
  const next =
    dueAt === null
      ? "failed permanently"
      : dueAt <= now
        ? "next attempt now"
        : `next attempt in ${approximateDuration(dueAt - now)}`;
  return html`<li class="failure">
    <h3>
      <a href="${messagePath(id)}">${kindTitle(templateId, templateName)}</a>
      <span class="for">${username} · ${channelName(method)}</span>
    </h3>
    <p class="when">${moment(failedAt, now)}</p>
    <p class="answer">${answer ?? "No response."}</p>
    <p class="more">${count}, ${next} · <code>${id}</code></p>
  </li>`;
}
