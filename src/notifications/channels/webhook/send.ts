// Sends a message to the webhook: Coder's envelope, signed as Standard Webhooks if there is a secret.
import { createHmac, type KeyObject } from "node:crypto";
import { connectionErrors, innermostCause, isTimeout } from "../../../kernel/rules/connection-error.ts";
import type { Post } from "../../../kernel/ports.ts";
import type { Outcome } from "../channel.ts";
import { parseRetryAfter } from "../../delivery/rules/retry.ts";

export interface WebhookTarget {
  endpoint: string;
  /** The `Authorization` header's value. */
  authorization: string | undefined;
  /** Signs each request, if there is one. */
  key: KeyObject | undefined;
}

export interface WebhookMessage {
  id: string;
  /** Sent as the header; null or left out: none. */
  traceparent?: string | null | undefined;
  payload: Record<string, unknown>;
  /** As plain text and as Markdown. */
  title: string;
  titleMarkdown: string;
  body: string;
  bodyMarkdown: string;
}

export interface WebhookClock {
  now: () => number;
  /** Milliseconds. */
  timeout: number;
}

/** Coder's envelope, version 1.1. */
export const webhookBody = (message: WebhookMessage): string =>
  JSON.stringify({
    _version: "1.1",
    msg_id: message.id,
    payload: message.payload,
    title: message.title,
    title_markdown: message.titleMarkdown,
    body: message.body,
    body_markdown: message.bodyMarkdown,
  });

/** One attempt. 2xx is success and 410 disables the endpoint; every other status, redirects included, is retried. */
export async function sendWebhook(
  post: Post,
  target: WebhookTarget,
  message: WebhookMessage,
  clock: WebhookClock,
): Promise<Outcome> {
  const body = webhookBody(message);
  const headers = {
    "content-type": "application/json",
    "x-message-id": message.id,
    "user-agent": "Belfry",
    ...(message.traceparent == null ? {} : { traceparent: message.traceparent }),
    ...(target.authorization === undefined ? {} : { authorization: target.authorization }),
  };
  const signature = target.key === undefined ? {} : sign(target.key, message.id, clock.now(), body);
  try {
    const answer = await post({
      url: target.endpoint,
      headers: { ...headers, ...signature },
      body,
      timeout: clock.timeout,
    });
    return toOutcome(answer, clock.now());
  } catch (error) {
    return { kind: "temporary", detail: describeError(error) };
  }
}

/** The three fields of Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body`; the timestamp is the attempt's, in seconds. */
export function sign(key: KeyObject, id: string, now: number, body: string): Record<string, string> {
  const timestamp = Math.floor(now / 1_000);
  const digest = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": String(timestamp), "webhook-signature": `v1,${digest}` };
}

function toOutcome(answer: Awaited<ReturnType<Post>>, now: number): Outcome {
  const { status } = answer;
  const detail = `answered ${status}`;
  if (status >= 200 && status < 300) return { kind: "sent", detail };
  if (status === 410)
    return {
      kind: "permanent",
      detail: `${detail} Gone: the endpoint is disabled`,
      reason: "endpoint_gone",
      gone: true,
    };
  if (status >= 300 && status < 400)
    return {
      kind: "temporary",
      detail: `${detail}, a redirect: set the final address as BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT`,
    };
  const retryAfter = parseRetryAfter(answer.headers.get("retry-after"), now);
  return { kind: "temporary", detail, ...(retryAfter === undefined ? {} : { retryAfter }) };
}

/** Of a request that got no response. */
export function describeError(error: unknown): string {
  const cause = innermostCause(error);
  if (cause === undefined) return "unknown error";
  if (isTimeout(cause)) return "no answer in time";
  const known = connectionErrors[cause.code];
  if (known !== undefined) return `${known} (${cause.code})`;
  return `${cause.code === "" ? "" : `${cause.code}: `}${cause.message}`.slice(0, 300);
}
