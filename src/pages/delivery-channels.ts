// The status of each delivery channel, on the delivery page.
import { html } from "./html.ts";
import type { NotificationsConfig } from "../config/config.ts";
import type { Channel } from "../notifications/channels/channel.ts";
import { allChannels, channelName, type Method } from "../notifications/channels/index.ts";
import {
  failing,
  isGone,
  type GoneEndpoints,
  type Health,
} from "../notifications/delivery/rules/channel-health.ts";
import { maxCounted, type QueueLength } from "../notifications/delivery/store/health.ts";
import { moment } from "./components.ts";
import { attributes, type Html } from "./layout.ts";
import { approximateDuration } from "./rules/labels.ts";

export interface ChannelsView {
  notifications: NotificationsConfig;
  /** Addresses of servers, records and queues are for those who see the deployment. */
  seesDeployment: boolean;
  /** Endpoints that answered 410 Gone. */
  gone: GoneEndpoints;
  health: readonly Health[];
  waiting: readonly QueueLength[];
  now: number;
}

export const channelList = (facts: ChannelsView): Html =>
  html`<dl class="channels">${allChannels.map((channel) => channelStatus(channel, facts))}</dl>`;

function channelStatus(channel: Channel<Method>, facts: ChannelsView): Html {
  const { isOn, text } = channelSetup(channel, facts);
  const bad = isOn && failing(facts.health, facts.now).some(({ method }) => method === channel.id);
  const isDefault = facts.notifications.defaultMethod === channel.id;
  const off = facts.notifications.channels[channel.id] === undefined ? "not configured" : "disabled";
  return html`<div class="channel" ${attributes({ "data-state": bad ? "failing" : isOn ? "on" : "off" })}>
    <dt>${channel.label} <span class="switch">${bad ? "failing" : isOn ? "enabled" : off}</span></dt>
    <dd>
      ${text === "" && !isDefault ? "" : html`<p>${text}${isDefault ? " Default channel." : ""}</p>`}
      ${facts.seesDeployment ? deliveryRecord(channel.id, facts) : ""}
    </dd>
  </div>`;
}

function channelSetup(
  channel: Channel<Method>,
  { notifications, gone, seesDeployment }: ChannelsView,
): { isOn: boolean; text: Html | string } {
  const settings = notifications.channels[channel.id];
  if (settings === undefined || !channel.isOn(settings)) {
    const needs = channel.needs.map(
      (name) => html`${name === channel.needs[0] ? "" : " and "}<code>${name}</code>`,
    );
    return {
      isOn: false,
      text: seesDeployment
        ? html`To enable ${channelName(channel.id)}, set ${needs} on the server and restart Belfry.`
        : "Not configured. Ask an owner.",
    };
  }
  if (isGone(channel, settings, gone)) {
    const text =
      "Disabled because the receiver responded 410 Gone. Send a test notification: if the receiver accepts it, the channel is enabled again.";
    return { isOn: false, text };
  }
  const receiver = channel.receiver(settings);
  if (receiver === undefined) return { isOn: true, text: "Every user has an inbox on this site." };
  const traits = channel.traits(settings).map((trait) => `, ${trait}`);
  return {
    isOn: true,
    text: seesDeployment
      ? html`Sends to ${/[.:]/.test(receiver) ? html`<code>${receiver}</code>` : receiver}${traits.join("")}.`
      : "",
  };
}

/** The channel's last success, last failure and queue. */
function deliveryRecord(method: string, { health, waiting, now }: ChannelsView): Html | string {
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
    const count = queue.count >= maxCounted ? `${maxCounted} or more` : queue.count;
    const messages = queue.count === 1 ? "notification" : "notifications";
    lines.push(
      html`${count} ${messages} waiting, the oldest for ${approximateDuration(now - queue.oldest)}.`,
    );
  } else if (known !== undefined) lines.push(html`No notifications waiting.`);
  return lines.length === 0
    ? ""
    : html`<ul class="record" role="list">
        ${lines.map((line) => html`<li>${line}</li>`)}
      </ul>`;
}
