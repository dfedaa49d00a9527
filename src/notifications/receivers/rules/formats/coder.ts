// Coder's webhook envelope, signed as Standard Webhooks.
import { toWebhookMessage } from "../../../channels/webhook/channel.ts";
import { webhookBody } from "../../../channels/webhook/send.ts";
import type { ReceiverMessage, ReceiverRequest, ReceiverTarget } from "../message.ts";
import { signedHeaders } from "../signature.ts";

export function renderCoder(
  { outgoing }: ReceiverMessage,
  { address, secrets }: ReceiverTarget,
  now: number,
): ReceiverRequest {
  const body = webhookBody(toWebhookMessage(outgoing));
  return {
    url: address,
    headers: {
      "content-type": "application/json",
      "x-message-id": outgoing.id,
      ...signedHeaders(outgoing.id, secrets, body, now),
    },
    body,
  };
}
