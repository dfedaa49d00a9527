// One attempt to send a message to a receiver, in its format; and a test, which shows what it answers.
import type { Deps } from "../../kernel/deps.ts";
import type { OutgoingMessage, Outcome } from "../channels/channel.ts";
import { describeError } from "../channels/webhook/send.ts";
import { describeAnswer, toReceiverOutcome, type ReceiverAnswer } from "./rules/answer.ts";
import { formats } from "./rules/formats/formats.ts";
import {
  toReceiverMessage,
  type ReceiverMessage,
  type ReceiverTarget,
  type Unrendered,
} from "./rules/message.ts";
import type { ReceiverToSend } from "./store/turns.ts";
import { openTarget } from "./target.ts";

type Sender = Pick<Deps, "config" | "keysFor" | "now" | "postToReceiver">;

/** Failures of the outside world are outcomes, never exceptions. `receiver`: undefined if there is none any more. */
export async function sendToReceiver(
  deps: Sender,
  receiver: ReceiverToSend | undefined,
  outgoing: OutgoingMessage,
  about: { situationId: string | null; at: number },
): Promise<Outcome> {
  if (receiver === undefined || receiver.deletedAt !== null || !receiver.isEnabled)
    return { kind: "inhibited", detail: "the receiver is disabled or deleted", reason: "receiver_disabled" };
  const target = await openTarget(deps, receiver);
  if (target === undefined) return { kind: "permanent", detail: notDecrypted };
  const message = toReceiverMessage(outgoing, { ...about, accessUrl: deps.config.accessUrl });
  try {
    const answer = await post(deps, receiver.format, message, target, outgoing.traceparent);
    if ("problem" in answer) return { kind: "permanent", detail: answer.problem, about: "message" };
    return toReceiverOutcome(receiver.format, answer, deps.now());
  } catch (error) {
    return { kind: "temporary", detail: describeError(error) };
  }
}

export const notDecrypted =
  "can't be decrypted: the secret key was changed. Give the receiver its address again.";

/** Throws when there is no answer. */
async function post(
  { config, now, postToReceiver }: Sender,
  format: ReceiverToSend["format"],
  message: ReceiverMessage,
  target: ReceiverTarget,
  traceparent?: string | null,
): Promise<ReceiverAnswer | Unrendered> {
  const request = formats[format].render(message, target, now());
  if ("problem" in request) return request;
  const { url, headers, body } = request;
  const { dispatchTimeout, receiversAllowPrivate } = config.notifications;
  return postToReceiver({
    url,
    headers: { "user-agent": "Belfry", ...(traceparent && { traceparent }), ...target.headers, ...headers },
    body,
    timeout: dispatchTimeout,
    isPrivateAllowed: receiversAllowPrivate,
  });
}

export interface TestAnswer {
  isAccepted: boolean;
  /** What it answered, or why there was no answer. */
  answer: string;
}

/** `isResolved`: it ends what the same test has opened. */
export async function postTest(
  deps: Sender,
  format: ReceiverToSend["format"],
  target: ReceiverTarget,
  outgoing: OutgoingMessage,
  isResolved: boolean,
): Promise<TestAnswer> {
  const about = { situationId: null, at: deps.now(), accessUrl: deps.config.accessUrl };
  const message = { ...toReceiverMessage(outgoing, about), isResolved };
  try {
    const answer = await post(deps, format, message, target);
    if ("problem" in answer) return { isAccepted: false, answer: answer.problem };
    const isAccepted = answer.status >= 200 && answer.status < 300;
    return { isAccepted, answer: describeAnswer(answer) };
  } catch (error) {
    return { isAccepted: false, answer: describeError(error) };
  }
}
