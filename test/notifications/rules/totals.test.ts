// The counters of notifications: what each attempt adds, and the families of the metrics page.
import { describe, expect, test } from "vitest";
import {
  countersOf,
  finishedAdditions,
  groupByKind,
  totalFamilies,
  unfinishedStatuses,
  type FinishedAttempt,
} from "../../../src/notifications/delivery/rules/totals.ts";
import { toTotals } from "../../support/attempt-totals.ts";

const attempt: FinishedAttempt = {
  method: "webhook",
  templateId: "t",
  attempt: 1,
  createdAt: 1_000,
  startedAt: 3_000,
  finishedAt: 3_050,
  outcome: "sent",
  status: "sent",
  reason: null,
};
const countersAfter = (changes: Partial<FinishedAttempt>) =>
  toTotals([{ ...attempt, ...changes }]).flatMap(countersOf);
const added = (changes: Partial<FinishedAttempt>) =>
  countersAfter(changes).map(({ name, labels, value }) => [name, JSON.parse(labels), value]);

const attempts = "coderd_notifications_dispatch_attempts_total";
const finished = "belfry_notifications_finished_total";
const labels = { method: "webhook", notification_template_id: "t" };

describe("an attempt", () => {
  test.each<[string, Partial<FinishedAttempt>, string, string | undefined]>([
    ["that succeeds", {}, "success", undefined],
    ["that will be retried", { outcome: "temporary", status: "temporary_failure" }, "temp_fail", undefined],
    [
      "that fails permanently",
      { outcome: "permanent", status: "permanent_failure" },
      "perm_fail",
      "permanent_failure",
    ],
    [
      "that the recipient's server refuses",
      { outcome: "permanent", status: "permanent_failure", reason: "recipient_refused" },
      "perm_fail",
      "recipient_refused",
    ],
  ])("%s is counted by its result", (_, changes, result, status) => {
    const counters = added(changes);
    expect(counters).toContainEqual([attempts, { ...labels, result }, 1]);
    expect(counters.filter(([name]) => name === finished)).toEqual(
      status === undefined ? [] : [[finished, { method: "webhook", status }, 1]],
    );
  });

  test("that succeeds counts the message as delivered, by the time since it was created", () => {
    const deliveries = (changes: Partial<FinishedAttempt>) =>
      countersAfter(changes)
        .filter(({ name }) => name === "belfry_notifications_delivery_seconds_bucket")
        .map((row) => [JSON.parse(row.labels).le, row.value, row.sum]);
    expect(deliveries({})).toEqual([["2.5", 1, 2.05]]);
    expect(deliveries({ attempt: 4, startedAt: 400_000, finishedAt: 401_000 })).toEqual([["900", 1, 400]]);
    expect(deliveries({ outcome: "temporary", status: "temporary_failure" })).toEqual([]);
  });

  test("after the first is counted as a retry, without the time in the queue", () => {
    const named = (name: string, number: number) =>
      countersAfter({ attempt: number }).some((row) => row.name.startsWith(name));
    expect([1, 2].map((number) => named("coderd_notifications_retry_count", number))).toEqual([false, true]);
    expect([1, 2].map((number) => named("coderd_notifications_queued_seconds", number))).toEqual([
      true,
      false,
    ]);
    expect(named("coderd_notifications_dispatcher_send_seconds", 2)).toBe(true);
  });

  test("that was inhibited is not an attempt, but finishes the message", () => {
    expect(added({ outcome: "inhibited", status: "inhibited", reason: "expired" })).toEqual([
      [finished, { method: "webhook", status: "inhibited" }, 1],
    ]);
  });
});

