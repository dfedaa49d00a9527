// Where receivers may be, what they get, and what their answers mean.
import { describe, expect, test } from "vitest";
import { createCache } from "../../../src/kernel/ports.ts";
import { kindNameOf, kinds } from "../../../src/notifications/kinds/kinds.ts";
import { planDeliveries } from "../../../src/notifications/outbox/rules/delivery-plan.ts";
import type { PlanOptions, Recipient } from "../../../src/notifications/outbox/rules/plan.ts";
import { queueKey } from "../../../src/notifications/delivery/rules/queue-key.ts";
import { summariseReceiver } from "../../../src/notifications/delivery/rules/receiver-health.ts";
import { addressProblem, isPublicAddress } from "../../../src/notifications/receivers/rules/address.ts";
import { describeAnswer, toReceiverOutcome } from "../../../src/notifications/receivers/rules/answer.ts";
import { receiverStatus } from "../../../src/notifications/receivers/rules/breaker.ts";
import { matches } from "../../../src/notifications/receivers/rules/filter.ts";
import {
  headersProblem,
  recipientsProblem,
  isMinSeverity,
  nameProblem,
  readKinds,
  targetProblems,
} from "../../../src/notifications/receivers/rules/given.ts";
import { loneMessage, toReceiverMessage } from "../../../src/notifications/receivers/rules/message.ts";
import { parseReceivers } from "../../../src/notifications/receivers/rules/plan.ts";

const now = Date.parse("2026-11-21T10:00:00Z");

describe("addresses", () => {
  test.each([
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.255.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "::127.0.0.1",
    "::7f00:1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2001:20::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fdff::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "not an address",
    "",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
  ])("%s is no public one", (address) => expect(isPublicAddress(address)).toBe(false));

  test.each([
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.1",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.1",
    "192.169.0.1",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "::ffff:8.8.8.8",
    "2606:4700:4700::1111",
    "2a00:1450:4001::1",
    "2001:200::1",
    "2001:4860::8888",
  ])("%s is a public one", (address) => expect(isPublicAddress(address)).toBe(true));

  test.each([
    ["https://hooks.example.com/x", undefined],
    ["https://hooks.example.com:8443/x?y=1", undefined],
    ["https://8.8.8.8/", undefined],
    ["https://[2606:4700:4700::1111]/", undefined],
    ["http://hooks.example.com/", "https"],
    ["ftp://hooks.example.com/", "URL"],
    ["file:///etc/passwd", "URL"],
    ["gopher://127.0.0.1/", "URL"],
    ["nonsense", "URL"],
    ["https://hooks.example.com/a b", "URL"],
    ["https://127.0.0.1/", "not a public"],
    ["https://127.1/", "not a public"],
    ["https://2130706433/", "not a public"],
    ["https://0x7f000001/", "not a public"],
    ["https://0x7f.0.0.1/", "not a public"],
    ["https://0177.0.0.1/", "not a public"],
    ["https://017700000001/", "not a public"],
    ["https://0/", "not a public"],
    ["https://①②⑦.⓪.⓪.①/", "not a public"],
    ["https://127。0。0。1/", "not a public"],
    ["https://127.0.0.1./", "not a public"],
    ["https://[::1]/", "not a public"],
    ["https://[::]/", "not a public"],
    ["https://[::ffff:127.0.0.1]/", "not a public"],
    ["https://[::ffff:7f00:1]/", "not a public"],
    ["https://[64:ff9b::7f00:1]/", "not a public"],
    ["https://[fd00:ec2::254]/", "not a public"],
    ["https://100.64.0.1/", "not a public"],
    ["https://169.254.169.254/latest/meta-data", "not a public"],
    ["https://localhost/", "private network"],
    ["https://LOCALHOST/", "private network"],
    ["https://localhost./", "private network"],
    ["https://localhost../", "private network"],
    ["https://a.localhost/", "private network"],
    ["https://metadata.google.internal/", "private network"],
    ["https://printer.local/", "private network"],
    ["https://intranet/", "private network"],
    ["https://router.home.arpa/", "private network"],
    ["https://user@hooks.example.com/", "user name"],
    ["https://:word@hooks.example.com/", "user name"],
    ["https://8.8.8.8@127.0.0.1/", "user name"],
    ["https://hooks.example.com/#x", "fragment"],
    [`https://hooks.example.com/${"x".repeat(2_000)}`, "2000 characters"],
  ])("%s: %s", (address, problem) => {
    const found = addressProblem(address, false);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(problem);
  });

  test("private ones where the server allows them", () => {
    expect(addressProblem("http://127.0.0.1:8080/x", true)).toBeUndefined();
    expect(addressProblem("http://chat.internal/x", true)).toBeUndefined();
    expect(addressProblem("ftp://127.0.0.1/", true)).toBeDefined();
  });
});

