// Chats of people's own: which kinds they get, and their codes.
import { describe, expect, test } from "vitest";
import { kinds } from "../../../src/notifications/kinds/kinds.ts";
import {
  considerOwn,
  decideForOwn,
  isUsualForOwn,
  parseOwnReceivers,
} from "../../../src/notifications/outbox/rules/own-receivers.ts";
import type { PlanOptions, Recipient } from "../../../src/notifications/outbox/rules/plan.ts";
import {
  codeLifeMs,
  codeProblem,
  maxTries,
  ownMethod,
  toCode,
} from "../../../src/notifications/receivers/rules/own.ts";

const own = { id: "r", name: "mine", resumeAt: 0 };
const ownReceivers = JSON.stringify([own]);
const [working, failed] = [kinds["task-working"].id, kinds["task-failed"].id];

test("it gets warnings and what waits; other kinds if they were added; never what only mail may have", () => {
  const consider = (addedMethods: string | null, id: string) =>
    considerOwn({ ownReceivers, addedMethods }, { id }).map((receiver) => receiver.id);
  const added = JSON.stringify([ownMethod("r")]);
  expect([consider(null, failed), consider(null, working), consider(added, working)]).toEqual([
    ["r"],
    [],
    ["r"],
  ]);
  expect(consider(added, kinds["one-time-passcode"].id)).toEqual([]);
  expect(considerOwn({ ownReceivers: null }, { id: failed })).toEqual([]);
  expect(parseOwnReceivers(undefined)).toEqual([]);
  expect([isUsualForOwn({ id: failed }), isUsualForOwn({ id: kinds["situation-resolved"].id })]).toEqual([
    true,
    false,
  ]);
});

describe("what is against it", () => {
  const ada: Recipient = {
    userId: "u",
    username: "ada",
    name: "",
    email: "",
    status: "active",
    disabled: null,
    ownActionsNotify: false,
    mutes: null,
    ownReceivers,
    why: ["named"],
  };
  const usual: PlanOptions = {
    template: { id: failed, method: null, enabledByDefault: true, isDisabled: false },
    defaultMethod: undefined,
    channels: [],
    isPaused: false,
    identity: "i",
    about: { targets: [], labels: {} },
    thing: "w",
    now: 1_000,
  };
  const end = (person: Partial<Recipient>, options: Partial<PlanOptions> = {}, decision = {}) => {
    const all = { ...usual, ...options };
    const recipient = { ...ada, ...person };
    const [receiver] = considerOwn({ ownReceivers }, { id: failed });
    const { status, reasons } = decideForOwn(receiver!, recipient, decision, all);
    return `${status} ${reasons.at(-1)!}`;
  };

  test.each([
    ["nothing", {}, {}, {}, "pending chosen_by_user"],
    ["a suspended account", { status: "suspended" as const }, {}, {}, "inhibited suspended_user"],
    [
      "the deployment",
      {},
      { template: { ...usual.template, isDisabled: true } },
      {},
      "inhibited disabled_by_deployment",
    ],
    ["the person", { disabledMethods: '["receiver:r"]' }, {}, {}, "inhibited channel_disabled_by_user"],
    ["a rule", {}, {}, { suppress: { value: true, by: "rule_x" } }, "inhibited suppressed_by_rule_x"],
    [
      "that they did it themselves",
      { userId: "me" },
      { template: { ...usual.template, id: kinds["user-account-created"].id }, initiatorId: "me" },
      {},
      "inhibited own_action",
    ],
  ])("%s", (_, person, options, decision, expected) => {
    expect(end(person, options, decision)).toBe(expected);
  });
});

describe("codes", () => {
  test("have six digits", () => {
    expect([toCode(new Uint8Array([0, 0, 7])), toCode(new Uint8Array([255, 255, 255]))]).toEqual([
      "000007",
      "777215",
    ]);
  });

  test.each([
    [{ codeHash: "h", codeSentAt: 1_000, codeTries: 0 }, undefined],
    [{ codeHash: null, codeSentAt: 1_000, codeTries: 0 }, "has expired"],
    [{ codeHash: "h", codeSentAt: null, codeTries: 0 }, "has expired"],
    [{ codeHash: "h", codeSentAt: 1_001 - codeLifeMs, codeTries: 0 }, undefined],
    [{ codeHash: "h", codeSentAt: 1_000 - codeLifeMs, codeTries: 0 }, "has expired"],
    [{ codeHash: "h", codeSentAt: 1_000, codeTries: maxTries }, "was entered wrong too often"],
  ])("%j: %s", (sent, problem) => {
    expect(codeProblem(sent, 1_000)).toBe(problem);
  });
});
