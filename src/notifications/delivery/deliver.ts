// One try of one message: checks whether it is still wanted, renders it and hands it to its channel.
import { createHash } from "node:crypto";
import type { Action } from "../../../db/schema.ts";
import type { Deps } from "../../kernel/deps.ts";
import { sendMail } from "../channels/mail/mail.ts";
import { sendWebhook } from "../channels/webhook/webhook.ts";
import { toPlainText } from "../texts/rules/markdown.ts";
import { isAlwaysOn, reachesSuspended } from "../kinds/kinds.ts";
import { openLabels } from "./sealed-labels.ts";
import { renderOrFallback, type Rendered } from "../texts/rules/render.ts";
import type { Outcome } from "./rules/retry.ts";
import type { ClaimedMessage } from "./store/queue.ts";
import { makeUnsubscribeToken } from "../preferences/unsubscribe.ts";

/** Coder's id of the test notification: it is also the way back for an endpoint that had answered 410. */
export const testTemplateId = "c425f63e-716a-4bf4-ae24-78348f706c3f";

export interface Delivery {
  outcome: Outcome;
  rendered: Rendered | null;
}

export const endpointHash = (endpoint: string) => createHash("sha256").update(endpoint).digest("hex");

/** Never throws for what the world does; `goneEndpoint` is the hash of the endpoint that wants nothing more. */
export async function deliver(
  deps: Deps,
  message: ClaimedMessage,
  goneEndpoint: string | undefined,
): Promise<Delivery> {
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
  if (message.method === "inbox") return { outcome: { kind: "sent", detail: "in the inbox" }, rendered };
  if (message.method === "webhook") {
    return { outcome: await overWebhook(deps, message, rendered, goneEndpoint), rendered };
  }
  return { outcome: await overMail(deps, message, rendered), rendered };
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

async function overWebhook(
  deps: Deps,
  message: ClaimedMessage,
  rendered: Rendered,
  goneEndpoint: string | undefined,
): Promise<Outcome> {
  const target = deps.config.notifications.webhook;
  if (target === undefined)
    return {
      kind: "permanent",
      detail: "no webhook endpoint is set (BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT)",
    };
  if (goneEndpoint === endpointHash(target.endpoint) && message.templateId !== testTemplateId) {
    return {
      kind: "permanent",
      detail: "the endpoint had answered 410 Gone; a test notification that it accepts switches it on again",
      reason: "endpoint_gone",
    };
  }
  const webhook = {
    id: message.id,
    payload: payloadOf(message, rendered),
    title: toPlainText(rendered.title),
    titleMarkdown: rendered.title,
    body: toPlainText(rendered.body),
    bodyMarkdown: rendered.body,
  };
  return sendWebhook(deps.post, target, webhook, {
    now: deps.now,
    timeout: deps.config.notifications.dispatchTimeout,
  });
}

async function overMail(deps: Deps, message: ClaimedMessage, rendered: Rendered): Promise<Outcome> {
  const { mail } = deps.config.notifications;
  const pool = deps.process.mail;
  if (mail === undefined || pool === null) {
    const detail = "mail is not set up (BELFRY_EMAIL_SMARTHOST and BELFRY_EMAIL_FROM)";
    return { kind: "permanent", detail, reason: "not_configured" };
  }
  const { accessUrl } = deps.config;
  const token = makeUnsubscribeToken(deps, { userId: message.userId, templateId: message.templateId });
  const name = message.userName === "" ? message.username : message.userName;
  return sendMail(
    pool,
    { from: mail.from, accessUrl },
    {
      id: message.id,
      to: { name, address: message.email },
      title: rendered.title,
      body: rendered.body,
      actions: rendered.actions,
      unsubscribeUrl: isAlwaysOn(message.templateId) ? null : `${accessUrl}/unsubscribe?token=${token}`,
      oneClick: true,
    },
    { now: deps.now, timeout: Math.min(mail.timeout, (message.expiresAt ?? Infinity) - deps.now()) },
  );
}

function inputOf(deps: Deps, message: ClaimedMessage, opened: Record<string, string>) {
  return {
    labels: { ...(JSON.parse(message.labels) as Record<string, string>), ...opened },
    data: message.data === null ? null : (JSON.parse(message.data) as Record<string, unknown>),
    user: {
      id: message.userId,
      name: message.userName === "" ? message.username : message.userName,
      username: message.username,
      email: message.email,
    },
    baseUrl: deps.config.accessUrl,
    templateId: message.templateId,
  };
}

/** Coder's message payload, version 1.2: labels and data as they are, not escaped. */
function payloadOf(message: ClaimedMessage, rendered: Rendered): Record<string, unknown> {
  const targets = JSON.parse(message.targets) as string[];
  return {
    _version: "1.2",
    notification_name: message.templateName,
    notification_template_id: message.templateId,
    user_id: message.userId,
    user_email: message.email,
    user_name: message.userName === "" ? message.username : message.userName,
    user_username: message.username,
    actions: rendered.actions,
    labels: JSON.parse(message.labels),
    data: message.data === null ? null : JSON.parse(message.data),
    targets: targets.length === 0 ? null : targets,
  };
}
