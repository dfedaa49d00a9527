// What people choose, in the plan of an event: channels that they added, their chats, quiet hours and the digest.
import { expect, test } from "vitest";
import { everybodyUser } from "../../../db/schema.ts";
import { allChannels } from "../../../src/notifications/channels/index.ts";
import { kinds } from "../../../src/notifications/kinds/kinds.ts";
import { planDeliveries } from "../../../src/notifications/outbox/rules/delivery-plan.ts";
import type { PlanOptions, Recipient } from "../../../src/notifications/outbox/rules/plan.ts";

const ada: Recipient = {
  userId: "u",
  username: "ada",
  name: "Ada",
  email: "ada@example.com",
  status: "active",
  disabled: null,
  ownActionsNotify: false,
  mutes: null,
  why: ["named"],
};
const now = Date.parse("2026-11-20T12:00:00Z");
const usual: PlanOptions = {
  template: { id: kinds["task-working"].id, method: null, enabledByDefault: true, isDisabled: false },
  defaultMethod: "webhook",
  channels: allChannels.map((channel) => ({ ...channel, isConfigured: true, isOn: true })),
  isPaused: false,
  identity: "i",
  about: { targets: [], labels: {} },
  thing: "w",
  now,
};
const planned = (person: Partial<Recipient>, options: Partial<PlanOptions> = {}) =>
  planDeliveries([{ ...ada, ...person }], { ...usual, ...options }).map(
    ({ method, status, reasons, dueAt }) => [method, status, reasons.at(-1), dueAt],
  );
const withId = (name: keyof typeof kinds) => ({ template: { ...usual.template, id: kinds[name].id } });

test("email that was added goes out beside the deployment's channel; not of what only email may have", () => {
  const addedMethods = '["smtp"]';
  expect(planned({ addedMethods }).map(([method]) => method)).toEqual(["webhook", "inbox", "smtp"]);
  expect(planned({ addedMethods }, withId("one-time-passcode")).map(([method]) => method)).toEqual(["smtp"]);
  expect(planned({}).map(([method]) => method)).toEqual(["webhook", "inbox"]);
});

test("a chat of their own gets what it was chosen for", () => {
  const ownReceivers = JSON.stringify([{ id: "r", name: "mine", resumeAt: 0 }]);
  expect(planned({ ownReceivers }).map(([method]) => method)).not.toContain("receiver");
  const chat = ["receiver", "pending", "chosen_by_user", now];
  expect(planned({ ownReceivers, addedMethods: '["receiver:r"]' })).toContainEqual(chat);
  expect(planned({ ownReceivers }, withId("task-failed"))).toContainEqual(chat);
});

test("what each recipient gets stands together, also in chats and at receivers with a message for each", () => {
  const ownReceivers = JSON.stringify([{ id: "r", name: "mine", resumeAt: 0 }]);
  const pager = { id: "p", kinds: null, minSeverity: "info", followsSituations: false, resumeAt: 0 } as const;
  const receivers = [{ ...pager, recipients: "each" } as const, { ...pager, id: "all" }];
  const people = ["a", "b"].map((userId) => ({ ...ada, userId, ownReceivers }));
  const plan = planDeliveries(people, { ...usual, ...withId("task-failed"), receivers });
  const ofEach = ["webhook", "inbox", "r", "p"];
  expect(plan.map(({ recipient, method, receiver }) => [recipient.userId, receiver?.id ?? method])).toEqual([
    ...ofEach.map((where) => ["a", where]),
    ...ofEach.map((where) => ["b", where]),
    [everybodyUser.id, "all"],
  ]);
});

test("in quiet hours all but the inbox waits", () => {
  const range = { days: ["fri"], from: "12:00", to: "13:00" };
  const quietHours = JSON.stringify({ ranges: [range], critical: false });
  expect(planned({ quietHours })).toEqual([
    ["webhook", "pending", "quiet_hours", now + 3_600_000],
    ["inbox", "sent", "inbox", null],
  ]);
  // What waits for something else is looked at when that is over.
  expect(planned({ quietHours }, { notBefore: now + 60_000 })[0]).toEqual([
    "webhook",
    "pending",
    "held_back",
    now + 60_000,
  ]);
});

test("emails wait for the digest, if the person or a rule says so; those that protect an account don't", () => {
  const digest = JSON.stringify({ every: "daily", hour: 18, weekday: 0 });
  const at = Date.parse("2026-11-20T18:00:00Z");
  const mail = { defaultMethod: "smtp" };
  const waits = ["digest", "pending", "digest", at];
  expect(planned({ digest, inDigest: true }, mail)[0]).toEqual(waits);
  expect(planned({ digest, inDigest: false }, mail)[0]![0]).toBe("smtp");
  expect(planned({ digest, inDigest: true }, { ...mail, ...withId("password-changed") })[0]![0]).toBe("smtp");
  const later = { ...mail, notBefore: at + 1 };
  expect(planned({ digest, inDigest: true }, later)[0]![3]).toBe(at + 86_400_000);
  const rules = [{ name: "calm", filter: null, continues: false, actions: { digest: "daily" as const } }];
  const [ruled] = planDeliveries([{ ...ada, digest }], { ...usual, ...mail, rules });
  expect([ruled!.method, ruled!.reasons.slice(-2)]).toEqual(["digest", ["digest_by_rule_calm", "digest"]]);
});