describe("what owners say", () => {
  test.each([
    ["ops", undefined],
    ["ops-2", undefined],
    ["", "1 to 32"],
    ["x".repeat(33), "1 to 32"],
    ["environment", "environment"],
    ["Ops", "lowercase"],
    ["-ops", "lowercase"],
  ])("the name %s", (name, problem) => {
    const found = nameProblem(name);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(problem);
  });

  test("headers", () => {
    expect(headersProblem({ Authorization: "Bearer x", "X-Team": "" })).toBeUndefined();
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`x-${at}`, "1"]));
    expect(headersProblem(many)).toContain("at most 10");
    expect(headersProblem({ "X Team": "1" })).toContain("not a valid header name");
    for (const name of ["Host", "content-length", "Transfer-Encoding", "webhook-id", "X-Message-Id"])
      expect(headersProblem({ [name]: "1" })).toContain("set by Belfry");
    for (const value of ["a\r\nb: c", "é", "x".repeat(1_001)])
      expect(headersProblem({ "x-a": value })).toContain("printable ASCII");
  });

  const address = "https://hooks.example.com/x";
  const fieldsOf = (...given: Parameters<typeof targetProblems>) =>
    targetProblems(...given).map(({ field }) => field);
  test.each([
    ["coder", { address, secrets: [`whsec_${"A".repeat(43)}=`] }, []],
    ["coder", { address, secrets: ["x"] }, ["secret"]],
    ["slack", { address, secrets: [] }, []],
    ["slack", { address, secrets: ["x"] }, ["secret"]],
    ["slack", { address: "x", secrets: [], headers: { host: "x" } }, ["address", "headers"]],
    ["teams", { address: "https://a.webhook.office.com/b", secrets: [] }, ["address"]],
    ["teams", { address: "https://a.logic.azure.com/b", secrets: [] }, []],
    ["ntfy", { address: "https://ntfy.sh/ops", secrets: [] }, []],
    ["ntfy", { address: "https://ntfy.sh/", secrets: ["a b"] }, ["address", "secret"]],
    ["ntfy", { address: "https://ntfy.sh/ops", secrets: ["tk_1"] }, []],
    ["pagerduty", { address, secrets: [] }, ["secret"]],
    ["pagerduty", { address, secrets: ["short"] }, ["secret"]],
    ["pagerduty", { address, secrets: ["0123456789abcdef0123456789abcdef"] }, []],
  ] as const)("%s %o", (format, target, wrong) => {
    expect(fieldsOf(format, { headers: {}, ...target }, false)).toEqual(wrong);
  });

  test("kinds by name or id", () => {
    const failed = kinds["task-failed"].id;
    expect(readKinds(null)).toEqual({ ok: true, kinds: null });
    expect(readKinds([])).toEqual({ ok: true, kinds: null });
    expect(readKinds([" Task-Failed ", failed])).toEqual({ ok: true, kinds: [failed] });
    const foreign = "381df2a9-c0c0-4749-420f-80a9280c66f9";
    expect(readKinds([foreign])).toEqual({ ok: true, kinds: [foreign] });
    expect(readKinds(["nothing"])).toMatchObject({ ok: false });
    expect(readKinds(["constructor"])).toMatchObject({ ok: false });
    expect(readKinds(["one-time-passcode"])).toMatchObject({ ok: false });
    expect([kindNameOf(failed), kindNameOf("x")]).toEqual(["task-failed", "x"]);
    expect(["info", "warning", "success"].map(isMinSeverity)).toEqual([true, true, false]);
  });
});

