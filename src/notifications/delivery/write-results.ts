// Results of tries, gathered for a moment and written together; and what the log says of failures.
import type { Statement } from "../../../db/client.ts";
import type { inboxNotifications } from "../../../db/schema.ts";
import type { Deps } from "../../kernel/deps.ts";
import { inboxRow } from "../outbox/prepare-event.ts";
import type { Channel } from "../channels/channel.ts";
import { channels, findChannel, receiverOf, type Method } from "../channels/index.ts";
import { testTemplateId, type Delivery } from "./deliver.ts";
import { endpointHash } from "./rules/gone.ts";
import { isAboutChannel, summarise, type Try } from "./rules/health.ts";
import { decideOutcome, type Decision } from "./rules/retry.ts";
import { additionsOf } from "./rules/totals.ts";
import { noteHealth } from "./store/health.ts";
import { countTries, type CountedTry } from "./store/metrics.ts";
import { settleMessages, type ClaimedMessage, type SettledRow } from "./store/queue.ts";
import { clearGoneEndpoint, markEndpointGone } from "../preferences/store/settings.ts";

export interface ResultWriter {
  /** `startedAt`: when the try began. */
  add: (message: ClaimedMessage, token: string, delivery: Delivery, startedAt: number) => void;
  /** Resolves when all that was added is written, or has failed to be. */
  finish: () => Promise<void>;
}

/** Milliseconds that a result waits for others. */
const gatherTime = 100;
const gatherCount = 50;

/** Results that are written together. */
interface Gathered {
  rows: SettledRow[];
  counted: CountedTry[];
  inbox: (typeof inboxNotifications.$inferInsert)[];
  tries: Try[];
  endpoints: Map<Method, "gone" | "alive">;
}

const nothing = (): Gathered => ({ rows: [], counted: [], inbox: [], tries: [], endpoints: new Map() });

export function createResultWriter(deps: Deps): ResultWriter {
  let gathered = nothing();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> = Promise.resolve();
  // A result that is given up while its lease holds would be sent a second time for nothing.
  const { leasePeriod, dispatchTimeout } = deps.config.notifications;
  const patience = leasePeriod - dispatchTimeout;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const { rows, inbox } = gathered;
    if (rows.length === 0) return;
    const statements = statementsOf(deps, gathered);
    gathered = nothing();
    writing = writing
      .then(() => deps.db.write(statements, {}, patience))
      .then(() => {
        if (inbox.length > 0) deps.process.hub.wake();
      })
      // The leases run out and the messages go out once more: at least once, under the same ids.
      .catch((error: unknown) =>
        deps.log.error("results of deliveries could not be written", {
          messages: rows.length,
          reason: String(error),
        }),
      )
      .finally(() => {
        for (const { token } of rows) deps.process.leases.end(token);
      });
  }

  return {
    add: (message, token, { outcome, rendered }, startedAt) => {
      const now = deps.now();
      const { method, id } = message;
      const { maxSendAttempts, retryInterval } = deps.config.notifications;
      const policy = { maxAttempts: maxSendAttempts, interval: retryInterval };
      const attempted = { ...message, attempt: message.tries };
      const decision = decideOutcome(outcome, attempted, policy, now, Math.random());
      const { status, reason } = decision;
      const ended = { startedAt, finishedAt: now, outcome: outcome.kind, status, reason };
      gathered.rows.push({ id, token, attempt: message.attempt, finishedAt: now, ...decision });
      gathered.counted.push({ id, token, additions: additionsOf({ ...message, ...ended }) });
      const channel = findChannel(method);
      if (channel?.isLocal === true && outcome.kind === "sent" && rendered !== null)
        gathered.inbox.push(inboxRow(message, rendered, now));
      if (channel?.isLocal === false && isAboutChannel(outcome))
        gathered.tries.push({ method, at: now, ok: outcome.kind === "sent", answer: outcome.detail });
      if (channel !== undefined && outcome.kind === "permanent" && outcome.gone === true)
        gathered.endpoints.set(channel.id, "gone");
      if (channel !== undefined && outcome.kind === "sent" && message.templateId === testTemplateId)
        gathered.endpoints.set(channel.id, "alive");
      if (outcome.kind === "temporary" || outcome.kind === "permanent") logFailure(deps, message, decision);
      if (gathered.rows.length >= gatherCount) flush();
      else timer ??= setTimeout(flush, gatherTime);
    },
    finish: async () => {
      flush();
      await writing;
    },
  };
}

/** What counts comes first: it goes by the leases that the others end. */
function statementsOf(deps: Deps, { rows, counted, inbox, tries, endpoints }: Gathered): Statement[] {
  const now = deps.now();
  return [
    ...countTries(counted),
    ...settleMessages(rows, inbox),
    ...[...endpoints].flatMap(([method, state]) => endpointStatements(deps, method, state)),
    ...noteHealth(summarise(tries), now),
  ];
}

function endpointStatements(deps: Deps, method: Method, state: "gone" | "alive"): Statement[] {
  const channel: Channel = channels[method];
  const settings = deps.config.notifications.channels[method];
  const endpoint = settings === undefined ? undefined : channel.endpoint?.(settings);
  if (endpoint === undefined) return [];
  return [
    state === "alive"
      ? clearGoneEndpoint(method)
      : markEndpointGone(method, endpointHash(endpoint), deps.now()),
  ];
}

const minute = 60_000;

/** One warning for each failed try; the same failure of the same receiver once a minute, with a count of the others. */
function logFailure(deps: Deps, message: ClaimedMessage, decision: Decision): void {
  const now = deps.now();
  const host = receiverOf(deps.config.notifications.channels, message.method);
  const key = `${message.method} ${host ?? ""} ${decision.detail}`;
  const recent = deps.process.recentFailures.get(key);
  if (recent !== undefined && now - recent.at < minute) {
    recent.count += 1;
    return;
  }
  for (const [other, { at }] of deps.process.recentFailures)
    if (now - at >= minute) deps.process.recentFailures.delete(other);
  deps.process.recentFailures.set(key, { at: now, count: 0 });
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
