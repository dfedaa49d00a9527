// One attempt for one message: checks that it should still be sent, renders it and passes it to its channel.
import type { Action } from "../../../db/schema.ts";
import type { Deps } from "../../kernel/deps.ts";
import type { OutgoingMessage, Outcome } from "../channels/channel.ts";
import { createPushAccess } from "../channels/push/access.ts";
import { channelLabel, findChannel } from "../channels/index.ts";
import { isAlwaysOn, kindTitle, kinds, reachesSuspended } from "../kinds/kinds.ts";
import { parseTraceparent, traceparentOf } from "../../kernel/rules/trace.ts";
import { beginDelivery } from "../../kernel/tracing.ts";
import { isGone } from "./rules/channel-health.ts";
import { isChannelDisabled } from "../outbox/rules/by-person.ts";
import { isMuted } from "../outbox/rules/mutes.ts";
import { unsealLabels } from "../outbox/sealed-labels.ts";
import { renderOrFallback, withoutTemplate, type Rendered } from "../texts/rules/render.ts";
import type { ClaimedMessage } from "./store/queue.ts";
import { unsubscribeUrl } from "../preferences/unsubscribe.ts";
import { ownMethod } from "../receivers/rules/own.ts";
import { sendToReceiver } from "../receivers/send.ts";
import type { ReceiverToSend } from "../receivers/store/turns.ts";

/** A successful test notification also enables an endpoint again that had responded 410 Gone. */
export const testTemplateId = kinds["test-notification"].id;

export interface Delivery {
  outcome: Outcome;
  rendered: Rendered | null;
}

/** `receiver`: of a message to one. Failures of the outside world are outcomes, never exceptions. */
export async function attempt(
  deps: Deps,
  message: ClaimedMessage,
  receiver?: ReceiverToSend,
): Promise<Delivery> {
  if (message.traceparent === null && deps.trace === null) return attemptInTrace(deps, message, receiver);
  const span = beginDelivery(deps, parseTraceparent(message.traceparent));
  const delivery = await attemptInTrace({ ...deps, trace: span.context }, message, receiver);
  const { kind } = delivery.outcome;
  const attributes = {
    "belfry.channel": message.method,
    "belfry.message_id": message.id,
    "belfry.attempt": message.attempt,
    "belfry.outcome": kind,
  };
  span.end(`deliver ${message.method}`, attributes, kind === "temporary" || kind === "permanent");
  return delivery;
}

async function attemptInTrace(
  deps: Deps,
  message: ClaimedMessage,
  receiver: ReceiverToSend | undefined,
): Promise<Delivery> {
  const refused = reasonNotToSend(deps, message);
  if (refused !== undefined) return { outcome: refused, rendered: null };
  const unsealed = await unsealLabels(deps, message);
  if (unsealed === undefined) {
    const detail = "can't be decrypted: the secret key was changed";
    return { outcome: { kind: "permanent", detail }, rendered: null };
  }
  const facts: Facts = {
    labels: JSON.parse(message.labels) as Record<string, string>,
    data: message.data === null ? null : (JSON.parse(message.data) as Record<string, unknown>),
    recipient: recipientOf(message),
  };
  const rendered = renderMessage(deps, message, facts, unsealed);
  if (message.receiverId === null)
    return { outcome: await sendByChannel(deps, message, facts, rendered), rendered };
  const outgoing = outgoingMessage(deps, message, facts, rendered);
  const about = { situationId: message.situationId, at: message.createdAt };
  return { outcome: await sendToReceiver(deps, receiver, outgoing, about), rendered };
}

function renderMessage(
  deps: Deps,
  message: ClaimedMessage,
  { labels, data, recipient }: Facts,
  unsealed: Record<string, string>,
): Rendered {
  if (message.text !== null) return withoutTemplate(JSON.parse(message.text) as Rendered);
  const { templateId, version: number, title, body } = message;
  const name = kindTitle(templateId, message.templateName);
  const actions = JSON.parse(message.actions) as Action[];
  return renderOrFallback(
    deps.process.templates,
    { templateId, number, name, title, body, actions },
    { labels: { ...labels, ...unsealed }, data, user: recipient, baseUrl: deps.config.accessUrl, templateId },
  );
}

/** What a message is about, parsed. */
type Facts = Pick<OutgoingMessage, "labels" | "data" | "recipient">;

