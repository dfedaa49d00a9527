// The totals that metrics show: what a try adds to them, what an event adds that is decided at once, and how the stored
// counters become families. Names, labels and buckets are Coder's where it has them.
import { messageStatuses, type MessageStatus } from "../../../../db/schema.ts";
import {
  samplesOf,
  type CounterRow,
  type Family,
  type Sample,
  histogramFamily,
  observe,
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
  help: "Seconds from a message's making to its first try.",
  buckets: [1, 2.5, 5, 7.5, 10, 15, 20, 30, 60, 120, 300, 600, 3_600],
};
const sending: Histogram = {
  name: "coderd_notifications_dispatcher_send_seconds",
  help: "Seconds that a try took.",
  buckets: [0.001, 0.05, 0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120],
};

/** Shown as a status of its own: a failure that is one recipient's, not the channel's. */
const refused = "recipient_refused";
const finalStatuses = ["sent", "permanent_failure", "inhibited"] as const satisfies MessageStatus[];

export interface EndedTry {
  method: string;
  templateId: string;
  /** 1 is the first. */
  attempt: number;
  createdAt: number;
  startedAt: number;
  finishedAt: number;
  outcome: Outcome["kind"];
  /** What has become of the message, and why. */
  status: MessageStatus;
  reason: Reason | null;
}

/** A message that turned out not to be wanted was no try; Coder counts it nowhere either. */
export function additionsOf(one: EndedTry): Addition[] {
  const { method, status } = one;
  const ending = one.reason === "recipient_refused" ? one.reason : status;
  const end = finalStatuses.some((final) => final === status) ? [finishedAddition(method, ending)] : [];
  if (one.outcome === "inhibited") return end;
  const labels = { method, notification_template_id: one.templateId };
  const result = status === "sent" ? "success" : status === "permanent_failure" ? "perm_fail" : "temp_fail";
  return [
    [attempts, canonicalJson({ ...labels, result }), 1],
    ...(one.attempt > 1 ? ([[retries, canonicalJson(labels), 1]] satisfies Addition[]) : []),
    ...(one.attempt === 1 ? observe(queued, { method }, one.startedAt - one.createdAt) : []),
    ...observe(sending, { method }, one.finishedAt - one.startedAt),
    ...end,
  ];
}

const finishedAddition = (method: string, status: MessageStatus | typeof refused): Addition => [
  finished,
  canonicalJson({ method, status }),
  1,
];

/** What ends is shown from the first scrape on: a series that begins with 1 has no increase. */
export function totalFamilies(rows: readonly CounterRow[], methods: readonly string[]): Family[] {
  const samples = (name: string): Sample[] => samplesOf(rows, name);
  return [
    {
      name: attempts,
      type: "counter",
      help: "Tries to hand over a message, by result: success, temp_fail (is tried again), perm_fail (is not).",
      samples: samples(attempts),
    },
    {
      name: retries,
      type: "counter",
      help: "Tries that were not a message's first.",
      samples: samples(retries),
    },
    {
      name: finished,
      type: "counter",
      help: "Messages that have ended: sent, permanent_failure, recipient_refused (failed for this recipient only), inhibited (not wanted, or sent already).",
      samples: finishedSamples(samples(finished), methods),
    },
    histogramFamily(queued, samples),
    histogramFamily(sending, samples),
  ];
}

function finishedSamples(stored: Sample[], methods: readonly string[]): Sample[] {
  return methods.flatMap((method) =>
    [...finalStatuses, refused].map((status) => ({
      labels: { method, status },
      value:
        stored.find(({ labels }) => labels?.["method"] === method && labels["status"] === status)?.value ?? 0,
    })),
  );
}

/** The statuses of messages that something is still to be done for. */
export const livingStatuses = messageStatuses.filter(
  (status) => !finalStatuses.some((final) => final === status),
);
