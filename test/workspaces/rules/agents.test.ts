// What agents may do and what comes of it, as tables.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createAgentToken,
  parseAgentToken,
  checkSignIn,
  isStopping,
  type Agent,
} from "../../../src/workspaces/agents/rules/agent-token.ts";
import { appStates, lifecycleStates, type AppState } from "../../../db/schema.ts";
import {
  cleanMessage,
  decideTaskNotification,
  type TaskReport,
  type TaskMode,
  type TaskNotification,
} from "../../../src/workspaces/agents/rules/app-status.ts";

const [key, formerKey, foreignKey] = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const workspaceId = "0199f3a0-0000-7000-8000-000000000001";

describe("an agent's token", () => {
  const agent = (name: string): Agent => ({
    id: name,
    name,
    lifecycleState: "created",
    lifecycleChangedAt: null,
  });
  const running = { status: "succeeded", transition: "start", agentGeneration: "g1" } as const;
  const one = { ...running, agents: [agent("main")] };
  const two = { ...running, agents: [agent("main"), agent("side")] };
  const tokenOf = (generation: string, name = "", by = key) =>
    parseAgentToken(createAgentToken(by, workspaceId, generation) + name)!;

  test.each([
    ["of the only agent", tokenOf("g1"), one, { ok: true, agent: agent("main") }],
    ["with the only agent's name", tokenOf("g1", ".main"), one, { ok: true, agent: agent("main") }],
    ["made with the key before", tokenOf("g1", "", formerKey), one, { ok: true, agent: agent("main") }],
    ["with the name of one of several", tokenOf("g1", ".side"), two, { ok: true, agent: agent("side") }],
    [
      "of several without a name",
      tokenOf("g1"),
      two,
      { ok: false, why: "which_agent", names: ["main", "side"] },
    ],
    [
      "with a name that none has",
      tokenOf("g1", ".x"),
      one,
      { ok: false, why: "unknown_agent", names: ["main"] },
    ],
    ["of an earlier start", tokenOf("g0"), one, { ok: false, why: "unknown_token" }],
    [
      "that somebody made themselves",
      tokenOf("g1", "", foreignKey),
      one,
      { ok: false, why: "unknown_token" },
    ],
    ["of a workspace that is gone", tokenOf("g1"), undefined, { ok: false, why: "unknown_token" }],
    [
      "while it is being stopped",
      tokenOf("g1"),
      { ...one, status: "running", transition: "stop" } as const,
      { ok: true, agent: agent("main") },
    ],
    ["after a stop", tokenOf("g1"), { ...one, transition: "stop" } as const, { ok: false, why: "stopped" }],
    [
      "whose stop has failed",
      tokenOf("g1"),
      { ...one, status: "failed", transition: "stop" } as const,
      { ok: true, agent: agent("main") },
    ],
    [
      "whose first build still runs",
      tokenOf("g1"),
      { ...running, status: "running", agents: [] } as const,
      { ok: false, why: "not_built" },
    ],
    [
      "of a template without agents",
      tokenOf("g1"),
      { ...running, agents: [] },
      { ok: false, why: "no_agents" },
    ],
  ])("%s", (_what, token, workspace, verdict) => {
    expect(checkSignIn(token, [key, formerKey], workspace)).toEqual(verdict);
  });
});

const now = 1_000_000;
const dwell = 30_000;
const every: TaskMode = { kind: "every" };
const calm: TaskMode = { kind: "calm", dwell };
const silence: TaskNotification = {
  isIdleOver: false,
  notifies: false,
  delayUntil: undefined,
  onlyIfIdleDelivered: false,
};
const notified: TaskNotification = { ...silence, notifies: true };
const facts = (state: AppState, previous?: AppState, more: Partial<TaskReport> = {}): TaskReport => ({
  state,
  previous: previous && { state: previous, since: now - dwell },
  isTask: true,
  lifecycleState: "created",
  lifecycleChangedAt: null,
  ...more,
});

test.each([
  ["start", "running", false],
  ["stop", "pending", true],
  ["delete", "running", true],
  // It runs on.
  ["stop", "failed", false],
  ["stop", "canceled", false],
] as const)("a workspace whose %s is %s is being stopped: %s", (transition, status, expected) => {
  expect(isStopping({ transition, status })).toBe(expected);
});

describe("every change of a task", () => {
  test.each(
    appStates.flatMap((state) => [undefined, ...appStates].map((before) => [before, state] as const)),
  )("from %s to %s notifies at once if it is one", (before, state) => {
    const isIdleOver = (before === undefined || before === "idle") && state !== "idle";
    expect(decideTaskNotification(facts(state, before), every, now)).toEqual({
      ...silence,
      isIdleOver,
      notifies: before !== state,
    });
  });
  test("does not notify for another app, or for a workspace without a task", () => {
    expect(decideTaskNotification(facts("idle", undefined, { isTask: false }), every, now)).toEqual(silence);
  });
  test.each(lifecycleStates.map((state) => [state, state === "ready"] as const))(
    "by an agent that has reported %s: %s",
    (lifecycleState, notifies) => {
      const given = facts("idle", "working", { lifecycleState, lifecycleChangedAt: 1 });
      expect(decideTaskNotification(given, every, now)).toEqual({ ...silence, notifies });
    },
  );
});

describe("a calm task", () => {
  const since = (age: number) => ({ previous: { state: "idle" as const, since: now - age } });
  const held = { ...notified, delayUntil: now + dwell };
  const takenBack = { ...silence, isIdleOver: true };
  test.each([
    ["begins to work, perhaps after an idle of the build before", facts("working"), takenBack],
    ["is idle from the first", facts("idle"), held],
    ["becomes idle", facts("idle", "working"), held],
    ["stays idle", facts("idle", "idle"), silence],
    ["works again soon", facts("working", "idle", since(dwell - 1)), takenBack],
    [
      "works again after a while",
      facts("working", "idle", since(dwell)),
      { ...takenBack, notifies: true, onlyIfIdleDelivered: true },
    ],
    ["goes on after it was done", facts("working", "complete"), notified],
    ["is done", facts("complete", "working"), notified],
    ["is done while idle", facts("complete", "idle", since(1)), { ...notified, isIdleOver: true }],
    ["fails at once", facts("failure"), { ...notified, isIdleOver: true }],
    ["works again, but is no task", facts("working", "idle", { isTask: false }), silence],
  ])("%s", (_what, given, news) => {
    expect(decideTaskNotification(given, calm, now)).toEqual(news);
  });
});

describe("what an app says", () => {
  test.each([
    ["  Reading   the\tparser\n", "Reading the parser"],
    ["first\\nsecond", "first second"],
    ["C:\\work", "C:\\work"],
    ['say "no" \\n', 'say "no" \\n'],
    ["<b>Done</b> <script src=x>", "Done"],
    ["1 < 2 and 3 > 2", "1 < 2 and 3 > 2"],
    ["\u001B[31mred\u001B[0m \u001B]8;;http://x\u0007link", "red link"],
    ["a \u0000\u202E b", "a b"],
    ["👩‍💻 codes", "👩‍💻 codes"],
  ])("%j is shown as %j", (given, shown) => {
    expect(cleanMessage(given)).toBe(shown);
  });
  test("is one line without orders to a terminal, whatever it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const shown = cleanMessage(text);
        expect(shown).not.toMatch(/[\p{Cc}\u202A-\u202E]| {2}|^ | $/u);
        expect(shown.isWellFormed()).toBe(true);
      }),
    );
  });
});
