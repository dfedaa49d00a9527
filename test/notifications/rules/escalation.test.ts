// Where an event goes that nobody has read: what is wrong with what people write, and what is stored and shown.
import { expect, test } from "vitest";
import {
  escalationProblems,
  namesOf,
  toEscalation,
  writtenTargets,
  type GivenEscalation,
} from "../../../src/notifications/routing/rules/escalation.ts";
import { explainAbsence } from "../../../src/notifications/outbox/rules/absence.ts";
import { planEscalation } from "../../../src/notifications/outbox/rules/escalation-plan.ts";
import { describeReason, whyYouGetThis } from "../../../src/notifications/outbox/rules/reasons.ts";
import { kinds } from "../../../src/notifications/kinds/kinds.ts";
import type { Rule } from "../../../src/notifications/routing/rules/rule.ts";

const known = new Map([
  ["user:mia", "u1"],
  ["group:sre", "g1"],
]);
const minute = 60_000;

test.each<[GivenEscalation, boolean, string[]]>([
  [{ escalateMs: null, escalateTo: null }, true, []],
  [
    { escalateMs: minute, escalateTo: ["user:mia"] },
    true,
    ["escalate_to: only rules of the deployment escalate"],
  ],
  [{ escalateMs: minute, escalateTo: [" User:MIA", "group:sre"] }, false, []],
  [{ escalateMs: 7 * 24 * 60 * minute, escalateTo: ["user:mia"] }, false, []],
  [
    { escalateMs: null, escalateTo: ["user:mia"] },
    false,
    ["escalate_after_seconds: must be from 1 minute to 7 days"],
  ],
  [{ escalateMs: minute, escalateTo: ["user:mia", "group:ops"] }, false, ["escalate_to: unknown group:ops"]],
  [
    { escalateMs: minute - 1, escalateTo: ["mia", "group:Ops"] },
    false,
    [
      "escalate_after_seconds: must be from 1 minute to 7 days",
      "escalate_to: unknown mia, group:ops; use user:NAME, group:NAME or receiver:NAME",
    ],
  ],
  [
    { escalateMs: 7 * 24 * 60 * minute + 1, escalateTo: null },
    false,
    [
      "escalate_after_seconds: must be from 1 minute to 7 days",
      "escalate_to: name a user, group or receiver, such as user:mia or group:sre",
    ],
  ],
])("%j, one's own: %s", (given, isOwn, expected) =>
  expect(escalationProblems(given, known, isOwn).map(({ field, detail }) => `${field}: ${detail}`)).toEqual(
    expected,
  ),
);

test("what is stored has the ids, each once, and is shown by the names of now", () => {
  const given = { escalateMs: minute, escalateTo: ["user:Mia", "user:mia", "group:sre"] };
  expect(toEscalation(given, known)).toEqual({ escalate: { afterMs: minute, to: ["user:u1", "group:g1"] } });
  expect(toEscalation({ ...given, escalateTo: null }, known)).toEqual({});
  expect(toEscalation({ ...given, escalateMs: null }, known)).toEqual({});
  expect(writtenTargets(["user:u1", "group:g9", "odd"], new Map([["u1", { name: "mia" }]]))).toEqual([
    "user:mia",
    "group:g9",
    "odd:",
  ]);
  expect([namesOf(["user:u1", "group:g1", "odd"]), namesOf(["user:u1", "group:g1"], "group")]).toEqual([
    ["u1", "g1", ""],
    ["g1"],
  ]);
});

const rule = (name: string, actions: Rule["actions"], continues = false): Rule => ({
  name,
  filter: null,
  continues,
  actions,
});
const escalate = { afterMs: minute, to: ["user:u1"] };
const planned = (
  rules: readonly Rule[] | undefined,
  { kind = "task-failed", status = "sent", ...when }: PlanChange = {},
) =>
  planEscalation([{ status: "inhibited" }, { status }], {
    template: { id: kinds[kind].id, method: null, enabledByDefault: true, isDisabled: false },
    about: { targets: [], labels: {} },
    now: 5,
    ...(rules === undefined ? {} : { rules }),
    ...when,
  });
interface PlanChange {
  kind?: keyof typeof kinds;
  status?: "sent" | "inhibited";
  notBefore?: number;
}

test("the first rule that matches decides; not about what nobody gets, nor for what protects an account", () => {
  const first = rule("first", { escalate }, true);
  const plan = { dueAt: minute + 5, rule: "rule_first", targets: '["user:u1"]' };
  expect(planned([first, rule("second", { escalate: { ...escalate, afterMs: 9 * minute } })])).toEqual(plan);
  expect(planned([first], { notBefore: 100 })).toEqual({ ...plan, dueAt: minute + 100 });
  expect(planned([first], { status: "inhibited" })).toBeUndefined();
  expect(planned([rule("other", { digest: "daily" })])).toBeUndefined();
  expect(planned(undefined)).toBeUndefined();
  expect(planned([first], { kind: "password-changed" })).toBeUndefined();
});

test("the reason says which rule, to its recipient, to operators and to who didn't get it", () => {
  const code = "escalated_by_rule_night";
  expect(whyYouGetThis([code])).toBe("You get this because nobody had read it in time (rule night).");
  expect(describeReason(code)).toMatchObject({
    question: "who",
    text: "The rule night escalated it, because nobody had read it in time",
  });
  const timed = "escalated_after_5400s_by_rule_night";
  expect(whyYouGetThis([timed])).toBe(
    "You get this because nobody had read it within 1 h 30 min (rule night).",
  );
  expect(describeReason(timed).text).toBe(
    "The rule night escalated it, because nobody had read it within 1 h 30 min",
  );
  const person = { id: "p", roles: [], createdAt: 0, isSystem: false, deletedAt: null };
  const facts = {
    rule: null,
    createdAt: 1,
    targets: [],
    recipients: [[timed], [timed]],
    offByDefault: 0,
    person,
  };
  expect(explainAbsence(facts)[0]).toBe("Those to whom the rule night escalated it were notified (2).");
});
