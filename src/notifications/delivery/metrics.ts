// What the outbox shows of itself: gauges of what waits, and the totals. The metrics route reads and shows it.
import type { Answers } from "../../../db/client.ts";
import type { Family, Sample } from "../../kernel/rules/metrics.ts";
import { methods, type Method } from "../channels/index.ts";
import { livingStatuses, totalFamilies } from "./rules/totals.ts";
import { countLeased, countLiving, readCounters } from "./store/metrics.ts";

export const outboxReads = (now: number) => ({
  living: countLiving(now),
  leased: countLeased(),
  counters: readCounters(),
});

/** `read` is what `outboxReads` gave. */
export function outboxFamilies(
  { living, leased, counters }: Answers<ReturnType<typeof outboxReads>>,
  now: number,
): Family[] {
  const perMethod = (value: (method: Method) => number): Sample[] =>
    methods.map((method) => ({ labels: { method }, value: value(method) }));
  return [
    {
      name: "belfry_notifications_messages",
      type: "gauge",
      help: "Messages that have not come to an end, by status: pending, leased (being sent), temporary_failure (is tried again).",
      samples: methods.flatMap((method) =>
        livingStatuses.map((status) => ({
          labels: { method, status },
          value: living.find((row) => row.method === method && row.status === status)?.count ?? 0,
        })),
      ),
    },
    {
      name: "belfry_notifications_oldest_waiting_seconds",
      type: "gauge",
      help: "Age of the oldest message that has not come to an end, those that are tried again included; 0 when none waits.",
      samples: perMethod((method) => {
        const since = living.flatMap((row) =>
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
    ...totalFamilies(counters, methods),
  ];
}
