// The counters of notifications: what an attempt counts as, and how stored counters become metric families. Names,
// labels and buckets are Coder's if Coder has them.
import {
  messageStatuses,
  type AttemptResult,
  type MessageStatus,
  type notificationAttemptTotals,
} from "../../../../db/schema.ts";
import {
  bucketOf,
  addUp,
  samplesOf,
  toSeconds,
  type CounterRow,
  type Family,
  type Sample,
  histogramFamily,
  type Addition,
  type Histogram,
} from "../../../kernel/rules/metrics.ts";
import type { Outcome } from "../../channels/channel.ts";
import { canonicalJson } from "../../../kernel/rules/json.ts";
import type { Reason } from "../../outbox/rules/reasons.ts";

const attempts = "coderd_notifications_dispatch_attempts_total";
const retries = "coderd_notifications_retry_count";
export const finished = "belfry_notifications_finished_total";

const queued: Histogram = {
  name: "coderd_notifications_queued_seconds",
  help: "Seconds from the creation of a message to its first attempt.",
  buckets: [1, 2.5, 5, 7.5, 10, 15, 20, 30, 60, 120, 300, 600, 3_600],
};
const sending: Histogram = {
  name: "coderd_notifications_dispatcher_send_seconds",
  help: "Seconds that an attempt took.",
  buckets: [0.001, 0.05, 0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120],
};

/** Also the number of messages that an attempt has sent: they are counted here, and nowhere else. */
const delivered: Histogram = {
  name: "belfry_notifications_delivery_seconds",
  help: "Seconds from the creation of a message until it was sent, retries and delays included.",
  buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400],
};

/** Shown as a separate status: a failure that concerns one recipient, not the channel. */
const refused = "recipient_refused";
const finalStatuses = ["sent", "permanent_failure", "inhibited"] as const satisfies MessageStatus[];

export interface FinishedAttempt {
  method: string;
  templateId: string;
  /** 1 is the first. */
  attempt: number;
  createdAt: number;
  startedAt: number;
  finishedAt: number;
  outcome: Outcome["kind"];
  /** The status of the message after the attempt, and why. */
  status: MessageStatus;
  reason: Reason | null;
}

/** Attempts of the same kind; without an observation, the label of a histogram's bucket is "". */
export type AttemptTotal = typeof notificationAttemptTotals.$inferSelect;
export type AttemptKind = Pick<
  AttemptTotal,
  "method" | "templateId" | "result" | "queued" | "sending" | "delivered"
>;

/** Attempts of one kind; only the seconds of each differ. */
export interface TotalGroup {
  kind: AttemptKind;
  /** The last one's end. */
  endedAt: number;
  /** The message's id, the lease's token, and seconds: queued, sending, until it was delivered. */
  attempts: [id: string, token: string, queued: number, sending: number, delivered: number][];
}

export function groupByKind(
  attempts: readonly (FinishedAttempt & { id: string; token: string })[],
): TotalGroup[] {
  const groups = new Map<string, TotalGroup>();
  for (const one of attempts) {
    const result = resultOf(one);
    const queuedSeconds = toSeconds(one.startedAt - one.createdAt);
    const sendingSeconds = toSeconds(one.finishedAt - one.startedAt);
    const deliveredSeconds = toSeconds(one.finishedAt - one.createdAt);
    const kind: AttemptKind = {
      method: one.method,
      templateId: one.templateId,
      result,
      queued: result !== "inhibited" && one.attempt === 1 ? bucketOf(queued.buckets, queuedSeconds) : "",
      sending: result === "inhibited" ? "" : bucketOf(sending.buckets, sendingSeconds),
      delivered: result === "success" ? bucketOf(delivered.buckets, deliveredSeconds) : "",
    };
    const key = Object.values(kind).join();
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { kind, endedAt: 0, attempts: [] }));
    group.endedAt = Math.max(group.endedAt, one.finishedAt);
    group.attempts.push([one.id, one.token, queuedSeconds, sendingSeconds, deliveredSeconds]);
  }
  return [...groups.values()];
}

