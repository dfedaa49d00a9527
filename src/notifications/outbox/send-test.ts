// Test notifications: to the owner who requests it or to a user whom they name, by every configured channel.
import type { SQL } from "../../../db/client.ts";
import type { KeyedRequest, StoredKey } from "../../../db/idempotency.ts";
import type { Deps } from "../../kernel/deps.ts";
import { conflict, invalid, type ApiError } from "../../kernel/errors.ts";
import { matchingKey } from "../../kernel/errors.ts";
import { defineKind, type KindAnswers } from "../kinds/define-kind.ts";
import { enqueue, replayedFrom, type Enqueued, type InitialState } from "./enqueue.ts";

interface TestMessage {
  /** A new one for each test, so that no test is a duplicate. */
  id: string;
  senderId: string;
  user: string | undefined;
  at: number;
}

const testKind = defineKind("test-notification", {
  audience: (self: SQL<string>, user?: string) => (user === undefined ? { self } : { users: [user] }),
  event: ({ id, senderId, user, at }: TestMessage) => ({
    labels: {},
    data: { timestamp: new Date(at).toISOString() },
    targets: [],
    createdBy: "send-test-notification",
    identity: id,
    recipients: { self: senderId, named: user === undefined ? [] : [user] },
  }),
});

/** `user`: a name or an id; undefined for the sender. */
export const testReads = testKind.reads;

export interface TestRequest {
  /** A name or an id; undefined: the sender. */
  user?: string | undefined;
  /** The request's idempotency key, if it has one. */
  keyed?: KeyedRequest | undefined;
}

/** Throws 400 for an unknown user and 422 for another request's key. `refusal`: 409 if nobody will be notified. */
export async function sendTest(
  deps: Deps,
  sender: { userId: string },
  { user, keyed }: TestRequest,
  { earlier, ...read }: KindAnswers<typeof testKind> & { earlier?: StoredKey[] },
): Promise<Enqueued & { refusal: ApiError | undefined }> {
  const before = matchingKey(keyed, earlier?.[0]);
  if (before !== undefined) return withRefusal(replayedFrom(before), user);
  if (user !== undefined && read["test-notification.recipients"].length === 0)
    throw invalid("user", `unknown user ${user}`);
  const test = { id: deps.newId(), senderId: sender.userId, user, at: deps.now() };
  return withRefusal(await enqueue(deps, testKind.prepare(deps, read, test), keyed), user);
}

function withRefusal(sent: Enqueued, user: string | undefined) {
  const { initialStates } = sent;
  const isNotified = initialStates.length === 0 || initialStates.some(({ status }) => status !== "inhibited");
  if (isNotified) return { ...sent, refusal: undefined };
  if (initialStates.some(({ reasons }) => reasons.includes('"disabled_by_deployment"')))
    return { ...sent, refusal: disabledForEverybody() };
  return { ...sent, refusal: user === undefined ? disabledBySender() : unreachable(user, initialStates) };
}

const disabledForEverybody = () =>
  conflict(
    "Test notifications are disabled for everybody.",
    "Enable them under Deployment, Notification templates, then try again.",
  );

const disabledBySender = () =>
  conflict(
    "You turned off “Test notification”.",
    "Turn it on in your notification settings, then try again.",
  );

function unreachable(user: string, messages: readonly InitialState[]) {
  const isSuspended = messages.some(({ reasons }) => reasons.includes('"suspended_user"'));
  return conflict(
    isSuspended ? `${user} is suspended.` : `${user} turned off test notifications.`,
    "Nothing was sent.",
  );
}
