// What a push message says, whom it is for, and where it may be sent.
import { describe, expect, test } from "vitest";
import {
  isAllowedEndpoint,
  isPushed,
  isUrgent,
  knownServices,
  pushContent,
  type PushFacts,
} from "../../../src/notifications/channels/push/rules/push.ts";
import { kinds } from "../../../src/notifications/kinds/kinds.ts";

describe("an endpoint", () => {
  const services = [...knownServices.split(","), "http://127.0.0.1:4000"];
  test.each([
    ["https://fcm.googleapis.com/fcm/send/abc", true],
    ["https://updates.push.services.mozilla.com/wpush/v2/abc", true],
    ["https://web.push.apple.com/abc", true],
    ["https://wns2-par02p.notify.windows.com/w/?token=abc", true],
    ["http://127.0.0.1:4000/abc", true],
    ["http://127.0.0.1:4001/abc", false],
    ["http://fcm.googleapis.com/abc", false],
    ["https://fcm.googleapis.com:8443/abc", false],
    ["https://evil-push.apple.com.example.com/abc", false],
    ["https://push.apple.com.evil.example/abc", false],
    ["https://notpush.apple.com/abc", false],
    ["https://user@fcm.googleapis.com/abc", false],
    ["not a URL", false],
  ])("%s", (endpoint, isAllowed) => expect(isAllowedEndpoint(endpoint, services)).toBe(isAllowed));
});

test.each([
  ["prebuild-failure-limit-reached", true, true],
  ["task-failed", true, false],
  ["task-idle", true, false],
  ["task-working", false, false],
  ["custom-notification", false, false],
] as const)("%s: pushed %s, urgent %s", (name, pushed, urgent) => {
  const { id } = kinds[name];
  expect([isPushed({ id }), isUrgent({ id })]).toEqual([pushed, urgent]);
});

test("an owner's severity decides", () => {
  const { id } = kinds["task-working"];
  const of = (severity: string) => ({ id, severities: JSON.stringify({ [id]: severity, other: "info" }) });
  expect([isPushed(of("warning")), isUrgent(of("warning"))]).toEqual([true, false]);
  expect([isPushed(of("critical")), isUrgent(of("critical"))]).toEqual([true, true]);
  const other = JSON.stringify({ other: "critical" });
  expect([isPushed({ id, severities: other }), isPushed({ id, severities: null })]).toEqual([false, false]);
});

test("a kind of another release is not pushed", () => {
  expect([isPushed({ id: "unknown" }), isUrgent({ id: "unknown" })]).toEqual([false, false]);
});

describe("the content", () => {
  const facts: PushFacts = {
    id: "m1",
    title: "Build of **docker** failed",
    body: "*Two* errors.",
    targets: ["w1", "t1"],
    template: { id: "k1" },
  };

  test("is plain text, and leads to the notification", () => {
    expect(pushContent(facts, "i1")).toEqual({
      title: "Build of docker failed",
      body: "Two errors.",
      url: "/inbox?open=i1#n-i1",
      tag: expect.stringMatching(/^[\w-]{32}$/),
    });
    expect(pushContent(facts, undefined).url).toBe("/inbox");
  });

  test("is cut, so that it fits into one record", () => {
    const { body } = pushContent({ ...facts, body: "x".repeat(5_000) }, undefined);
    expect(body).toMatch(/^x{299}…$/);
  });

  test("replaces what says the same of the same thing, and nothing else", () => {
    const tagOf = (change: Partial<PushFacts>) => pushContent({ ...facts, ...change }, undefined).tag;
    expect(tagOf({ id: "m2", title: "Again" })).toBe(tagOf({}));
    expect(tagOf({ targets: ["w2", "t1"] })).not.toBe(tagOf({}));
    expect(tagOf({ template: { id: "k2" } })).not.toBe(tagOf({}));
    expect(tagOf({ targets: [] })).not.toBe(tagOf({ targets: [], id: "m2" }));
  });
});
