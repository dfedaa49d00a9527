// The delivery page's HTML: whether delivery is paused, the status of each channel, and failed deliveries.
import { html } from "hono/html";
import type { Method } from "../../db/schema.ts";
import type { NotificationsConfig } from "../config/config.ts";
import { endpointHash } from "../notifications/delivery/deliver.ts";
import { failing, type Health } from "../notifications/delivery/rules/health.ts";
import { receiverOf } from "../notifications/delivery/rules/receiver.ts";
import { mostCounted, type Failure, type Waiting } from "../notifications/delivery/store/health.ts";
import { attributes, type Html } from "./layout.ts";
import { moment } from "./parts.ts";
import { lasting } from "./rules/lasting.ts";

export interface WaysFacts {
  notifications: NotificationsConfig;
  /** Addresses of servers are for those who manage the deployment. */
  manages: boolean;
  /** Hash of the webhook endpoint that answered 410 Gone. */
  goneHash: string | undefined;
  health: readonly Health[];
  waiting: readonly Waiting[];
  now: number;
}

export function state(path: string, paused: boolean, manages: boolean): Html {
  const words = paused
    ? html`<p>
        <strong>Delivery is paused.</strong> New notifications are kept and delivered after an owner resumes
        delivery.
      </p>`
    : html`<p><strong>Delivery is running.</strong></p>`;
  const button = manages
    ? html`<form method="post" action="${path}/${paused ? "resume" : "pause"}">
        <button class="button" type="submit">${paused ? "Resume delivery" : "Pause delivery"}</button>
      </form>`
    : "";
  return html`<div class="state" ${attributes({ "data-paused": paused })}>${words}${button}</div>`;
}

export const tryIt = (path: string): Html =>
  html`<form method="post" action="${path}/test">
    <h2>Test delivery</h2>
    <p>Sends a test notification to you through every enabled channel.</p>
    <button class="button primary" type="submit">Send test notification</button>
  </form>`;

const names: Record<Method, string> = { inbox: "Inbox", webhook: "Webhook", smtp: "Email" };

export function waysList(facts: WaysFacts): Html {
  const methods: Method[] = ["inbox", "webhook", "smtp"];
  return html`<dl class="ways">${methods.map((method) => way(method, facts))}</dl>`;
}

function way(method: Method, facts: WaysFacts): Html {
  const { on, words } = setUp[method](facts);
  const bad = on && failing(facts.health, facts.now).some((one) => one.method === method);
  return html`<div class="way" ${attributes({ "data-state": bad ? "failing" : on ? "on" : "off" })}>
    <dt>${names[method]} <span class="switch">${bad ? "failing" : on ? "enabled" : "disabled"}</span></dt>
    <dd>
      <p>${words}${facts.notifications.defaultMethod === method ? " Default channel." : ""}</p>
      ${facts.manages ? record(method, facts) : ""}
    </dd>
  </div>`;
}

const setUp: Record<Method, (facts: WaysFacts) => { on: boolean; words: Html | string }> = {
  inbox: ({ notifications: { inboxEnabled } }) => ({
    on: inboxEnabled,
    words: inboxEnabled
      ? "Every user has an inbox on this site."
      : html`Disabled by <code>BELFRY_NOTIFICATIONS_INBOX_ENABLED</code>.`,
  }),
  webhook: ({ notifications, goneHash, manages }) => {
    const { webhook } = notifications;
    if (webhook === undefined) {
      const words = html`Set <code>BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT</code> to enable it.`;
      return { on: false, words };
    }
    if (goneHash === endpointHash(webhook.endpoint)) {
      const words = "The receiver answered 410 Gone. A test notification that it accepts enables it again.";
      return { on: false, words };
    }
    const signed = webhook.secret === undefined ? "unsigned" : "signed";
    return {
      on: true,
      words: manages
        ? html`Sends to <code>${receiverOf(notifications, "webhook")}</code>, ${signed}.`
        : `Configured, ${signed}.`,
    };
  },
  smtp: ({ notifications, manages }) => {
    const { mail } = notifications;
    if (mail === undefined) {
      const words = html`Set <code>BELFRY_EMAIL_SMARTHOST</code> and <code>BELFRY_EMAIL_FROM</code> to enable
        it.`;
      return { on: false, words };
    }
    const safety = mail.tls || mail.startTls ? "encrypted" : "not encrypted";
    return {
      on: true,
      words: manages
        ? html`Sends through <code>${receiverOf(notifications, "smtp")}</code>, ${safety}, from
            ${mail.from.address}.`
        : "Configured.",
    };
  },
};

/** The channel's last success, last failure and queue. */
function record(method: Method, { health, waiting, now }: WaysFacts): Html | string {
  const known = health.find((one) => one.method === method);
  const queue = waiting.find((one) => one.method === method);
  const lines: Html[] = [];
  if (typeof known?.succeededAt === "number")
    lines.push(html`Last delivered ${moment(known.succeededAt, now)}.`);
  else if (known !== undefined) lines.push(html`Nothing delivered yet.`);
  if (typeof known?.failedAt === "number")
    lines.push(
      html`Last failure ${moment(known.failedAt, now)}: <span class="answer">${known.answer}</span>`,
    );
  if (queue !== undefined) {
    const count = queue.count >= mostCounted ? `${mostCounted} or more` : queue.count;
    const messages = queue.count === 1 ? "message" : "messages";
    lines.push(html`${count} ${messages} waiting, the oldest for ${lasting(now - queue.oldest)}.`);
  } else if (known !== undefined) lines.push(html`No messages waiting.`);
  return lines.length === 0
    ? ""
    : html`<ul class="record" role="list">
        ${lines.map((line) => html`<li>${line}</li>`)}
      </ul>`;
}

/** The latest failures, most recent first. */
export function failures(failed: readonly Failure[], now: number): Html | string {
  if (failed.length === 0) return "";
  return html`<h2>Failed deliveries</h2>
    <ul class="items failures" role="list">
      ${failed.map((message) => failure(message, now))}
    </ul>
    <p class="aside">
      For details, run <code>belfry notifications explain ID</code>, or see
      <a href="/docs/administration/monitoring/notifications/troubleshooting">Troubleshooting</a>.
    </p>`;
}

function failure(message: Failure, now: number): Html {
  const { id, templateName, username, method, answer, attempts, dueAt, failedAt } = message;
  const count = `${attempts} ${attempts === 1 ? "attempt" : "attempts"}`;
  const next =
    dueAt === null
      ? "failed permanently"
      : dueAt <= now
        ? "next attempt now"
        : `next attempt in ${lasting(dueAt - now)}`;
  return html`<li class="failure">
    <h3>${templateName} <span class="for">to ${username} by ${names[method].toLowerCase()}</span></h3>
    <p class="when">${moment(failedAt, now)}</p>
    <p class="answer">${answer ?? "No response."}</p>
    <p class="more">${count}, ${next} · <code>${id}</code></p>
  </li>`;
}
