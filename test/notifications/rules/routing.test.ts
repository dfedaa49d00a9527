// What rules do with the messages of an event, and what each of them says.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCache } from "../../../src/kernel/ports.ts";
import { kinds } from "../../../src/notifications/kinds/kinds.ts";
import { planDeliveries } from "../../../src/notifications/outbox/rules/delivery-plan.ts";
import type { PlanChannel, PlanOptions, Recipient } from "../../../src/notifications/outbox/rules/plan.ts";
import { describeReason } from "../../../src/notifications/outbox/rules/reasons.ts";
import { ownMethod } from "../../../src/notifications/receivers/rules/own.ts";
import { traceRules } from "../../../src/notifications/routing/rules/decision.ts";
import { factsOf, factsOfCoder } from "../../../src/notifications/routing/rules/facts.ts";
import {
  asksForFacts,
  parseRules,
  withOwnRules,
  type Rule,
  type RuleActions,
} from "../../../src/notifications/routing/rules/rule.ts";

const mia: Recipient = {
  userId: "00000000-0000-7000-8000-000000000001",
  username: "mia",
  name: "Mia",
  email: "mia@example.com",
  status: "active",
  disabled: null,
  ownActionsNotify: false,
  mutes: null,
  quietHours: null,
  timeZone: null,
  why: ["workspace_owner"],
};
const channels: PlanChannel[] = ["inbox", "smtp", "webhook", "push"].map((id) => ({
  id: id as PlanChannel["id"],
  isLocal: id === "inbox",
  isConfigured: id !== "push",
  isOn: id !== "push",
  unreachable: () => undefined,
}));
const receiver = (id: string, kindIds: string[] | null = null) => ({
  id,
  kinds: kindIds,
  minSeverity: "info" as const,
  filter: null,
  followsSituations: false,
  resumeAt: 0,
});
const now = 1_000_000;
const usual: PlanOptions = {
  template: {
    id: kinds["workspace-autobuild-failed"].id,
    method: null,
    enabledByDefault: true,
    isDisabled: false,
  },
  defaultMethod: "smtp",
  channels,
  receivers: [receiver("chat"), receiver("pager", [kinds["task-failed"].id])],
  isPaused: false,
  identity: "identity 1",
  about: {
    targets: [],
    labels: { reason: "autostart" },
    facts: { template: "docker", workspace: "web", owner: "mia" },
  },
  thing: "w",
  now,
};

interface Given {
  name?: string;
  filter?: string | null;
  continues?: boolean;
  actions: RuleActions;
}

const rulesOf = (...given: Given[]): readonly Rule[] =>
  parseRules(
    createCache(),
    JSON.stringify(
      given.map(({ name, filter = null, continues = false, actions }, at) => ({
        name: name ?? `r${at + 1}`,
        filter,
        continues: continues ? 1 : 0,
        actions,
      })),
    ),
  );

/** Where each message goes, its status, and the reasons besides who gets it. */
const planned = (
  rules: readonly Rule[],
  ownRules: readonly Rule[] = [],
  options: Partial<PlanOptions> = {},
) =>
  planDeliveries([{ ...mia, ownRules }], { ...usual, ...options, rules }).map(
    ({ method, receiver: to, status, reasons, dueAt }) => [
      to?.id ?? method,
      status,
      reasons.slice(1).join(" "),
      ...(dueAt === null || dueAt === now ? [] : [dueAt - now]),
    ],
  );

const without = [
  ["smtp", "pending", "deployment_default"],
  ["inbox", "sent", "inbox"],
  ["chat", "pending", "receiver_filter"],
];

test("without rules, and where none matches, everything is as it was", () => {
  expect(planned([])).toEqual(without);
  const rules = rulesOf({ filter: 'template = "gpu"', actions: { suppress: true } });
  expect(planned(rules)).toEqual(without);
  expect(planned([], rules)).toEqual(without);
});

