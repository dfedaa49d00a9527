// Results of tries, gathered for a moment and written together; and what the log says of failures.
import type { inboxNotifications } from "../../db/schema.ts";
import type { Deps } from "../deps.ts";
import { inboxRow } from "./plan.ts";
import { endpointHash, testTemplateId, type Delivery } from "./deliver.ts";
import { receiverOf } from "./rules/receiver.ts";
import { settle, type Settlement } from "./rules/retry.ts";
import { settleMessages, type ClaimedMessage, type SettledRow } from "./store/queue.ts";
import { clearGoneEndpoint, markEndpointGone } from "./store/settings.ts";

export interface Settler {
  add: (message: ClaimedMessage, token: string, delivery: Delivery) => void;
  /** Resolves when all that was added is written, or has failed to be. */
  finish: () => Promise<void>;
}

/** Milliseconds that a result waits for others. */
const gatherTime = 100;
const gatherCount = 50;

export function createSettler(deps: Deps): Settler {
  let rows: SettledRow[] = [];
  let inbox: (typeof inboxNotifications.$inferInsert)[] = [];
  let endpoint: "gone" | "alive" | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> = Promise.resolve();

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (rows.length === 0) return;
    const statements = [...settleMessages(rows, inbox), ...endpointStatements()];
    const ids = rows.map((row) => row.id);
    const wakes = inbox.length > 0;
    rows = [];
    inbox = [];
    endpoint = undefined;
    writing = writing
      .then(() => deps.db.write(statements, {}))
      .then(() => {
        if (wakes) deps.process.hub.wake();
      })
      // The leases run out and the messages go out once more: at least once, under the same ids.
      .catch((error: unknown) =>
        deps.log.error("results of deliveries could not be written", {
          messages: ids.length,
          reason: String(error),
        }),
      );
  }

  function endpointStatements() {
    const address = deps.config.notifications.webhook?.endpoint;
    if (address === undefined || endpoint === undefined) return [];
    return [endpoint === "gone" ? markEndpointGone(endpointHash(address), deps.now()) : clearGoneEndpoint()];
  }

  return {
    add: (message, token, { outcome, rendered }) => {
      const now = deps.now();
      const { maxSendAttempts, retryInterval } = deps.config.notifications;
      const policy = { maxAttempts: maxSendAttempts, interval: retryInterval };
      const settlement = settle(outcome, message.tries, policy, now, Math.random());
      rows.push({ id: message.id, token, attempt: message.attempt, finishedAt: now, ...settlement });
      if (message.method === "inbox" && outcome.kind === "sent" && rendered !== null) {
        inbox.push(inboxRow(message, rendered, now));
      }
      if (outcome.kind === "permanent" && outcome.gone === true) endpoint = "gone";
      if (outcome.kind === "sent" && message.method === "webhook" && message.templateId === testTemplateId)
        endpoint = "alive";
      if (outcome.kind === "temporary" || outcome.kind === "permanent") tell(deps, message, settlement);
      if (rows.length >= gatherCount) flush();
      else timer ??= setTimeout(flush, gatherTime);
    },
    finish: async () => {
      flush();
      await writing;
    },
  };
}

const minute = 60_000;

/** One warning for each failed try; the same failure of the same receiver once a minute, with a count of the others. */
function tell(deps: Deps, message: ClaimedMessage, settlement: Settlement): void {
  const now = deps.now();
  const host = receiverOf(deps.config.notifications, message.method);
  const key = `${message.method} ${host ?? ""} ${settlement.detail}`;
  const told = deps.process.toldFailures.get(key);
  if (told !== undefined && now - told.at < minute) {
    told.count += 1;
    return;
  }
  for (const [other, { at }] of deps.process.toldFailures)
    if (now - at >= minute) deps.process.toldFailures.delete(other);
  deps.process.toldFailures.set(key, { at: now, count: 0 });
  deps.log.warn("a notification could not be delivered", {
    message_id: message.id,
    method: message.method,
    host,
    answer: settlement.detail,
    attempt: message.attempt,
    next_try: settlement.dueAt === null ? "none" : new Date(settlement.dueAt).toISOString(),
    same_before: told?.count,
  });
}
