// Sends a message to the browsers of its recipient (RFC 8030).
import { describeError } from "../webhook/send.ts";
import { parseRetryAfter } from "../../delivery/rules/retry.ts";
import type { ChannelContext, OutgoingMessage, Outcome } from "../channel.ts";
import type { PushState } from "./state.ts";
import { authorizationFor, encryptFor, type ServerKey } from "./encryption.ts";
import { isUrgent, pushContent } from "./rules/push.ts";

/** Seconds that a push service keeps a message for a browser that is not running. */
const timeToLive = 86_400;

export interface PushSettings {
  /** Where subscriptions may lead. */
  services: readonly string[];
  /** Milliseconds for an attempt. */
  timeout: number;
}

interface Answer {
  id: string;
  status: number;
  detail: string;
  retryAfter: number | undefined;
}

/** Sent once one browser's service has taken it; subscriptions that have ended are removed. */
export async function sendPush(
  message: OutgoingMessage,
  { timeout }: PushSettings,
  context: ChannelContext,
): Promise<Outcome> {
  const { push } = context;
  const state = await push.read({ id: message.id, userId: message.recipient.id });
  if (state.isWatching) return { kind: "inhibited", detail: "a page is visible", reason: "page_visible" };
  const keys = new Map((await push.serverKeys()).map((key) => [key.publicKey, key]));
  const answers = await Promise.all(
    state.subscriptions.map((subscription) => {
      const key = keys.get(subscription.serverKey);
      return key === undefined
        ? {
            id: subscription.id,
            status: 410,
            detail: "subscribed with an earlier key",
            retryAfter: undefined,
          }
        : sendToOne(message, { subscription, key, inboxId: state.inboxId, timeout }, context);
    }),
  );
  const ended = answers.filter(({ status }) => status === 404 || status === 410);
  await push.remove(ended.map(({ id }) => id));
  const left = answers.filter((answer) => !ended.includes(answer));
  const sent = left.filter(({ status }) => status >= 200 && status < 300);
  if (left.length === 0)
    return { kind: "inhibited", detail: "no browser is subscribed any more", reason: "no_subscription" };
  if (sent.length > 0)
    return {
      kind: "sent",
      detail: `${sent[0]!.detail}${sent.length > 1 ? `, ${sent.length} browsers` : ""}`,
    };
  const retryAfter = Math.max(...left.map((answer) => answer.retryAfter ?? 0));
  const { detail } = left[0]!;
  // What the service refuses today, it refuses tomorrow: the message is wrong, not the moment.
  if (left.every(({ status }) => status === 400 || status === 413)) return { kind: "permanent", detail };
  return { kind: "temporary", detail, ...(retryAfter === 0 ? {} : { retryAfter }) };
}

interface Target {
  subscription: PushState["subscriptions"][number];
  key: ServerKey;
  inboxId: string | undefined;
  timeout: number;
}

async function sendToOne(
  message: OutgoingMessage,
  { subscription, key, inboxId, timeout }: Target,
  { now, accessUrl, post }: ChannelContext,
): Promise<Answer> {
  const { id, endpoint } = subscription;
  const content = pushContent(message, inboxId);
  // Push services ask for an address of ours: Apple's refuses others than these.
  const contact = accessUrl.startsWith("https:") ? accessUrl : "mailto:belfry@localhost";
  try {
    const body = await encryptFor(subscription, JSON.stringify(content));
    const lifetime = message.expiresAt === null ? timeToLive : Math.ceil((message.expiresAt - now()) / 1_000);
    const headers = {
      "content-type": "application/octet-stream",
      "content-encoding": "aes128gcm",
      authorization: await authorizationFor(key, { endpoint, contact, now: now() }),
      ttl: String(Math.min(timeToLive, Math.max(0, lifetime))),
      urgency: isUrgent(message.template) ? "high" : "normal",
      topic: content.tag,
    };
    const answer = await post({ url: endpoint, headers, body, timeout });
    const retryAfter = parseRetryAfter(answer.headers.get("retry-after"), now());
    return {
      id,
      status: answer.status,
      detail: `${new URL(endpoint).host} answered ${answer.status}`,
      retryAfter,
    };
  } catch (error) {
    return { id, status: 0, detail: describeError(error), retryAfter: undefined };
  }
}
