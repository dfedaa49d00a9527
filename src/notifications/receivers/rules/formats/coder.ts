// Coder's webhook envelope, signed as Standard Webhooks.
import { createSecretKey } from "node:crypto";
import { toWebhookMessage } from "../../../channels/webhook/channel.ts";
import { sign, webhookBody } from "../../../channels/webhook/send.ts";
import type { ReceiverMessage, ReceiverRequest, ReceiverTarget } from "../message.ts";

export function renderCoder(
  { outgoing }: ReceiverMessage,
  { address, secrets }: ReceiverTarget,
  now: number,
): ReceiverRequest {
  const body = webhookBody(toWebhookMessage(outgoing));
  const signed = secrets.map((secret) =>
    sign(createSecretKey(secret.slice("whsec_".length), "base64"), outgoing.id, now, body),
  );
  return {
    url: address,
    headers: {
      "content-type": "application/json",
      "x-message-id": outgoing.id,
      ...signed[0],
      // While secrets are exchanged, a receiver can verify it with either.
      "webhook-signature": signed.map((one) => one["webhook-signature"]).join(" "),
    },
    body,
  };
}
