// Writes the results of attempts in batches, each with its counters, inbox rows and channel health: together with the next
// claim, or on their own.
import type { Statement } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { inboxRow } from "../outbox/prepare-event.ts";
import { findChannel } from "../channels/index.ts";
import type { Delivery } from "./attempt.ts";
import { logFailure } from "./log-failures.ts";
import { receiverStatements, receiverStates } from "./receiver-gone.ts";
import { disableGone, receiverHealth } from "./receiver-results.ts";
import type { ReceiverToSend } from "../receivers/store/turns.ts";
import type { Claimed } from "./send-queue.ts";
import { isAboutChannel, summarise } from "./rules/channel-health.ts";
import { decideOutcome, type Decision } from "./rules/retry.ts";
import { groupByKind, type TotalGroup } from "./rules/totals.ts";
import { noteHealth } from "./store/health.ts";
import { countAttempts } from "./store/metrics.ts";
import { endSent, endUnsent, insertSentItems, recordAttempts, type EndedAttempt } from "./store/outcomes.ts";
import type { ClaimedMessage } from "./store/queue.ts";

export interface ResultWriter {
  /** `startedAt`: when the attempt began. */
  add: (claimed: Claimed, delivery: Delivery, startedAt: number) => void;
  /** Lets the caller write what waits before its own statements; what the caller could not write is written on its own. */
  writeWith: <T>(write: (results: readonly Statement[]) => Promise<T>) => Promise<T>;
  /** Whether the results queued messages of their own. */
  hasQueued: () => boolean;
  /** Resolves when everything that was added is written, or could not be written. */
  finish: () => Promise<void>;
}

interface Result extends Delivery {
  message: ClaimedMessage;
  receiver: ReceiverToSend | undefined;
  token: string;
  decision: Decision;
  startedAt: number;
  finishedAt: number;
}

/** How long a result waits for others, or for the next claim. */
const gatherMs = 250;
/** More than there are between two claims of a fast receiver. */
const maxBatch = 300;
/** Fewer are not worth their statements in a claim. */
const minBatch = 25;

/** `isDue` hears when a message is sent again. */
export function createResultWriter(deps: Deps, isDue: (at: number) => void): ResultWriter {
  const waiting: Result[] = [];
  /** One write at a time: the latest result of an endpoint counts. */
  let last: Promise<void> = Promise.resolve();
  let isAnyGone = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function take(): Result[] {
    clearTimeout(timer);
    timer = undefined;
    return waiting.splice(0);
  }

  function start(batch: readonly Result[]): void {
    if (batch.length > 0) last = last.then(() => writeAlone(deps, batch));
  }

  return {
    add: ({ message, receiver, token }, delivery, startedAt) => {
      const finishedAt = deps.now();
      const { maxSendAttempts: maxAttempts, retryInterval: interval } = deps.config.notifications;
      const attempted = { ...message, attempt: message.countedAttempts };
      const policy = { maxAttempts, interval };
      const decision = decideOutcome(delivery.outcome, attempted, policy, finishedAt, Math.random());
      if (delivery.outcome.kind === "temporary" || delivery.outcome.kind === "permanent")
        logFailure(deps, message, decision, receiver?.host);
      if (decision.dueAt !== null) isDue(decision.dueAt);
      isAnyGone ||= delivery.outcome.kind === "permanent" && delivery.outcome.gone === true;
      waiting.push({ ...delivery, message, receiver, token, decision, startedAt, finishedAt });
      if (waiting.length >= maxBatch) start(take());
      else timer ??= setTimeout(() => start(take()), gatherMs);
    },
    writeWith: async (write) => {
      if (waiting.length < minBatch) return write([]);
      const batch = take();
      try {
        const answer = await write(await statementsOf(deps, batch));
        endLeases(deps, batch);
        return answer;
      } catch (error) {
        start(batch);
        throw error;
      }
    },
    hasQueued: () => isAnyGone,
    finish: () => {
      start(take());
      return last;
    },
  };
}

/** What can't be written is sent again once its lease has ended, under the same id. */
async function writeAlone(deps: Deps, batch: readonly Result[]): Promise<void> {
  const { leasePeriod, dispatchTimeout } = deps.config.notifications;
  try {
    const statements = await statementsOf(deps, batch);
    // Giving up earlier, while the lease lasts, would send the messages again for nothing.
    await deps.db.write(statements, {}, leasePeriod - dispatchTimeout);
  } catch (error) {
    deps.log.error("delivery results could not be written", {
      messages: batch.length,
      reason: String(error),
    });
  } finally {
    endLeases(deps, batch);
  }
}

async function statementsOf(deps: Deps, batch: readonly Result[]): Promise<Statement[]> {
  const inbox = batch
    .filter(isForInbox)
    .map(({ message, rendered, finishedAt }) =>
      inboxRow(message, JSON.parse(message.reasons) as string[], rendered!, finishedAt),
    );
  const groups = groupByKind(batch.map(toFinished));
  const isSent = ({ kind }: TotalGroup) => kind.result === "success";
  // What looks at leases comes before what ends them.
  return [
    ...countAttempts(groups.filter((group) => !isSent(group))),
    ...receiverHealth(batch, deps.now()),
    ...groups.filter(isSent).flatMap(endSent),
    ...endUnsent(batch.flatMap(toUnsent)),
    ...recordAttempts(batch.map(toEnded)),
    ...insertSentItems(inbox),
    ...(await receiverStatements(deps, batch)),
    ...(await disableGone(deps, batch)),
    ...noteHealth(summarise(batch.flatMap(toAttempt)), deps.now()),
  ];
}

/** Once the write has succeeded or failed. */
function endLeases(deps: Deps, batch: readonly Result[]): void {
  for (const { token } of batch) deps.process.leases.end(token);
  if (batch.some((result) => isForInbox(result) || isGone(result)) || receiverStates(batch).size > 0)
    deps.process.hub.wake();
}

const isGone = ({ outcome }: Result): boolean => outcome.kind === "permanent" && outcome.gone === true;

const isForInbox = ({ message, outcome, rendered }: Result) =>
  findChannel(message.method)?.isLocal === true && outcome.kind === "sent" && rendered !== null;

const toFinished = ({ message, token, decision, outcome, startedAt, finishedAt }: Result) => ({
  id: message.id,
  method: message.method,
  templateId: message.templateId,
  attempt: message.attempt,
  createdAt: message.createdAt,
  token,
  startedAt,
  finishedAt,
  outcome: outcome.kind,
  status: decision.status,
  reason: decision.reason,
});

const toUnsent = ({ message: { id }, token, decision, finishedAt }: Result) => {
  const { status, dueAt, reason, forgiven } = decision;
  return status === "sent" ? [] : [{ id, token, status, dueAt, reason, forgiven, finishedAt }];
};

const toEnded = ({ message: { id, attempt }, decision, startedAt, finishedAt }: Result): EndedAttempt => [
  id,
  attempt,
  startedAt,
  finishedAt,
  decision.outcome,
  decision.detail,
];

const toAttempt = ({ message: { method }, outcome, finishedAt }: Result) =>
  findChannel(method)?.isLocal === false && isAboutChannel(outcome)
    ? [{ method, at: finishedAt, ok: outcome.kind === "sent", answer: outcome.detail }]
    : [];
