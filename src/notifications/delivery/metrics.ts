// The metrics of notifications: gauges of unfinished messages, and totals.
import type { Answers } from "../../../db/client.ts";
import type { Family, Sample } from "../../kernel/rules/metrics.ts";
import { messageMethods, type MessageMethod } from "../channels/index.ts";
import { unfinishedStatuses, totalFamilies } from "./rules/totals.ts";
import { isFailing } from "../receivers/rules/breaker.ts";
import { listReceiverStates } from "../receivers/store/receivers.ts";
import { countLeased, countUnfinished, readAttemptTotals, readCounters } from "./store/metrics.ts";

export const outboxReads = (now: number) => ({
  unfinished: countUnfinished(now),
  leased: countLeased(now),
  counters: readCounters(),
  totals: readAttemptTotals(),
  receivers: listReceiverStates(),
});

export function outboxFamilies(
  { unfinished, leased, counters, totals, receivers }: Answers<ReturnType<typeof outboxReads>>,
  now: number,
): Family[] {
  const perMethod = (value: (method: MessageMethod) => number): Sample[] =>
    messageMethods.map((method) => ({ labels: { method }, value: value(method) }));
  return [
    {
      name: "belfry_notifications_messages",
      type: "gauge",
      help: "Unfinished messages, by status: pending, leased (being sent), temporary_failure (will be retried).",
      samples: messageMethods.flatMap((method) =>
        unfinishedStatuses.map((status) => ({
          labels: { method, status },
          value: unfinished.find((row) => row.method === method && row.status === status)?.count ?? 0,
        })),
      ),
    },
    {
      name: "belfry_notifications_oldest_waiting_seconds",
      type: "gauge",
      help: "Age of the oldest unfinished message, including those that will be retried; 0 if there is none.",
      samples: perMethod((method) => {
        const since = unfinished.flatMap((row) =>
          row.method === method && row.waitingSince !== null ? [row.waitingSince] : [],
        );
        return since.length === 0 ? 0 : Math.max(0, now - Math.min(...since)) / 1_000;
      }),
    },
    {
      name: "coderd_notifications_inflight_dispatches",
      type: "gauge",
      help: "Messages that are being sent.",
      samples: leased.map(({ method, templateId, count }) => ({
        labels: { method, notification_template_id: templateId },
        value: count,
      })),
    },
    {
      name: "belfry_notifications_receiver_up",
      type: "gauge",
      help: "1 while a receiver works, 0 while it fails or after it answered that it no longer exists; none if an owner disabled it.",
      samples: receivers.map(({ name, format, isEnabled, failures }) => ({
        labels: { receiver: name, format },
        value: isEnabled && !isFailing(failures) ? 1 : 0,
      })),
    },
    ...totalFamilies(counters, totals, messageMethods),
  ];
}
