// The test notification: to the owner who asks for it, or to somebody whom they name, by every way that is set up.
import type { SQL } from "../../../db/client.ts";
import type { KeyedRequest, StoredKey } from "../../../db/idempotency.ts";
import type { Deps } from "../../kernel/deps.ts";
import { conflict, invalid, type ApiError, earlierOf } from "../../kernel/errors.ts";
import { send, sentEarlier, type Beginning, type Sent } from "./enqueue.ts";
import { defineKind, type KindAnswers } from "../kinds/define-kind.ts";

interface TestMessage {
  /** Makes each test another event. */
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

/** `user` is a name or an id; without it the sender receives it. */
export const testReads = testKind.reads;

export interface TestRequest {
  /** A name or an id; undefined: the sender. */
  user?: string | undefined;
  /** Where the caller may send it again. */
  keyed?: KeyedRequest | undefined;
}

/** Throws 400 for a user who isn't there and 422 for another request's key. `refusal`: 409 where nobody is told. */
export async function sendTest(
  deps: Deps,
  sender: { userId: string },
  { user, keyed }: TestRequest,
  { earlier, ...read }: KindAnswers<typeof testKind> & { earlier: StoredKey[] },
): Promise<Sent & { refusal: ApiError | undefined }> {
  const before = earlierOf(keyed, earlier[0]);
  if (before !== undefined) return withRefusal(sentEarlier(before), user);
  if (user !== undefined && read["test-notification.recipients"].length === 0)
    throw invalid("user", `there is no user ${user}`);
  const test = { id: deps.newId(), senderId: sender.userId, user, at: deps.now() };
  return withRefusal(await send(deps, testKind.prepare(deps, read, test), keyed), user);
}

function withRefusal(sent: Sent, user: string | undefined) {
  const { beginnings } = sent;
  const isTold = beginnings.length === 0 || beginnings.some(({ status }) => status !== "inhibited");
  if (isTold) return { ...sent, refusal: undefined };
  return { ...sent, refusal: user === undefined ? switchedOff() : unreachable(user, beginnings) };
}

const switchedOff = () =>
  conflict(
    "You have switched test notifications off.",
    "Switch them on under Settings, Notifications, and try again.",
  );

function unreachable(user: string, messages: readonly Beginning[]) {
  const isSuspended = messages.some(({ reasons }) => reasons.includes('"suspended_user"'));
  return conflict(
    isSuspended ? `${user} is suspended.` : `${user} has switched test notifications off.`,
    "Nothing was sent.",
  );
}
