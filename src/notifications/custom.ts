// A script's own message: to oneself, or by an owner to others.
import type { Deps } from "../deps.ts";
import { conflict, invalid } from "../errors.ts";
import { send } from "./enqueue.ts";
import { planEvent, type NotificationEvent } from "./plan.ts";
import { enqueueReads, type EnqueueAnswers } from "./reads.ts";
import { minuteBucket } from "./rules/route.ts";
import type { MessageState } from "./store/outbox.ts";
import type { Audience } from "./store/recipients.ts";

export const customTemplateId = "39b1e189-c857-4b0c-877a-511144c18516";

export interface CustomContent {
  /** At most 120 bytes. */
  title: string;
  /** Markdown, at most 2000 bytes. */
  message: string;
}

export const customReads = (audience: Audience) => enqueueReads(customTemplateId, audience);

/** Answers the event's id. 409 when the sender alone is meant and gets nothing: a duplicate, or switched off. */
export async function sendCustom(
  deps: Deps,
  sender: { userId: string },
  content: CustomContent,
  read: EnqueueAnswers,
  audience: Audience,
): Promise<string> {
  const event: NotificationEvent = {
    labels: { custom_title: content.title, custom_message: content.message },
    // The same text again is the same message only within one minute (Coder's bucket).
    data: { dedupe_bypass_ts: minuteBucket(deps.now()) },
    targets: [],
    createdBy: sender.userId,
    audience,
  };
  const unknown = unknownNames(audience.users ?? [], read.recipients);
  if (unknown.length > 0) throw invalid("recipients.users", `there is no user ${unknown.join(", ")}`);
  const plan = planEvent(deps, event, read, sender.userId);
  const messages = await send(deps, plan);
  const refusal = refusalOf(messages);
  if (refusal !== undefined) throw refusal;
  return plan.eventId;
}

function unknownNames(
  wanted: readonly string[],
  found: readonly { userId: string; username: string }[],
): string[] {
  const known = new Set(found.flatMap((row) => [row.userId, row.username.toLowerCase()]));
  return wanted.filter((name) => !known.has(name.toLowerCase()));
}

/** Only when nobody at all is told: with several people, some of whom are, the sending has done its work. */
function refusalOf(messages: readonly MessageState[]) {
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