/** An inhibited message was not attempted; Coder doesn't count it either. */
function resultOf({ outcome, status, reason }: FinishedAttempt): AttemptResult {
  if (outcome === "inhibited") return "inhibited";
  if (status === "sent") return "success";
  if (status !== "permanent_failure") return "temp_fail";
  return reason === refused ? refused : "perm_fail";
}

/** The counters that attempts of one kind have incremented. */
export function countersOf(total: AttemptTotal): CounterRow[] {
  const { method, templateId, result, count } = total;
  const row = (name: string, labels: Record<string, string>, sum = 0): CounterRow => ({
    name,
    labels: canonicalJson(labels),
    value: count,
    sum,
  });
  const bucket = ({ name }: Histogram, le: string, seconds: number) =>
    le === "" ? [] : [row(`${name}_bucket`, { method, le }, seconds)];
  if (result === "inhibited") return [row(finished, { method, status: result })];
  const labels = { method, notification_template_id: templateId };
  return [
    row(attempts, { ...labels, result: result === refused ? "perm_fail" : result }),
    ...(total.queued === "" ? [row(retries, labels)] : []),
    ...bucket(queued, total.queued, total.queuedSeconds),
    ...bucket(sending, total.sending, total.sendingSeconds),
    ...bucket(delivered, total.delivered, total.deliveredSeconds),
    ...(result === refused ? [row(finished, { method, status: refused })] : []),
    ...(result === "perm_fail" ? [row(finished, { method, status: "permanent_failure" })] : []),
  ];
}

const finishedAddition = (method: string, status: MessageStatus | typeof refused, count = 1): Addition => [
  finished,
  canonicalJson({ method, status }),
  count,
];

/** What new messages add that are finished already: those without a due time. */
export function finishedAdditions(
  messages: readonly { method: string; status: MessageStatus; dueAt?: number | null | undefined }[],
): Addition[] {
  const counts = new Map<string, Map<MessageStatus, number>>();
  for (const { method, status, dueAt } of messages) {
    if (dueAt != null) continue;
    const ofMethod = counts.get(method) ?? new Map<MessageStatus, number>();
    counts.set(method, ofMethod.set(status, (ofMethod.get(status) ?? 0) + 1));
  }
  return [...counts].flatMap(([method, ofMethod]) =>
    [...ofMethod].map(([status, count]) => finishedAddition(method, status, count)),
  );
}

/** Finished messages are shown from the first scrape: a series that begins with 1 has no increase. */
export function totalFamilies(
  counters: readonly CounterRow[],
  totals: readonly AttemptTotal[],
  methods: readonly string[],
): Family[] {
  const rows = addUp([...counters, ...totals.flatMap(countersOf)]);
  const samples = (name: string): Sample[] => samplesOf(rows, name);
  return [
    {
      name: attempts,
      type: "counter",
      help: "Delivery attempts, by result: success, temp_fail (will be retried), perm_fail (will not).",
      samples: samples(attempts),
    },
    {
      name: retries,
      type: "counter",
      help: "Attempts after the first of a message.",
      samples: samples(retries),
    },
    {
      name: finished,
      type: "counter",
      help: "Finished messages: sent, permanent_failure, recipient_refused (failed for this recipient only), inhibited (disabled, duplicate, expired or withdrawn).",
      samples: finishedSamples([...samples(finished), ...sentByAttempt(samples)], methods),
    },
    histogramFamily(queued, rows),
    histogramFamily(sending, rows),
    histogramFamily(delivered, rows),
  ];
}

/** What the histogram counts, as finished messages. Those of releases before are stored as such. */
const sentByAttempt = (samples: (name: string) => Sample[]): Sample[] =>
  samples(`${delivered.name}_bucket`).map(({ labels, value }) => ({
    labels: { method: labels!["method"]!, status: "sent" },
    value,
  }));

function finishedSamples(stored: Sample[], methods: readonly string[]): Sample[] {
  return methods.flatMap((method) =>
    [...finalStatuses, refused].map((status) => ({
      labels: { method, status },
      value: stored
        .filter(({ labels }) => labels?.["method"] === method && labels["status"] === status)
        .reduce((sum, { value }) => sum + value, 0),
    })),
  );
}

/** Statuses of messages that are not finished. */
export const unfinishedStatuses = messageStatuses.filter(
  (status) => !finalStatuses.some((final) => final === status),
);
