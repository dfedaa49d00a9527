// Claims messages of one queue under a lease: in one write with the results that wait.
import type { Deps } from "../../kernel/deps.ts";
import type { DeliveryQueue } from "../../kernel/ports.ts";
import { findReceiverToSend, type ReceiverToSend } from "../receivers/store/turns.ts";
import { leaseMs } from "./leases.ts";
import { releaseClaimed, type Claimed } from "./send-queue.ts";
import { claimMessages } from "./store/claims.ts";
import { findChannel } from "../channels/index.ts";
import { quietUntil } from "../preferences/rules/quiet-hours.ts";
import { deferMessages, findClaimedMessages, type ClaimedMessage } from "./store/queue.ts";
import type { ResultWriter } from "./write-results.ts";

/** What can be sent now. */
export interface Claim {
  messages: Claimed[];
  /** With those that wait for the end of quiet hours. */
  leased: number;
  /** That of the queue, if it has one. */
  receiver: ReceiverToSend | undefined;
}

export interface ClaimFrom {
  queue: DeliveryQueue;
  results: ResultWriter;
  /** Nothing is sent that starts later: epoch milliseconds. */
  budget: { until: number };
}

/** `ids`: only these; undefined: all that are due. */
export async function claimMessagesOf(
  deps: Deps,
  { queue, results, budget }: ClaimFrom,
  limit: number,
  ids?: readonly string[],
): Promise<Claim> {
  const now = deps.now();
  const lease = { token: deps.newId(), method: queue.method, until: now + leaseMs(deps) };
  const { token } = lease;
  const statements = claimMessages({
    queue,
    lease,
    now,
    limit,
    held: deps.process.leases.held(now),
    ...(ids === undefined ? {} : { ids: ids.slice(0, limit) }),
  });
  const reads = {
    messages: findClaimedMessages(lease),
    ...(queue.receiverId === null ? {} : { receiver: findReceiverToSend(queue.receiverId, now) }),
  };
  const answers = await results.writeWith((before) => deps.db.write([...before, ...statements], reads));
  const { leasePeriod, dispatchTimeout } = deps.config.notifications;
  const startBy = Math.min(deps.now() + leasePeriod - dispatchTimeout, budget.until);
  const receiver = answers.receiver?.[0];
  const leased = answers.messages.length;
  const sendable = await holdQuiet(deps, answers.messages, token);
  const claimed = sendable.map((message) => ({ message, receiver, token, startBy }));
  if (deps.process.stopping.aborted && claimed.length > 0) {
    await releaseClaimed(deps, claimed);
    return { messages: [], leased: 0, receiver };
  }
  deps.process.leases.add(lease, claimed.length);
  return { messages: claimed, leased, receiver };
}

/** What has become due in its recipient's quiet hours waits for their end; returns the others. */
async function holdQuiet(
  deps: Deps,
  messages: readonly ClaimedMessage[],
  token: string,
): Promise<readonly ClaimedMessage[]> {
  const now = deps.now();
  const held = messages.flatMap((message) => {
    const until =
      findChannel(message.method)?.isLocal === true
        ? now
        : quietUntil(message, { id: message.templateId, severities: message.severities }, now);
    return until > now ? [{ id: message.id, until }] : [];
  });
  if (held.length === 0) return messages;
  await deps.db.write([deferMessages(token, held, now)], {});
  const ids = new Set(held.map(({ id }) => id));
  return messages.filter(({ id }) => !ids.has(id));
}
