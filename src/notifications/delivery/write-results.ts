// Writes the results of attempts in batches, each with its counters, inbox rows and channel health.
import type { Statement } from "../../../db/client.ts";
import { createCoalescer } from "../../kernel/coalescer.ts";
import type { Deps } from "../../kernel/deps.ts";
import { inboxRow } from "../outbox/prepare-event.ts";
import type { Channel } from "../channels/channel.ts";
import { channels, findChannel, type Method } from "../channels/index.ts";
import { clearGoneEndpoint, markEndpointGone } from "../preferences/store/settings.ts";
import { testTemplateId, type Delivery } from "./attempt.ts";
import { logFailure } from "./log-failures.ts";
import { endpointHash, isAboutChannel, summarise } from "./rules/channel-health.ts";
import { decideOutcome, type Decision } from "./rules/retry.ts";
import { groupByCounters } from "./rules/totals.ts";
import { noteHealth } from "./store/health.ts";
import { countAttempts } from "./store/metrics.ts";
import { writeOutcomes, type ClaimedMessage } from "./store/queue.ts";

export interface ResultWriter {
  /** `startedAt`: when the attempt began. */
  add: (message: ClaimedMessage, token: string, delivery: Delivery, startedAt: number) => void;
  /** Resolves when everything that was added is written, or could not be written. Nothing can be added afterwards. */
  finish: () => Promise<void>;
}

interface Result extends Delivery {
  message: ClaimedMessage;
  token: string;
  decision: Decision;
  startedAt: number;
  finishedAt: number;
}

/** How long a result waits for others. */
const gatherMs = 250;
const maxBatch = 200;

export function createResultWriter(deps: Deps): ResultWriter {
  let pending = 0;
  let isFinishing = false;
  let writeNow = () => {};
  let last: Promise<void> = Promise.resolve();

  const gather = () =>
    new Promise<void>((resolve) => {
      if (isFinishing || pending >= maxBatch) return resolve();
      const timer = setTimeout(resolve, gatherMs);
      writeNow = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const results = createCoalescer<Result>({
    run: (batch) => {
      pending -= batch.length;
      return writeBatch(deps, batch);
    },
    // The leases end and the messages are sent again, under the same ids.
    onError: (error, batch) =>
      deps.log.error("delivery results could not be written", {
        messages: batch.length,
        reason: String(error),
      }),
    gather,
    limit: { max: maxBatch, sizeOf: () => 1 },
  });

  return {
    add: (message, token, delivery, startedAt) => {
      const finishedAt = deps.now();
      const { maxSendAttempts: maxAttempts, retryInterval: interval } = deps.config.notifications;
      const attempted = { ...message, attempt: message.countedAttempts };
      const policy = { maxAttempts, interval };
      const decision = decideOutcome(delivery.outcome, attempted, policy, finishedAt, Math.random());
      if (delivery.outcome.kind === "temporary" || delivery.outcome.kind === "permanent")
        logFailure(deps, message, decision);
      pending += 1;
      last = results.add({ ...delivery, message, token, decision, startedAt, finishedAt });
      if (pending >= maxBatch) writeNow();
    },
    finish: () => {
      isFinishing = true;
      writeNow();
      return last;
    },
  };
}

async function writeBatch(deps: Deps, batch: readonly Result[]): Promise<void> {
  const { leasePeriod, dispatchTimeout } = deps.config.notifications;
  const inbox = batch.flatMap(({ message, outcome, rendered, finishedAt }) =>
    findChannel(message.method)?.isLocal === true && outcome.kind === "sent" && rendered !== null
      ? [inboxRow(message, rendered, finishedAt)]
      : [],
  );
  // Counters come first: they count only what is still leased, and the outcomes end the leases.
  const statements = [
    ...countAttempts(groupByCounters(batch.map(toFinished))),
    ...writeOutcomes(batch.map(toOutcomeRow), inbox),
    ...endpointStatements(deps, batch),
    ...noteHealth(summarise(batch.flatMap(toAttempt)), deps.now()),
  ];
  try {
    // Giving up earlier, while the lease lasts, would send the messages again for nothing.
    await deps.db.write(statements, {}, leasePeriod - dispatchTimeout);
    if (inbox.length > 0) deps.process.hub.wake();
  } finally {
    for (const { token } of batch) deps.process.leases.end(token);
  }
}

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

const toOutcomeRow = ({ message: { id, attempt }, token, decision, finishedAt }: Result) => ({
  id,
  token,
  attempt,
  finishedAt,
  ...decision,
});

const toAttempt = ({ message: { method }, outcome, finishedAt }: Result) =>
  findChannel(method)?.isLocal === false && isAboutChannel(outcome)
    ? [{ method, at: finishedAt, ok: outcome.kind === "sent", answer: outcome.detail }]
    : [];

/** 410 Gone disables an endpoint; a successful test notification enables it. The latest result counts. */
function endpointStatements(deps: Deps, batch: readonly Result[]): Statement[] {
  const states = new Map<Method, "gone" | "alive">();
  for (const { message, outcome } of batch) {
    const channel = findChannel(message.method);
    if (channel === undefined) continue;
    if (outcome.kind === "permanent" && outcome.gone === true) states.set(channel.id, "gone");
    if (outcome.kind === "sent" && message.templateId === testTemplateId) states.set(channel.id, "alive");
  }
  return [...states].flatMap(([method, state]) => {
    const channel: Channel = channels[method];
    const settings = deps.config.notifications.channels[method];
    const endpoint = settings === undefined ? undefined : channel.endpoint?.(settings);
    if (endpoint === undefined) return [];
    const { now } = deps;
    return state === "alive"
      ? [clearGoneEndpoint(method)]
      : [markEndpointGone(method, endpointHash(endpoint), now())];
  });
}