describe.each<[string, RuleActions, unknown[][]]>([
  [
    "suppress",
    { suppress: true },
    [
      ["smtp", "inhibited", "deployment_default suppressed_by_rule_r1"],
      ["inbox", "inhibited", "inbox suppressed_by_rule_r1"],
      ["chat", "inhibited", "receiver_filter suppressed_by_rule_r1"],
    ],
  ],
  [
    "the inbox only",
    { channels: ["inbox"] },
    [["smtp", "inhibited", "deployment_default left_out_by_rule_r1"], without[1]!, without[2]!],
  ],
  [
    "no channel",
    { channels: [] },
    [
      ["smtp", "inhibited", "deployment_default left_out_by_rule_r1"],
      ["inbox", "inhibited", "inbox left_out_by_rule_r1"],
      without[2]!,
    ],
  ],
  [
    "another channel, and one that isn't configured",
    { channels: ["inbox", "webhook", "push"] },
    [
      ["smtp", "inhibited", "deployment_default left_out_by_rule_r1"],
      without[1]!,
      ["webhook", "pending", "chosen_by_rule_r1"],
      ["push", "inhibited", "chosen_by_rule_r1 not_configured"],
      without[2]!,
    ],
  ],
  [
    "another receiver",
    { receivers: ["pager", "deleted"] },
    [
      without[0]!,
      without[1]!,
      ["chat", "inhibited", "receiver_filter left_out_by_rule_r1"],
      ["pager", "pending", "chosen_by_rule_r1"],
    ],
  ],
  [
    "a delay",
    { delayMs: 5_000 },
    [
      ["smtp", "pending", "deployment_default delayed_by_rule_r1 held_back", 5_000],
      without[1]!,
      ["chat", "pending", "receiver_filter delayed_by_rule_r1 held_back", 5_000],
    ],
  ],
])("%s", (_, actions, expected) => {
  test("of the deployment", () => {
    expect(planned(rulesOf({ filter: 'template = "docker"', actions }))).toEqual(expected);
  });

  test("of the person, for their own messages", () => {
    const own = expected.slice(0, -1).filter(([to]) => to !== "chat");
    const theirs = own.map(([to, status, reasons, ...due]) => [
      to,
      status,
      (reasons as string).replaceAll("_by_rule_", "_by_own_rule_"),
      ...due,
    ]);
    expect(planned([], rulesOf({ filter: 'template = "docker"', actions }))).toEqual([...theirs, without[2]]);
  });
});

test("the first that matches decides; with continue, the next ones decide what is open", () => {
  const stops = rulesOf({ actions: { channels: ["inbox"] } }, { actions: { suppress: true } });
  expect(planned(stops).map(([, status]) => status)).toEqual(["inhibited", "sent", "pending"]);
  const goesOn = rulesOf(
    { continues: true, actions: { channels: ["inbox"] } },
    { continues: true, actions: { channels: ["smtp"], receivers: [] } },
    { filter: 'owner = "bob"', actions: { suppress: true } },
  );
  expect(planned(goesOn)).toEqual([
    ["smtp", "inhibited", "deployment_default left_out_by_rule_r1"],
    without[1],
    ["chat", "inhibited", "receiver_filter left_out_by_rule_r2"],
  ]);
});

test("a person's rules decide over the deployment's, except for what that suppresses", () => {
  const own = rulesOf({ name: "mine", actions: { channels: ["smtp", "inbox"] } });
  expect(planned(rulesOf({ actions: { channels: ["inbox"], delayMs: 7 } }), own)).toEqual([
    ["smtp", "pending", "deployment_default delayed_by_rule_r1 held_back", 7],
    without[1],
    ["chat", "pending", "receiver_filter delayed_by_rule_r1 held_back", 7],
  ]);
  expect(planned(rulesOf({ actions: { suppress: true } }), own).map(([, , why]) => why)).toEqual([
    "deployment_default suppressed_by_rule_r1",
    "inbox suppressed_by_rule_r1",
    "receiver_filter suppressed_by_rule_r1",
  ]);
});

test("no rule decides about a kind that is always on", () => {
  const template = { ...usual.template, id: kinds["password-changed"].id };
  const rules = rulesOf({ actions: { suppress: true } });
  expect(planned(rules, rules, { template }).map(([, status]) => status)).toEqual(["pending", "sent"]);
});

