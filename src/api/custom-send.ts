// Sends a custom notification to others, for the route and the page.
import type { CustomContent } from "../notifications/outbox/send-custom.ts";
import { sendToOthers, type SentToOthers } from "../notifications/custom/send.ts";
import type { Ctx } from "../http/endpoint.ts";
import { earlierRead, keyedBy, type RequestKey } from "../http/idempotency.ts";
import { readRecipients, type Recipients } from "./custom-recipients.ts";

/** Throws 400, 403, 409, 422. */
export async function sendAs(
  c: Ctx,
  {
    content,
    recipients,
    requestKey,
  }: { content: CustomContent; recipients: Recipients; requestKey: RequestKey | undefined },
): Promise<SentToOthers> {
  const { actor, audience, ...read } = await readRecipients(c, recipients, {
    also: earlierRead(c, requestKey),
  });
  const request = { content, audience, keyed: keyedBy(actor.userId, requestKey) };
  return sendToOthers(c.get("deps"), actor, request, read);
}
