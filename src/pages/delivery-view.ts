// How the page of delivery looks: paused or not, each way with how it does, and what could not be delivered.
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
  /** Who doesn't manage the deployment need not know what else runs here. */
  manages: boolean;
  /** Of the webhook's address that wants nothing more. */
  goneHash: string | undefined;
  health: readonly Health[];
  waiting: readonly Waiting[];
  now: number;
}

export function state(path: string, paused: boolean, manages: boolean): Html {
  const words = paused
    ? html`<p>
        <strong>Notifications are paused.</strong> Nothing goes out. What happens meanwhile is kept and sent
        later.
      </p>`
    : html`<p><strong>Notifications go out.</strong></p>`;
  const button = manages
    ? html`<form method="post" action="${path}/${paused ? "resume" : "pause"}">
        <button class="button" type="submit">${paused ? "Resume" : "Pause everything"}</button>
      </form>`
    : "";
  return html`<div class="state" ${attributes({ "data-paused": paused })}>${words}${button}</div>`;
}

export const tryIt = (path: string): Html =>
  html`<form method="post" action="${path}/test">
    <h2>Try it</h2>
    <p>A test goes to you alone, by every way that is on.</p>
    <button class="button primary" type="submit">Send me a test</button>
  </form>`;

const names: Record<Method, string> = { inbox: "Inbox", webhook: "Webhook", smtp: "Mail" };

export function waysList(facts: WaysFacts): Html {
  const methods: Method[] = ["inbox", "webhook", "smtp"];
  return html`<dl class="ways">${methods.map((method) => way(method, facts))}</dl>`;
}

function way(method: Method, facts: WaysFacts): Html {
  const { on, words } = setUp[method](facts);
  const bad = on && failing(facts.health, facts.now).some((one) => one.method === method);
  return html`<div class="way" ${attributes({ "data-state": bad ? "failing" : on ? "on" : "off" })}>
    <dt>${names[method]} <span class="switch">${bad ? "failing" : on ? "on" : "off"}</span></dt>
    <dd>
      <p>
        ${words}${facts.notifications.defaultMethod === method ? " The way for whatever names no other." : ""}
      </p>
      ${facts.manages ? record(method, facts) : ""}
    </dd>
  </div>`;
}

const setUp: Record<Method, (facts: WaysFacts) => { on: boolean; words: Html | string }> = {
  inbox: ({ notifications: { inboxEnabled } }) => ({
    on: inboxEnabled,
    words: inboxEnabled
      ? "Everybody has one, right here."
      : html`Switched off by <code>BELFRY_NOTIFICATIONS_INBOX_ENABLED</code>.`,
  }),
  webhook: ({ notifications, goneHash, manages }) => {
    const { webhook } = notifications;
    if (webhook === undefined) {
      const words = html`Set <code>BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT</code> to switch it on.`;
      return { on: false, words };
    }
    if (goneHash === endpointHash(webhook.endpoint)) {
      const words =
        "The receiver said that it is gone for good. A test that it accepts switches it on again.";
      return { on: false, words };
    }
    const signed = webhook.secret === undefined ? "unsigned" : "signed";
    return {
      on: true,
      words: manages
        ? html`To <code>${receiverOf(notifications, "webhook")}</code>, ${signed}.`
        : `Set up, ${signed}.`,
    };
  },
  smtp: ({ notifications, manages }) => {
    const { mail } = notifications;
    if (mail === undefined) {
      const words = html`Set <code>BELFRY_EMAIL_SMARTHOST</code> and <code>BELFRY_EMAIL_FROM</code> to switch
        it on.`;
      return { on: false, words };
    }
    const safety = mail.tls || mail.startTls ? "encrypted" : "not encrypted";
    return {
      on: true,
      words: manages
        ? html`Over <code>${receiverOf(notifications, "smtp")}</code>, ${safety}, from ${mail.from.address}.`
        : "Set up.",
    };
  },
};

/** What has gone by this way, and what waits for it. */
function record(method: Method, { health, waiting, now }: WaysFacts): Html | string {
  const known = health.find((one) => one.method === method);
  const queue = waiting.find((one) => one.method === method);
  const lines: Html[] = [];
  if (typeof known?.succeededAt === "number")
    lines.push(html`Last success ${moment(known.succeededAt, now)}.`);
  else if (known !== undefined) lines.push(html`No success yet.`);
  if (typeof known?.failedAt === "number")
    lines.push(
      html`Last failure ${moment(known.failedAt, now)}: <span class="answer">${known.answer}</span>`,
    );
  if (queue !== undefined) {
    const count = queue.count >= mostCounted ? `${mostCounted} or more` : queue.count;
    lines.push(html`${count} waiting, the oldest for ${lasting(now - queue.oldest)}.`);
  } else if (known !== undefined) lines.push(html`Nothing waiting.`);
  return lines.length === 0
    ? ""
    : html`<ul class="record" role="list">
        ${lines.map((line) => html`<li>${line}</li>`)}
      </ul>`;
}

/** What has failed, the newest first. */
export function failures(failed: readonly Failure[], now: number): Html | string {
  if (failed.length === 0) return "";
  return html`<h2>Not delivered</h2>
    <ul class="items failures" role="list">
      ${failed.map((message) => failure(message, now))}
    </ul>
    <p class="aside">
      <code>belfry notifications explain ID</code> tells more of each, and the
      <a href="/docs">documentation</a> what to do.
    </p>`;
}

function failure(message: Failure, now: number): Html {
  const { id, templateName, username, method, answer, attempts, dueAt, failedAt } = message;
  const tries = `${attempts} ${attempts === 1 ? "try" : "tries"}`;
  const next =
    dueAt === null ? "given up" : dueAt <= now ? "next try now" : `next try in ${lasting(dueAt - now)}`;
  return html`<li class="failure">
    <h3>${templateName} <span class="for">to ${username} by ${names[method].toLowerCase()}</span></h3>
    <p class="when">${moment(failedAt, now)}</p>
    <p class="answer">${answer ?? "No answer."}</p>
    <p class="more">${tries}, ${next} · <code>${id}</code></p>
  </li>`;
}