describe("filters", () => {
  const template = (name: keyof typeof kinds, enabledByDefault = true) => ({
    id: kinds[name].id,
    enabledByDefault,
  });
  const all = { kinds: null, minSeverity: "info" } as const;
  const noFacts = () => expect.unreachable();
  test.each([
    ["task-failed", all, true],
    ["task-completed", all, true],
    ["one-time-passcode", all, false],
    ["custom-notification", all, false],
    ["password-changed", all, false],
    ["agent-question", all, false],
    ["situation-resolved", all, false],
    ["task-failed", { kinds: null, minSeverity: "critical" }, false],
    ["task-completed", { kinds: null, minSeverity: "warning" }, false],
    ["prebuild-failure-limit-reached", { kinds: null, minSeverity: "critical" }, true],
    ["agent-question", { kinds: [kinds["agent-question"].id], minSeverity: "info" }, true],
    ["agent-question", { kinds: [kinds["agent-question"].id], minSeverity: "warning" }, false],
    ["task-failed", { kinds: [kinds["agent-question"].id], minSeverity: "info" }, false],
    ["one-time-passcode", { kinds: [kinds["one-time-passcode"].id], minSeverity: "info" }, false],
  ] as const)("%s %o: %s", (name, filter, expected) =>
    expect(matches(filter, template(name), noFacts)).toBe(expected),
  );

  test("a kind that is off by default must be named; one of another system is info", () => {
    expect(matches(all, template("task-failed", false), noFacts)).toBe(false);
    expect(
      matches({ ...all, kinds: [kinds["task-failed"].id] }, template("task-failed", false), noFacts),
    ).toBe(true);
    expect(matches(all, { id: "x", enabledByDefault: true }, noFacts)).toBe(true);
    expect(matches({ ...all, minSeverity: "warning" }, { id: "x", enabledByDefault: true }, noFacts)).toBe(
      false,
    );
  });
});

describe("the plan", () => {
  const stored =
    '[{"id":"r1","kinds":null,"minSeverity":"info","filter":null,"resumeAt":0,"follows":1},{"id":"r2","kinds":["x"],"minSeverity":"info","filter":null,"resumeAt":0,"follows":0}]';
  const options: PlanOptions = {
    template: { id: kinds["task-failed"].id, method: null, enabledByDefault: true, isDisabled: false },
    defaultMethod: undefined,
    channels: [],
    receivers: parseReceivers(createCache(), stored),
    isPaused: false,
    identity: "identity 1",
    about: { targets: [], labels: {} },
    thing: "x",
    now,
  };
  test("one message for each receiver whose filter matches, even if nobody else is notified", () => {
    expect(parseReceivers(createCache(), "[]")).toEqual([]);
    const [message, ...more] = planDeliveries([], options);
    expect(more).toEqual([]);
    expect(message).toMatchObject({
      method: "receiver",
      receiver: { id: "r1", followsSituations: true },
      status: "pending",
      dueAt: now,
      reasons: ["everybody", "receiver_filter"],
    });
  });
  test("a filter that is stored decides, too", () => {
    const critical = stored.replace('"filter":null', '"filter":"severity >= critical"');
    const receivers = parseReceivers(createCache(), critical);
    expect(planDeliveries([], { ...options, receivers })).toEqual([]);
  });
  test("one that fails, or asked to wait, is due when its pause ends; a spacing is none", () => {
    const dueAt = (resumeAt: number) =>
      planDeliveries([], {
        ...options,
        receivers: [{ ...options.receivers![0]!, resumeAt }],
      })[0]!.dueAt;
    expect([dueAt(now + 60_000), dueAt(now + 1_000), dueAt(now - 1)]).toEqual([now + 60_000, now, now]);
  });
  test("a pause, a delay, and a kind that is disabled for everybody", () => {
    expect(planDeliveries([], { ...options, isPaused: true, notBefore: now + 5 })).toMatchObject([
      { status: "pending", dueAt: now + 5, reasons: ["everybody", "receiver_filter", "paused", "held_back"] },
    ]);
    const disabled = { ...options, template: { ...options.template, isDisabled: true } };
    expect(planDeliveries([], disabled)).toMatchObject([
      {
        status: "inhibited",
        dueAt: null,
        dedupeKey: null,
        reasons: [expect.any(String), expect.any(String), "disabled_by_deployment"],
      },
    ]);
    const always = { ...disabled.template, id: kinds["your-account-suspended"].id };
    const named = [
      { id: "r1", kinds: [always.id], minSeverity: "info" as const, followsSituations: false, resumeAt: 0 },
    ];
    expect(planDeliveries([], { ...disabled, template: always, receivers: named })[0]!.status).toBe(
      kinds["your-account-suspended"].alwaysOn ? "pending" : "inhibited",
    );
  });
});

