// What the answer of a receiver means: sent, to be tried again, wrong, or that there is no such receiver any more.
import type { ReceiverFormat } from "../../../../db/schema.ts";
import { plainText } from "../../../kernel/rules/text.ts";
import type { Outcome } from "../../channels/channel.ts";
import { parseRetryAfter } from "../../delivery/rules/retry.ts";

export interface ReceiverAnswer {
  status: number;
  headers: Headers;
  /** Its beginning. */
  body: string;
}

/** What Slack answers for an address that will never work again. */
const slackEnds =
  /^(no_service|no_team|no_active_hooks|team_disabled|channel_is_archived|channel_not_found|invalid_token)\b/;
/** Discord's code of a webhook that was deleted. */
const discordEnds = /"code":\s*10015\b/;

const maxExcerpt = 200;

/** One line of what it answered, for owners. */
export function describeAnswer({ status, body }: Pick<ReceiverAnswer, "status" | "body">): string {
  const text = plainText(body).replaceAll(/\s+/g, " ").trim();
  const excerpt = text.length > maxExcerpt ? `${text.slice(0, maxExcerpt - 1)}…` : text;
  return excerpt === "" ? `answered ${status}` : `answered ${status}: ${excerpt}`;
}

function isGone(format: ReceiverFormat, { status, body }: ReceiverAnswer): boolean {
  if (status === 410) return true;
  if (status < 400) return false;
  return format === "slack" ? slackEnds.test(body.trim()) : format === "discord" && discordEnds.test(body);
}

/** These say that the message is wrong; a webhook's own receiver can say so while it is being deployed. */
const wrongStatuses = [400, 413, 415, 422];

export function toReceiverOutcome(format: ReceiverFormat, answer: ReceiverAnswer, now: number): Outcome {
  const { status, headers } = answer;
  const detail = describeAnswer(answer);
  if (status >= 200 && status < 300) {
    const pause = discordPause(headers);
    return { kind: "sent", detail, ...(pause === undefined ? {} : { pause }) };
  }
  if (isGone(format, answer)) return { kind: "permanent", detail, reason: "endpoint_gone", gone: true };
  if (status >= 300 && status < 400)
    return { kind: "temporary", detail: `${detail}, a redirect: give the receiver its final address` };
  if (format !== "coder" && wrongStatuses.includes(status))
    return { kind: "permanent", detail, about: "message" };
  const retryAfter = parseRetryAfter(headers.get("retry-after"), now) ?? discordPause(headers);
  const wait = retryAfter === undefined ? {} : { retryAfter };
  // Too much at once is no failure of the message: its attempts don't count.
  return { kind: "temporary", detail, ...wait, ...(status === 429 ? { about: "account" as const } : {}) };
}

/** Milliseconds until Discord accepts the next message, if this was the last of its budget. */
function discordPause(headers: Headers): number | undefined {
  if (headers.get("x-ratelimit-remaining") !== "0") return undefined;
  const seconds = Number(headers.get("x-ratelimit-reset-after") ?? "");
  return seconds > 0 ? Math.ceil(seconds * 1_000) : undefined;
}
