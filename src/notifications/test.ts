// The test notification: to the owner who asks for it, or to somebody whom they name, by every way that is set up.
import type { SQL } from "../../db/client.ts";
import type { Deps } from "../deps.ts";
import { conflict, invalid } from "../errors.ts";
import { testTemplateId } from "./deliver.ts";
import { send } from "./enqueue.ts";
import { planEvent } from "./plan.ts";
import { enqueueReads, type EnqueueAnswers } from "./reads.ts";
import type { MessageState } from "./store/outbox.ts";

/** `user` is a name or an id; without it the sender is told. */
export const testReads = (self: SQL<string>, user?: string) =>
  enqueueReads(testTemplateId, user === undefined ? { self } : { users: [user] });

/** Answers the event's id. */
export async function sendTest(
  deps: Deps,
  sender: { userId: string },
  read: EnqueueAnswers,
  user?: string,
): Promise<string> {
  if (user !== undefined && read.recipients.length === 0) throw invalid("user", `there is no user ${user}`);
  const event = {
    labels: {},
    data: { timestamp: new Date(deps.now()).toISOString() },
    targets: [],
    createdBy: "send-test-notification",
    identity: deps.newId(),
    audience: user === undefined ? {} : { users: [user] },
  };
  const plan = planEvent(deps, event, read, sender.userId);
  const messages = await send(deps, plan);
  if (messages.length > 0 && messages.every((message) => message.status === "inhibited")) {
    throw user === undefined ? switchedOff() : unreachable(user, messages);
  }
  return plan.eventId;
}

const switchedOff = () =>
  conflict(
    "You have switched test notifications off.",
    "Switch them on under Settings, Notifications, and try again.",
  );

function unreachable(user: string, messages: readonly MessageState[]) {
  const isSuspended = messages.some(({ reasons }) => reasons.includes('"suspended_user"'));
  return conflict(
    isSuspended ? `${user} is suspended.` : `${user} has switched test notifications off.`,
    "Nothing was sent.",
  );
}