describe("the plan of a receiver that gets a message for each recipient", () => {
  const template = { id: kinds["task-failed"].id, method: null, enabledByDefault: true, isDisabled: false };
  const receiver = {
    id: "r1",
    kinds: null,
    minSeverity: "info" as const,
    followsSituations: false,
    resumeAt: 0,
    recipients: "each" as const,
  };
  const options: PlanOptions = {
    template: { ...template, id: kinds["workspace-created"].id },
    defaultMethod: undefined,
    channels: [],
    receivers: [receiver],
    isPaused: false,
    identity: "identity 1",
    about: { targets: [], labels: {} },
    thing: "x",
    now,
  };
  const person = (userId: string, over: Partial<Recipient> = {}): Recipient => ({
    userId,
    username: userId,
    name: "",
    email: "",
    status: "active",
    disabled: null,
    ownActionsNotify: false,
    mutes: null,
    why: ["workspace_owner"],
    ...over,
  });
  const reasonsFor = (over: Partial<Recipient>, changes: Partial<PlanOptions> = {}) =>
    planDeliveries([person("mia", over)], { ...options, ...changes }).map(
      ({ status, reasons }) => `${status} ${reasons.join(" ")}`,
    );

  test("what keeps one problem open for everybody has no message for each", () => {
    expect(recipientsProblem("pagerduty", "each")).toMatch(/^must be everybody: PagerDuty/);
    expect(recipientsProblem("alertmanager", "each")).toMatch(/^must be everybody: Alertmanager/);
    expect(recipientsProblem("alertmanager", "everybody")).toBeUndefined();
    expect(recipientsProblem("slack", "each")).toBeUndefined();
  });

  test("one for each, whose duplicates are their own", () => {
    const plan = planDeliveries([person("mia"), person("bob")], options);
    expect(plan).toMatchObject([
      { recipient: { userId: "mia" }, method: "receiver", status: "pending", dueAt: now },
      { recipient: { userId: "bob" }, reasons: ["workspace_owner", "receiver_filter"] },
    ]);
    const forAll = planDeliveries([], { ...options, receivers: [{ ...receiver, recipients: "everybody" }] });
    expect(new Set([...plan, ...forAll].map(({ dedupeKey }) => dedupeKey)).size).toBe(3);
    expect(planDeliveries([], options)).toEqual([]);
  });

  test("what they have chosen for themselves holds", () => {
    const inhibited = (reason: string) => [`inhibited workspace_owner receiver_filter ${reason}`];
    expect(reasonsFor({ disabled: true })).toEqual(inhibited("disabled_by_user"));
    expect(reasonsFor({ disabledMethods: '["receiver"]' })).toEqual(inhibited("channel_disabled_by_user"));
    expect(reasonsFor({ status: "suspended" })).toEqual(inhibited("suspended_user"));
    const disabled = { template: { ...options.template, isDisabled: true } };
    expect(reasonsFor({}, disabled)).toEqual(inhibited("disabled_by_deployment"));
    const own = { template: { ...template, id: kinds["user-account-created"].id }, initiatorId: "mia" };
    expect(reasonsFor({}, own)).toEqual(
      kinds["user-account-created"].quietForInitiator === true
        ? inhibited("own_action")
        : ["pending workspace_owner receiver_filter"],
    );
  });

  test("it waits for the receiver's pause, and for the end of the person's quiet hours", () => {
    const quietHours = JSON.stringify({
      ranges: [{ days: ["sat"], from: "09:00", to: "12:00" }],
      critical: false,
    });
    const noon = Date.parse("2026-11-21T12:00:00Z");
    const dueAt = (resumeAt: number, changes: Partial<PlanOptions> = {}) => {
      const receivers = [{ ...receiver, resumeAt }];
      const [plan] = planDeliveries([person("mia", { quietHours })], { ...options, receivers, ...changes });
      return [plan!.dueAt! - noon, plan!.reasons.at(-1)];
    };
    expect(dueAt(0)).toEqual([0, "quiet_hours"]);
    expect(dueAt(noon + 60_000)).toEqual([60_000, "quiet_hours"]);
    // Its quiet hours are asked for when it is claimed.
    expect(dueAt(0, { isPaused: true })).toEqual([now - noon, "paused"]);
  });
});

