// The test notification: to the owner who asks for it, by every way that is set up.
import type { SQL } from "../../db/client.ts";
import type { Deps } from "../deps.ts";
import { conflict } from "../errors.ts";
import { testTemplateId } from "./deliver.ts";
import { send } from "./enqueue.ts";
import { enqueueReads, planEvent, type EnqueueAnswers } from "./plan.ts";

export const testReads = (self: SQL<string>) => enqueueReads(testTemplateId, { self });

/** Answers the event's id. */
export async function sendTest(
  deps: Deps,
  sender: { userId: string },
  read: EnqueueAnswers,
): Promise<string> {
  const event = {
    labels: {},
    data: { timestamp: new Date(deps.now()).toISOString() },
    targets: [],
    createdBy: "send-test-notification",
    identity: deps.newId(),
    audience: {},
  };
  const plan = planEvent(deps, event, read, sender.userId);
  const messages = await send(deps, plan);
  if (messages.length > 0 && messages.every((message) => message.status === "inhibited")) {
    throw conflict(
      "You have switched test notifications off.",
      "Switch them on under Settings, Notifications, and try again.",
    );
  }
  return plan.eventId;
}