test("what concerns one person goes only to receivers that name the kind", () => {
  const { id } = kinds["agent-session-done"];
  const rules = rulesOf({ actions: { receivers: ["chat", "own"], channels: [] } });
  const receivers = [receiver("chat"), { ...receiver("own", [id]), minSeverity: "critical" as const }];
  expect(planned(rules, [], { template: { ...usual.template, id }, receivers }).slice(2)).toEqual([
    ["own", "pending", "chosen_by_rule_r1"],
  ]);
});

test("a receiver's filter asks for facts of the event", () => {
  const of = (filter: string) => {
    const [rule] = rulesOf({ filter, actions: {} });
    return planned([], [], { receivers: [{ ...receiver("chat"), filter: rule!.filter }] }).length;
  };
  expect([of('template = "docker"'), of('template = "gpu"'), of("no longer valid")]).toEqual([3, 2, 2]);
});

test("the delay of a rule and that of an event: the longer one", () => {
  const rules = rulesOf({ actions: { delayMs: 5_000 } });
  expect(planned(rules, [], { notBefore: now + 9_000 })[0]).toEqual([
    "smtp",
    "pending",
    "deployment_default delayed_by_rule_r1 held_back",
    9_000,
  ]);
});

test("facts are stored where something may ask for them", () => {
  const own = [
    { rules: "[]" },
    { rules: JSON.stringify([{ name: "a", filter: null, continues: 0, actions: {} }]) },
  ];
  const filter = rulesOf({ filter: 'owner = "mia"', actions: {} })[0]!.filter;
  expect([
    asksForFacts("[]", [{}, { filter: null }], own.slice(0, 1)),
    asksForFacts("[{}]", [], []),
    asksForFacts("[]", [{ filter }], []),
    asksForFacts("[]", [], own),
  ]).toEqual([false, true, true, true]);
  expect(withOwnRules(createCache(), own)).toEqual([
    own[0],
    { ...own[1], ownRules: rulesOf({ name: "a", actions: {} }) },
  ]);
});

describe("what comes after the rules", () => {
  const messages = (person: Partial<Recipient>, rules = rulesOf(), options: Partial<PlanOptions> = {}) =>
    planDeliveries([{ ...mia, ...person }], { ...usual, receivers: [], ...options, rules }).map(
      ({ method, status, reasons }) => [method, status, reasons.slice(1).join(" ")],
    );

  test("a digest, by the recipient's choice or a rule", () => {
    const schedule = JSON.stringify({ every: "daily", hour: 8, weekday: 0 });
    expect(messages({ digest: schedule, inDigest: true })[0]).toEqual([
      "digest",
      "pending",
      "deployment_default digest",
    ]);
    expect(messages({}, rulesOf({ actions: { digest: "weekly" } }))[0]).toEqual([
      "digest",
      "pending",
      "deployment_default digest_by_rule_r1 digest",
    ]);
  });

  test("quiet hours", () => {
    const always = { days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], from: "00:00", to: "23:59" };
    const quietHours = JSON.stringify({ ranges: [always], critical: false });
    expect(messages({ quietHours })).toEqual([
      ["smtp", "pending", "deployment_default quiet_hours"],
      ["inbox", "sent", "inbox"],
    ]);
  });

  test("a chat of the recipient's own, which their rules can suppress", () => {
    const ownReceivers = JSON.stringify([{ id: "own-1", name: "phone", resumeAt: 0 }]);
    const addedMethods = JSON.stringify([ownMethod("own-1")]);
    const to = messages({ ownReceivers, addedMethods });
    expect(to.map(([method]) => method)).toEqual(["smtp", "inbox", "receiver"]);
    const ownRules = rulesOf({ actions: { suppress: true } });
    expect(messages({ ownReceivers, addedMethods, ownRules }).map(([, status]) => status)).toEqual([
      "inhibited",
      "inhibited",
      "inhibited",
    ]);
  });

  test("a channel that the recipient added, but not for what is sent by email only", () => {
    const addable = channels.map((channel) =>
      channel.id === "webhook" ? { ...channel, canBeAdded: true as const } : channel,
    );
    const added = { addedMethods: '["webhook"]' };
    expect(messages(added, rulesOf(), { channels: addable }).map(([method]) => method)).toEqual([
      "smtp",
      "inbox",
      "webhook",
    ]);
    const template = { ...usual.template, id: kinds["one-time-passcode"].id };
    expect(messages(added, rulesOf(), { channels: addable, template }).map(([method]) => method)).toEqual([
      "smtp",
    ]);
  });
});