function reasonNotToSend(deps: Deps, message: ClaimedMessage): Outcome | undefined {
  if (message.countedAttempts > deps.config.notifications.maxSendAttempts) {
    return {
      kind: "permanent",
      detail: "every attempt was interrupted",
      reason: "attempts_exhausted",
    };
  }
  if (message.expiresAt !== null && deps.now() >= message.expiresAt) {
    return { kind: "inhibited", detail: "it has expired", reason: "expired" };
  }
  const isSuspended = message.userStatus !== "active" && !reachesSuspended(message.templateId);
  if (message.userDeletedAt !== null || isSuspended) {
    return { kind: "inhibited", detail: "the user is suspended or deleted", reason: "suspended_user" };
  }
  if (message.isKindDisabled && !isAlwaysOn(message.templateId)) {
    return {
      kind: "inhibited",
      detail: "the kind is disabled for everybody",
      reason: "disabled_by_deployment",
    };
  }
  if (message.disabled === true && !isAlwaysOn(message.templateId)) {
    return { kind: "inhibited", detail: "the user turned off this kind", reason: "disabled_by_user" };
  }
  const { receiverId, method } = message;
  const isOff = isChannelDisabled(message, receiverId === null ? method : ownMethod(receiverId));
  if ((isOff || isChannelDisabled(message, method)) && !isAlwaysOn(message.templateId)) {
    const detail = "the user disabled this channel for this kind";
    return { kind: "inhibited", detail, reason: "channel_disabled_by_user" };
  }
  if (message.wasRead === 1) {
    return { kind: "inhibited", detail: "it was read in the inbox", reason: "read_meanwhile" };
  }
  if (isMutedBy(message)) {
    return { kind: "inhibited", detail: "the user muted what it is about", reason: "muted_by_user" };
  }
  return undefined;
}

const isMutedBy = ({ mutes, reasons, templateId, targets, labels }: ClaimedMessage): boolean =>
  mutes !== null &&
  isMuted(mutes, JSON.parse(reasons) as string[], {
    templateId,
    targets: JSON.parse(targets) as string[],
    labels: JSON.parse(labels) as Record<string, string>,
  });

async function sendByChannel(
  deps: Deps,
  message: ClaimedMessage,
  facts: Facts,
  rendered: Rendered,
): Promise<Outcome> {
  const channel = findChannel(message.method);
  const settings = channel === undefined ? undefined : deps.config.notifications.channels[channel.id];
  if (channel === undefined || settings === undefined) {
    const needs = channel === undefined ? "" : ` (${channel.needs.join(" and ")})`;
    const detail = `${channelLabel(message.method)} is not configured${needs}`;
    return { kind: "permanent", detail, reason: "not_configured" };
  }
  const gone = new Map(message.goneEndpoint === null ? [] : [[channel.id, message.goneEndpoint]]);
  if (isGone(channel, settings, gone) && message.templateId !== testTemplateId) {
    return {
      kind: "permanent",
      detail: "the endpoint responded 410 Gone before; a successful test notification enables it again",
      reason: "endpoint_gone",
    };
  }
  return channel.send(outgoingMessage(deps, message, facts, rendered), settings, {
    now: deps.now,
    accessUrl: deps.config.accessUrl,
    post: deps.post,
    mail: deps.process.mail,
    push: createPushAccess(deps),
  });
}

/** Sealed labels are in the text only. */
function outgoingMessage(
  deps: Deps,
  message: ClaimedMessage,
  { labels, data, recipient }: Facts,
  rendered: Rendered,
): OutgoingMessage {
  const { id, userId, templateId } = message;
  return {
    id,
    recipient,
    template: { id: templateId, name: message.templateName, severities: message.severities },
    reasons: JSON.parse(message.reasons) as string[],
    title: rendered.title,
    body: rendered.body,
    actions: rendered.actions,
    labels,
    data,
    targets: JSON.parse(message.targets) as string[],
    // Not every channel has it in its messages.
    get unsubscribeUrl() {
      return isAlwaysOn(templateId) ? null : unsubscribeUrl(deps, { userId, templateId });
    },
    expiresAt: message.expiresAt,
    traceparent: deps.trace && traceparentOf(deps.trace),
  };
}

const recipientOf = ({ userId, userName, username, email }: ClaimedMessage) => ({
  id: userId,
  name: userName === "" ? username : userName,
  username,
  email,
});
