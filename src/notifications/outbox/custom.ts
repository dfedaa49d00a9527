// A script's own message: to oneself, or by an owner to others.
import type { KeyedRequest, StoredKey } from "../../../db/idempotency.ts";
import type { Deps } from "../../kernel/deps.ts";
import { conflict, invalid, type ApiError, earlierOf } from "../../kernel/errors.ts";
import { send, sentEarlier, type Beginning, type Sent } from "./enqueue.ts";
import { defineKind, type KindAnswers } from "../kinds/define-kind.ts";
import { canonicalJson } from "../../kernel/rules/json.ts";
import { minuteBucket } from "./rules/delivery-plan.ts";
import type { Audience } from "./store/recipients.ts";

export interface CustomContent {
  /** At most 120 bytes. */
  title: string;
  /** Markdown, at most 2000 bytes. */
  message: string;
}

/** Identical texts are one within so many milliseconds, however the minutes of the clock fall. */
const sameFor = 60_000;

interface CustomMessage extends CustomContent {
  senderId: string;
  audience: Audience;
  at: number;
}

export const customKind = defineKind("custom-notification", {
  audience: (audience: Audience) => audience,
  event: ({ title, message, senderId, audience, at }: CustomMessage) => {
    const labels = { custom_title: title, custom_message: message };
    return {
      labels,
      // What receivers of Coder's payload know it by.
      data: { dedupe_bypass_ts: minuteBucket(at) },
      targets: [],
      createdBy: senderId,
      identity: canonicalJson(labels),
      sameFor,
      recipients: { self: senderId, named: audience.users ?? [], roles: audience.roles ?? [] },
    };
  },
});

export interface CustomRequest {
  content: CustomContent;
  audience: Audience;
  /** Where the caller may send it again. */
  keyed: KeyedRequest | undefined;
}

/**
 * Throws 400 for unknown recipients and 422 for another request's key. `refusal`: 409 where nobody at all is told, all
 * being duplicates or switched off.
 */
export async function sendCustom(
  deps: Deps,
  sender: { userId: string },
  { content, audience, keyed }: CustomRequest,
  { earlier, ...read }: KindAnswers<typeof customKind> & { earlier: StoredKey[] },
): Promise<Sent & { refusal: ApiError | undefined }> {
  const before = earlierOf(keyed, earlier[0]);
  if (before !== undefined) return withRefusal(sentEarlier(before));
  const unknown = unknownNames(audience.users ?? [], read["custom-notification.recipients"]);
  if (unknown.length > 0) throw invalid("recipients.users", `there is no user ${unknown.join(", ")}`);
  const message = { ...content, senderId: sender.userId, audience, at: deps.now() };
  return withRefusal(await send(deps, customKind.prepare(deps, read, message), keyed));
}

const withRefusal = (sent: Sent) => ({ ...sent, refusal: refusalOf(sent.beginnings) });

function unknownNames(
  wanted: readonly string[],
  found: readonly { userId: string; username: string }[],
): string[] {
  const known = new Set(found.flatMap((row) => [row.userId, row.username.toLowerCase()]));
  return wanted.filter((name) => !known.has(name.toLowerCase()));
}

/** Only when nobody at all is told: with several people, some of whom are, the sending has done its work. */
function refusalOf(messages: readonly Beginning[]) {
  if (messages.length === 0 || messages.some((message) => message.status !== "inhibited")) return undefined;
  const reasons = messages.flatMap((message) => JSON.parse(message.reasons) as string[]);
  if (reasons.includes("disabled_by_user")) {
    return conflict(
      "Custom notifications are switched off.",
      "Nothing was sent. Switch them on under Settings, Notifications.",
    );
  }
  if (reasons.includes("duplicate")) {
    return conflict(
      "The same notification was sent less than a minute ago.",
      "It was not sent again. Change its text, or wait a minute.",
    );
  }
  return conflict(
    "Nobody can get this notification.",
    "Every recipient is suspended or has switched it off.",
  );
}
