// Custom notifications: what they say, and a script's message to its user. `custom/` sends them to others.
import type { KeyedRequest, StoredKey } from "../../../db/idempotency.ts";
import type { Deps } from "../../kernel/deps.ts";
import { ApiError, conflict, matchingKey } from "../../kernel/errors.ts";
import { canonicalJson } from "../../kernel/rules/json.ts";
import { defineKind, type KindAnswers } from "../kinds/define-kind.ts";
import { enqueue, replayedFrom, type Enqueued, type InitialState } from "./enqueue.ts";
import { minuteBucket } from "./rules/duplicates.ts";
import { describeReason } from "./rules/reasons.ts";
import type { RecipientRule } from "./rules/recipients.ts";
import type { Audience } from "./store/recipients.ts";

export interface CustomContent {
  /** At most 120 bytes. */
  title: string;
  /** Markdown, at most 2000 bytes. */
  message: string;
}

/** Notifications with the same text within this time are duplicates. */
export const duplicateWindowMs = 60_000;

export const labelsOf = ({ title, message }: CustomContent) => ({
  custom_title: title,
  custom_message: message,
});

interface CustomMessage extends CustomContent {
  senderId: string;
  recipients: RecipientRule;
  at: number;
}

export const customKind = defineKind("custom-notification", {
  audience: (audience: Audience) => audience,
  event: ({ senderId, recipients, at, ...content }: CustomMessage) => {
    const labels = labelsOf(content);
    return {
      labels,
      // As in Coder's payload.
      data: { dedupe_bypass_ts: minuteBucket(at) },
      targets: [],
      createdBy: senderId,
      identity: canonicalJson(labels),
      duplicateWindowMs,
      recipients: { self: senderId, ...recipients },
    };
  },
});

export interface CustomRequest {
  content: CustomContent;
  /** The request's idempotency key, if it has one. */
  keyed: KeyedRequest | undefined;
}

/** To oneself. Throws 422 for another request's key. `refusal`: 409 if it is not sent. */
export async function sendCustom(
  deps: Deps,
  sender: { userId: string },
  { content, keyed }: CustomRequest,
  { earlier, ...read }: KindAnswers<typeof customKind> & { earlier?: StoredKey[] },
): Promise<Enqueued & { refusal: ApiError | undefined }> {
  const before = matchingKey(keyed, earlier?.[0]);
  if (before !== undefined) return withRefusal(replayedFrom(before));
  const message = { ...content, senderId: sender.userId, recipients: {}, at: deps.now() };
  return withRefusal(await enqueue(deps, customKind.prepare(deps, read, message), keyed));
}

export const withRefusal = (sent: Enqueued, to: "self" | "others" = "self") => ({
  ...sent,
  refusal: refusalOf(sent.initialStates, to),
});

export const disabledForEverybody = () =>
  conflict("Custom notifications are disabled for everybody.", "Nothing was sent. An owner can enable them.");

export const sentAlready = () =>
  new ApiError(409, "The same notification was sent less than a minute ago.", {
    detail: "It was not sent again. Change its text, or wait a minute.",
    code: "duplicate",
  });

const isOfRule = (reason: string) => /^(suppressed|left_out)_by_/.test(reason);

function refusalOf(messages: readonly InitialState[], to: "self" | "others") {
  if (messages.length === 0 || messages.some((message) => message.status !== "inhibited")) return undefined;
  const reasons = messages.flatMap((message) => JSON.parse(message.reasons) as string[]);
  if (reasons.includes("disabled_by_deployment")) return disabledForEverybody();
  if (to === "self" && reasons.includes("disabled_by_user")) {
    return conflict(
      "You turned off “Custom notification”.",
      "Nothing was sent. Turn it on in your notification settings, then try again.",
    );
  }
  if (reasons.includes("duplicate")) return sentAlready();
  const ofRules = new Set(reasons.filter(isOfRule).map((reason) => describeReason(reason).text));
  return conflict(
    "No recipient can get this notification.",
    ofRules.size > 0 ? `${[...ofRules].join(". ")}.` : "All of them are suspended or have disabled it.",
  );
}
