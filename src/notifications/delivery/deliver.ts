// One try of one message: checks whether it is still wanted, renders it and hands it to its channel.
import type { Action } from "../../../db/schema.ts";
import type { Deps } from "../../kernel/deps.ts";
import type { OutgoingMessage, Outcome } from "../channels/channel.ts";
import { channelLabel, findChannel } from "../channels/index.ts";
import { findKind, isAlwaysOn, reachesSuspended } from "../kinds/kinds.ts";
import { isGone, type GoneEndpoints } from "./rules/gone.ts";
import { openLabels } from "./sealed-labels.ts";
import { renderOrFallback, type Rendered } from "../texts/rules/render.ts";
import type { ClaimedMessage } from "./store/queue.ts";
import { makeUnsubscribeToken } from "../preferences/unsubscribe.ts";

/** Coder's id of the test notification: it is also the way back for an endpoint that had answered 410. */
export const testTemplateId = "c425f63e-716a-4bf4-ae24-78348f706c3f";

export interface Delivery {
  outcome: Outcome;
  rendered: Rendered | null;
}

/** Never throws for what the world does. */
export async function deliver(deps: Deps, message: ClaimedMessage, gone: GoneEndpoints): Promise<Delivery> {
  const refused = reasonNotToSend(deps, message);
  if (refused !== undefined) return { outcome: refused, rendered: null };
  const opened = await openLabels(deps, message);
  if (opened === undefined) {
    const detail = "what it says can't be opened: the secret key was changed";
    return { outcome: { kind: "permanent", detail }, rendered: null };
  }
  const input = inputOf(deps, message, opened);
  const version = {
    templateId: message.templateId,
    number: message.version,
    name: message.templateName,
    title: message.title,
    body: message.body,
    actions: JSON.parse(message.actions) as Action[],
  };
  const rendered = renderOrFallback(deps.process.templates, version, input);
  return { outcome: await sendBy(deps, message, rendered, gone), rendered };
}

function reasonNotToSend(deps: Deps, message: ClaimedMessage): Outcome | undefined {
  if (message.tries > deps.config.notifications.maxSendAttempts) {
    return {
      kind: "permanent",
      detail: "every try was cut off before it ended",
      reason: "attempts_exhausted",
    };
  }
  if (message.expiresAt !== null && deps.now() >= message.expiresAt) {
    return { kind: "inhibited", detail: "it is of no use any more", reason: "expired" };
  }
  const isSuspended = message.userStatus !== "active" && !reachesSuspended(message.templateId);
  if (message.userDeletedAt !== null || isSuspended) {
    return { kind: "inhibited", detail: "the user is suspended or gone", reason: "suspended_user" };
  }
  if (message.disabled === true && !isAlwaysOn(message.templateId)) {
    return { kind: "inhibited", detail: "the user has switched this kind off", reason: "disabled_by_user" };
  }
  return undefined;
}

async function sendBy(
  deps: Deps,
  message: ClaimedMessage,
  rendered: Rendered,
  gone: GoneEndpoints,
): Promise<Outcome> {
  const channel = findChannel(message.method);
  const settings = channel === undefined ? undefined : deps.config.notifications.channels[channel.id];
  if (channel === undefined || settings === undefined) {
    const needs = channel === undefined ? "" : ` (${channel.needs.join(" and ")})`;
    const detail = `${channelLabel(message.method)} is not set up${needs}`;
    return { kind: "permanent", detail, reason: "not_configured" };
  }
  if (isGone(channel, settings, gone) && message.templateId !== testTemplateId) {
    return {
      kind: "permanent",
      detail: "the endpoint had answered 410 Gone; a test notification that it accepts switches it on again",
      reason: "endpoint_gone",
    };
  }
  return channel.send(outgoingMessage(deps, message, rendered), settings, {
    now: deps.now,
    accessUrl: deps.config.accessUrl,
    post: deps.post,
    mail: deps.process.mail,
  });
}

/** What was sealed is in the text alone. */
function outgoingMessage(deps: Deps, message: ClaimedMessage, rendered: Rendered): OutgoingMessage {
  const { id, userId, templateId } = message;
  const token = makeUnsubscribeToken(deps, { userId, templateId });
  return {
    id,
    recipient: userOf(message),
    template: { id: templateId, name: message.templateName, audience: findKind(templateId)?.audience },
    title: rendered.title,
    body: rendered.body,
    actions: rendered.actions,
    labels: JSON.parse(message.labels) as Record<string, string>,
    data: dataOf(message),
    targets: JSON.parse(message.targets) as string[],
    unsubscribeUrl: isAlwaysOn(templateId) ? null : `${deps.config.accessUrl}/unsubscribe?token=${token}`,
    expiresAt: message.expiresAt,
  };
}

const inputOf = (deps: Deps, message: ClaimedMessage, opened: Record<string, string>) => ({
  labels: { ...(JSON.parse(message.labels) as Record<string, string>), ...opened },
  data: dataOf(message),
  user: userOf(message),
  baseUrl: deps.config.accessUrl,
  templateId: message.templateId,
});

const userOf = ({ userId, userName, username, email }: ClaimedMessage) => ({
  id: userId,
  name: userName === "" ? username : userName,
  username,
  email,
});

const dataOf = ({ data }: ClaimedMessage) =>
  data === null ? null : (JSON.parse(data) as Record<string, unknown>);
