// The webhook: Coder's payload, POSTed to one receiver for everybody.
import { toPlainText } from "../../texts/rules/markdown.ts";
import { defineChannel, type OutgoingMessage } from "../channel.ts";
import { probeWebhook, webhookAdvice } from "./probe.ts";
import { toWebhookSettings, webhookVariables } from "./settings.ts";
import { sendWebhook, webhookBody, type WebhookMessage } from "./webhook.ts";

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
  traits: ({ secret }) => [secret === undefined ? "unsigned" : "signed"],
  destination: () => "to the webhook",
  unreachable: () => undefined,

  payload: (message) => webhookBody(toWebhookMessage(message)),
  send: (message, settings, { post, now }) =>
    sendWebhook(post, settings, toWebhookMessage(message), { now, timeout: settings.timeout }),
  probe: probeWebhook,
  advice: webhookAdvice,
});

/** Coder's message payload, version 1.2: labels and data as they are, not escaped. */
function toWebhookMessage(message: OutgoingMessage): WebhookMessage {
  const { id, recipient, template, title, body, actions, labels, data, targets } = message;
  return {
    id,
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