test("what became of each rule", () => {
  const rules = rulesOf(
    { filter: 'template = "gpu"', actions: {} },
    { continues: true, actions: { channels: [] } },
    { continues: true, actions: { suppress: true } },
    { actions: {} },
  );
  expect(traceRules(rules, factsOf(usual.template, usual.about))).toEqual([
    { name: "r1", verdict: "no_match", why: ['template = "gpu" is false: template is "docker"'] },
    { name: "r2", verdict: "decided", why: [] },
    { name: "r3", verdict: "decided", why: [] },
    { name: "r4", verdict: "not_asked", why: [] },
  ]);
});

test.each([
  ["suppressed_by_rule_night", "The rule night suppressed it", "not"],
  ["left_out_by_own_rule_mine", "Their own rule mine chose other channels", "not"],
  ["chosen_by_rule_a-by_b", "The rule a-by_b chose this channel", "channel"],
  ["delayed_by_rule_x", "The rule x delayed it", "not"],
  ["digest_by_own_rule_x", "Their own rule x holds it for the digest", "not"],
  ["lost_by_rule_x", "lost_by_rule_x", "not"],
])("%s: %s", (code, text, question) => {
  expect(describeReason(code)).toEqual({ text, question });
});

describe("facts", () => {
  test("of an event without names, and of another system's kind", () => {
    expect(factsOf({ id: "x" }, { labels: { a: "b" } })).toEqual({
      kind: "x",
      severity: "info",
      group: "Coder Events",
      template: "",
      preset: "",
      workspace: "",
      owner: "",
      labels: { a: "b" },
    });
  });

  test.each([
    [{}, undefined, ["", "", "", ""]],
    [
      { name: "web", template_name: "docker", workspace_owner_username: "mia" },
      "Workspace Events",
      ["docker", "", "web", "mia"],
    ],
    [{ name: "docker" }, "Template Events", ["docker", "", "", ""]],
    [
      { template: "docker", preset: "large", workspace: "web", claimant: "mia" },
      "Template Events",
      ["docker", "large", "web", "mia"],
    ],
  ])("of Coder's labels %j", (labels, group, expected) => {
    const { template, preset, workspace, owner } = factsOfCoder(labels, group);
    expect([template, preset, workspace, owner]).toEqual(expected);
  });
});

const actions: fc.Arbitrary<RuleActions> = fc.record(
  {
    suppress: fc.constant(true as const),
    channels: fc.subarray(["inbox", "smtp", "webhook", "push"]),
    receivers: fc.subarray(["chat", "pager", "gone"]),
    delayMs: fc.constantFrom(1_000, 60_000),
    digest: fc.constantFrom("daily" as const, "weekly" as const),
  },
  { requiredKeys: [] },
);
const givenRules = fc.array(
  fc.record({
    filter: fc.constantFrom(null, 'template = "docker"', 'template = "gpu"', "severity >= warning"),
    continues: fc.boolean(),
    actions,
  }),
  { maxLength: 5 },
);

test("whatever the rules, each considered recipient and channel has one message, with a reason", () => {
  fc.assert(
    fc.property(
      givenRules,
      givenRules,
      fc.constantFrom(...Object.values(kinds)),
      (ofDeployment, own, { id }) => {
        const messages = planned(rulesOf(...ofDeployment), rulesOf(...own), {
          template: { ...usual.template, id },
        });
        // An email that waits for the digest is the recipient's email all the same.
        const places = messages.map(([to]) => (to === "digest" ? "smtp" : to));
        expect(new Set(places).size).toBe(places.length);
        const before = planned([], [], { template: { ...usual.template, id } });
        expect(places).toEqual(expect.arrayContaining(before.map(([to]) => to)));
        for (const [, status, reasons] of messages) {
          const codes = (reasons as string).split(" ").map((code) => describeReason(code));
          expect(codes.filter(({ question }) => question === "channel")).toHaveLength(1);
          if (status === "inhibited") expect(codes.at(-1)!.question).toBe("not");
          if (status === "sent") expect(codes.every(({ question }) => question !== "not")).toBe(true);
        }
      },
    ),
  );
});