describe("answers", () => {
  const answer = (status: number, body = "", headers: Record<string, string> = {}) => ({
    status,
    body,
    headers: new Headers(headers),
  });
  test.each([
    ["slack", answer(200, "ok"), { kind: "sent", detail: "answered 200: ok" }],
    [
      "discord",
      answer(200, "", { "x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "1.5" }),
      { kind: "sent", pause: 1_500 },
    ],
    ["discord", answer(200, "", { "x-ratelimit-remaining": "0" }), { kind: "sent" }],
    ["slack", answer(410, "channel_is_archived"), { kind: "permanent", gone: true, reason: "endpoint_gone" }],
    ["slack", answer(404, "no_service\n"), { kind: "permanent", gone: true }],
    ["slack", answer(404, "nothing here"), { kind: "temporary" }],
    ["coder", answer(404, "no_service"), { kind: "temporary" }],
    ["discord", answer(404, '{"code": 10015}'), { kind: "permanent", gone: true }],
    ["discord", answer(404, '{"code": 10016}'), { kind: "temporary" }],
    ["coder", answer(302), { kind: "temporary", detail: expect.stringContaining("redirect") }],
    ["slack", answer(400, "invalid_blocks"), { kind: "permanent", about: "message" }],
    ["coder", answer(400), { kind: "temporary" }],
    [
      "slack",
      answer(429, "", { "retry-after": "30" }),
      { kind: "temporary", retryAfter: 30_000, about: "account" },
    ],
    [
      "discord",
      answer(429, "", { "x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "2" }),
      { kind: "temporary", retryAfter: 2_000 },
    ],
    ["coder", answer(503), { kind: "temporary", detail: "answered 503" }],
  ] as const)("%s %o", (format, given, expected) => {
    expect(toReceiverOutcome(format, given, now)).toMatchObject(expected);
  });
  test("an excerpt is one short line", () => {
    expect(describeAnswer(answer(500, "a\r\n\u001b[31m b"))).toBe("answered 500: a b");
    expect(describeAnswer(answer(500, "x".repeat(300)))).toHaveLength("answered 500: ".length + 200);
  });
});

describe("health", () => {
  const failed = { outcome: { kind: "temporary", detail: "answered 503" }, finishedAt: 5 } as const;
  const sent = { outcome: { kind: "sent", detail: "answered 204" }, finishedAt: 4 } as const;
  test("counts the failures after the latest success", () => {
    expect(
      summariseReceiver([
        { ...failed, finishedAt: 3 },
        sent,
        failed,
        { ...failed, finishedAt: 6 },
        { ...failed, finishedAt: 5 },
      ]),
    ).toEqual({
      failures: 3,
      succeededAt: 4,
      failedAt: 6,
      answer: "answered 503",
      pausedUntil: null,
    });
    expect(summariseReceiver([failed])).toMatchObject({ failures: 1, succeededAt: null });
    expect(summariseReceiver([sent])).toMatchObject({ failures: 0, failedAt: null, answer: null });
  });
  test("a request to wait is no failure, and has an end", () => {
    const limited = {
      kind: "temporary",
      detail: "answered 429",
      about: "account",
      retryAfter: 1_000,
    } as const;
    const gone = { kind: "permanent", detail: "answered 410", gone: true } as const;
    const wrong = { kind: "permanent", detail: "answered 400", about: "message" } as const;
    const results = [limited, { ...limited, retryAfter: 1e9 }, { ...sent.outcome, pause: 5 }];
    expect(summariseReceiver(results.map((outcome) => ({ outcome, finishedAt: 0 })))).toMatchObject({
      failures: 0,
      pausedUntil: 3_600_000,
    });
    expect(summariseReceiver([gone, wrong].map((outcome) => ({ outcome, finishedAt: 0 })))).toMatchObject({
      failures: 1,
    });
  });
  test("status", () => {
    const well = { isEnabled: true, failures: 0, resumeAt: null, succeededAt: 1 };
    expect(receiverStatus(well, now)).toBe("working");
    expect(receiverStatus({ ...well, succeededAt: null }, now)).toBe("unused");
    expect(receiverStatus({ ...well, resumeAt: now + 1_000 }, now)).toBe("working");
    expect(receiverStatus({ ...well, resumeAt: now + 60_000 }, now)).toBe("paused");
    expect(receiverStatus({ ...well, failures: 5 }, now)).toBe("failing");
    expect(receiverStatus({ ...well, isEnabled: false, failures: 5 }, now)).toBe("disabled");
  });
  test("queues have names", () => {
    expect(queueKey({ method: "webhook", receiverId: null })).toBe("webhook");
    expect(queueKey({ method: "receiver", receiverId: "1" })).toBe("receiver 1");
  });
});

test("a message of no event opens nothing, resolves nothing, and has a way to Belfry", () => {
  const outgoing = loneMessage({
    id: "one",
    recipient: { id: "ada", username: "ada", name: "Ada", email: "" },
    template: { id: kinds["test-notification"].id, name: "Test" },
    title: "Test",
    body: "It works.",
  });
  const shown = toReceiverMessage(outgoing, {
    situationId: null,
    at: now,
    accessUrl: "https://belfry.example",
  });
  expect(shown).toMatchObject({
    key: "belfry/one",
    isResolved: false,
    isOpen: false,
    facts: [],
    actions: [],
  });
  expect(shown.body).toBe("**For Ada \\(ada\\)**\n\nIt works.");
  expect(shown.link).toBe("https://belfry.example/inbox");
});
