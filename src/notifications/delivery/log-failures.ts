// What the log says of failed attempts: the receiver's host, its answer and the next attempt.
import type { Deps } from "../../kernel/deps.ts";
import { receiverOf } from "../channels/index.ts";
import type { Decision } from "./rules/retry.ts";
import type { ClaimedMessage } from "./store/queue.ts";

const repeatedWarningMs = 60_000;

/** One warning for each failure; the same failure of the same receiver once a minute, with the number of the others. */
export function logFailure(
  deps: Deps,
  message: ClaimedMessage,
  decision: Decision,
  receiverHost?: string,
): void {
  const now = deps.now();
  const { recentFailures } = deps.process;
  const host = receiverHost ?? receiverOf(deps.config.notifications.channels, message.method);
  const key = `${message.method} ${host ?? ""} ${decision.detail}`;
  const recent = recentFailures.get(key);
  if (recent !== undefined && now - recent.at < repeatedWarningMs) {
    recent.count += 1;
    return;
  }
  for (const [other, { at }] of recentFailures)
    if (now - at >= repeatedWarningMs) recentFailures.delete(other);
  recentFailures.set(key, { at: now, count: 0 });
  deps.log.warn("a notification could not be delivered", {
    message_id: message.id,
    method: message.method,
    host,
    answer: decision.detail,
    attempt: message.attempt,
    next_try: decision.dueAt === null ? "none" : new Date(decision.dueAt).toISOString(),
    same_before: recent?.count,
  });
}
