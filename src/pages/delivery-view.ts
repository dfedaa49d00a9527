// The delivery page's HTML: whether delivery is paused, the status of each channel, and failed deliveries.
import { html } from "hono/html";
import type { NotificationsConfig } from "../config/config.ts";
import type { Channel } from "../notifications/channels/channel.ts";
import { allChannels, channelLabel, type Method } from "../notifications/channels/index.ts";
import { isGone, type GoneEndpoints } from "../notifications/delivery/rules/gone.ts";
import { failing, type Health } from "../notifications/delivery/rules/health.ts";
import { mostCounted, type Failure, type Waiting } from "../notifications/delivery/store/health.ts";
import { attributes, type Html } from "./layout.ts";
import { moment } from "./parts.ts";
import { lasting } from "./rules/lasting.ts";

export interface ChannelFacts {
  notifications: NotificationsConfig;
  /** Addresses of servers are for those who manage the deployment. */
  manages: boolean;
  /** Endpoints that answered 410 Gone. */
  gone: GoneEndpoints;
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

export const channelList = (facts: ChannelFacts): Html =>
  html`<dl class="ways">${allChannels.map((channel) => channelStatus(channel, facts))}</dl>`;

function channelStatus(channel: Channel<Method>, facts: ChannelFacts): Html {
  const { on, words } = setUp(channel, facts);
  const bad = on && failing(facts.health, facts.now).some(({ method }) => method === channel.id);
  return html`<div class="way" ${attributes({ "data-state": bad ? "failing" : on ? "on" : "off" })}>
    <dt>${channel.label} <span class="switch">${bad ? "failing" : on ? "enabled" : "disabled"}</span></dt>
    <dd>
      <p>${words}${facts.notifications.defaultMethod === channel.id ? " Default channel." : ""}</p>
      ${facts.manages ? record(channel.id, facts) : ""}
    </dd>
  </div>`;
}

function setUp(
  channel: Channel<Method>,
  { notifications, gone, manages }: ChannelFacts,
): { on: boolean; words: Html | string } {
  const settings = notifications.channels[channel.id];
  if (settings === undefined || !channel.isOn(settings)) {
    const needs = channel.needs.map(
      (name) => html`${name === channel.needs[0] ? "" : " and "}<code>${name}</code>`,
    );
    return { on: false, words: html`Set ${needs} to enable it.` };
  }
  if (isGone(channel, settings, gone)) {
    const words = "The receiver answered 410 Gone. A test notification that it accepts enables it again.";
    return { on: false, words };
  }
  const receiver = channel.receiver(settings);
  if (receiver === undefined) return { on: true, words: "Every user has an inbox on this site." };
  const traits = channel.traits(settings).map((trait) => `, ${trait}`);
  return {
    on: true,
    words: manages ? html`Sends to <code>${receiver}</code>${traits.join("")}.` : "Configured.",
  };
}

/** The channel's last success, last failure and queue. */
function record(method: string, { health, waiting, now }: ChannelFacts): Html | string {
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
    <h3>${templateName} <span class="for">to ${username} by ${channelLabel(method).toLowerCase()}</span></h3>
    <p class="when">${moment(failedAt, now)}</p>
    <p class="answer">${answer ?? "No response."}</p>
    <p class="more">${count}, ${next} · <code>${id}</code></p>
  </li>`;
}
