// The webhook channel: its settings, Coder's payload, and a check of the receiver. One receiver gets every user's messages.
import { createSecretKey, type KeyObject } from "node:crypto";
import type * as z from "zod";
import { webhookAddress, webhookSecret, type WebhookAddress } from "../../../config/values.ts";
import type { ReachResult } from "../../../kernel/ports.ts";
import { fail, ok, warn, type Finding } from "../../../kernel/rules/finding.ts";
import { toPlainText } from "../../texts/rules/markdown.ts";
import {
  defineChannel,
  type OutgoingMessage,
  type ProbeContext,
  type ProbeResult,
  type SettingsContext,
} from "../channel.ts";
import { sendWebhook, webhookBody, type WebhookMessage } from "./send.ts";

export const webhookVariables = {
  BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: webhookAddress.optional(),
  BELFRY_NOTIFICATIONS_WEBHOOK_SECRET: webhookSecret.optional(),
} satisfies Record<string, z.ZodType>;

export interface WebhookSettings extends WebhookAddress {
  /** Of the secret; undefined: requests are not signed. */
  key: KeyObject | undefined;
  /** Milliseconds for an attempt. */
  timeout: number;
}

export function toWebhookSettings(
  env: z.infer<z.ZodObject<typeof webhookVariables>>,
  { dispatchTimeout }: Pick<SettingsContext, "dispatchTimeout">,
): WebhookSettings | undefined {
  const { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: address, BELFRY_NOTIFICATIONS_WEBHOOK_SECRET: secret } = env;
  if (address === undefined) return undefined;
  const key = secret === undefined ? undefined : toKey(secret);
  return { ...address, key, timeout: dispatchTimeout };
}

/** `whsec_` and base64. */
const toKey = (secret: string): KeyObject => createSecretKey(secret.slice("whsec_".length), "base64");

export const webhook = defineChannel({
  id: "webhook",
  label: "Webhook",
  isLocal: false,

  variables: webhookVariables,
  needs: ["BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT"],
  toSettings: toWebhookSettings,
  isOn: () => true,
  timeout: ({ timeout }) => timeout,

  receiver: ({ endpoint }) => new URL(endpoint).host,
  endpoint: ({ endpoint }) => endpoint,
  traits: ({ key }) => [key === undefined ? "unsigned" : "signed"],
  destination: () => "to the webhook",
  unreachable: () => undefined,

  payload: (message) => webhookBody(toWebhookMessage(message)),
  send: (message, settings, { post, now }) =>
    sendWebhook(post, settings, toWebhookMessage(message), { now, timeout: settings.timeout }),
  probe: probeWebhook,
  advice: webhookAdvice,
});

/** Coder's message payload, version 1.2: labels and data are not escaped. */
export function toWebhookMessage(message: OutgoingMessage): WebhookMessage {
  const { id, recipient, template, title, body, actions, labels, data, targets } = message;
  return {
    id,
    traceparent: message.traceparent,
    payload: {
      _version: "1.2",
      notification_name: template.name,
      notification_template_id: template.id,
      user_id: recipient.id,
      user_email: recipient.email,
      user_name: recipient.name,
      user_username: recipient.username,
      actions,
      labels,
      data,
      targets: targets.length === 0 ? null : targets,
    },
    title: toPlainText(title),
    titleMarkdown: title,
    body: toPlainText(body),
    bodyMarkdown: body,
  };
}

const probeTimeoutMs = 5_000;
const slowResponseMs = 2_000;

/** A HEAD request: nothing is sent. */
export async function probeWebhook(
  settings: WebhookSettings | undefined,
  { reach }: ProbeContext,
): Promise<ProbeResult> {
  if (settings === undefined)
    return { findings: [ok("webhook", "not configured (BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT)")] };
  const { endpoint, authorization, key } = settings;
  const { host } = new URL(endpoint);
  const reached = await reach(endpoint, probeTimeoutMs, authorization);
  return {
    findings: [describeReached(host, reached), ...(key === undefined ? [notSigned(host)] : [])],
    // The Date header has whole seconds.
    ...(reached.ok && reached.date !== null ? { receiverTime: reached.date + 500 } : {}),
  };
}

/** What the response to a probe means. */
export function describeReached(host: string, reached: ReachResult): Finding {
  if (!reached.ok) return fail("webhook", `${host}: ${reached.problem}`, unreached);
  const { status, milliseconds } = reached;
  const message = `${host} answered HEAD with ${status} in ${milliseconds} ms`;
  if (status >= 500) return warn("webhook", message, webhookAdvice(`answered ${status}`));
  if (milliseconds > slowResponseMs) return warn("webhook", message, webhookAdvice("no answer in time"));
  return ok("webhook", message);
}

const notSigned = (host: string): Finding =>
  warn(
    "webhook",
    `Requests to ${host} are not signed: the receiver can't verify that they come from Belfry.`,
    'Set BELFRY_NOTIFICATIONS_WEBHOOK_SECRET="whsec_$(openssl rand -base64 32)", and verify signatures in the receiver.',
  );

const unreached =
  "Check that the receiver is running and reachable from here, and check BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT.";

/** What to do about a failure. */
export function webhookAdvice(answer: string): string {
  if (/no answer in time/.test(answer))
    return "The receiver is slow. It should answer first and process the message afterwards; the timeout is BELFRY_NOTIFICATIONS_DISPATCH_TIMEOUT.";
  if (/answered 5\d\d/.test(answer)) return "The receiver failed. Look for the cause in its log.";
  if (/answered 4(01|03)/.test(answer))
    return "The receiver denied access. Check BELFRY_NOTIFICATIONS_WEBHOOK_SECRET, and the user name and password in BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT.";
  if (/answered (3\d\d|404|405|410)/.test(answer))
    return "The address is wrong. Check BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT.";
  return unreached;
}