test("attempts of one write are grouped by what they count as; each adds its own seconds", () => {
  const attemptOf = (changes: Partial<FinishedAttempt>, id: string) => ({
    ...attempt,
    ...changes,
    id,
    token: "lease",
  });
  const kind = {
    method: "webhook",
    templateId: "t",
    result: "success",
    queued: "2.5",
    sending: "0.05",
    delivered: "2.5",
  };
  const group = { kind, endedAt: 3_050 };
  expect(
    groupByKind([
      attemptOf({}, "a"),
      attemptOf({ finishedAt: 3_040 }, "b"),
      attemptOf({ attempt: 2 }, "c"),
      attemptOf({ attempt: 3, startedAt: 3_100, finishedAt: 3_000 }, "d"),
      attemptOf({ outcome: "temporary", status: "temporary_failure" }, "e"),
    ]),
  ).toEqual([
    {
      ...group,
      attempts: [
        ["a", "lease", 2, 0.05, 2.05],
        ["b", "lease", 2, 0.04, 2.04],
      ],
    },
    { ...group, kind: { ...kind, queued: "" }, attempts: [["c", "lease", 2, 0.05, 2.05]] },
    {
      ...group,
      kind: { ...kind, queued: "", sending: "0.001" },
      endedAt: 3_000,
      attempts: [["d", "lease", 2.1, 0, 2]],
    },
    {
      ...group,
      kind: { ...kind, result: "temp_fail", delivered: "" },
      attempts: [["e", "lease", 2, 0.05, 2.05]],
    },
  ]);
});

test("what releases before have counted is added to the totals, in one series", () => {
  const before = [
    { name: attempts, labels: JSON.stringify({ ...labels, result: "success" }), value: 3, sum: 0 },
    {
      name: "belfry_notifications_delivery_seconds_bucket",
      labels: JSON.stringify({ le: "2.5", method: "webhook" }),
      value: 3,
      sum: 6,
    },
  ];
  const families = totalFamilies(before, toTotals([attempt, { ...attempt, attempt: 2 }]), ["webhook"]);
  const samples = (name: string) => families.find((family) => family.name === name)!.samples;
  expect(samples(attempts)).toEqual([{ labels: { ...labels, result: "success" }, value: 5 }]);
  const delivery = samples("belfry_notifications_delivery_seconds");
  expect(delivery).toContainEqual({
    suffix: "_bucket",
    labels: { le: "2.5", method: "webhook" },
    value: 5,
  });
  expect(delivery.find(({ suffix }) => suffix === "_sum")!.value).toBeCloseTo(10.1);
});

test("finished messages are shown for every channel and status, from 0", () => {
  const sent = { method: "smtp", status: "sent" };
  const delivered = (le: string, value: number) => ({
    name: "belfry_notifications_delivery_seconds_bucket",
    labels: JSON.stringify({ le, method: "smtp" }),
    value,
    sum: 1,
  });
  // One that was stored by an earlier release, and two buckets of what attempts have sent.
  const rows = [
    { name: finished, labels: JSON.stringify(sent), value: 3, sum: 0 },
    delivered("1", 4),
    delivered("+Inf", 1),
  ];
  const family = totalFamilies(rows, [], ["smtp", "webhook"]).find(({ name }) => name === finished)!;
  expect(family.samples).toHaveLength(8);
  expect(family.samples).toContainEqual({ labels: sent, value: 8 });
  expect(family.samples).toContainEqual({
    labels: { method: "webhook", status: "recipient_refused" },
    value: 0,
  });
});

test("a message is unfinished while it is pending, being sent or to be retried", () => {
  expect(unfinishedStatuses).toEqual(["pending", "leased", "temporary_failure"]);
});

test("new messages that are finished already are counted by channel and status; those that are due are not", () => {
  const messages = [
    { method: "inbox", status: "sent", dueAt: null },
    { method: "webhook", status: "pending", dueAt: 5 },
    { method: "webhook", status: "inhibited" },
    { method: "inbox", status: "sent", dueAt: null },
  ] as const;
  expect(finishedAdditions(messages)).toEqual([
    [finished, '{"method":"inbox","status":"sent"}', 2],
    [finished, '{"method":"webhook","status":"inhibited"}', 1],
  ]);
});
