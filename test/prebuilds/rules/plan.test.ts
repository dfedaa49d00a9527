// What a pass decides, as pure functions: every rule of Coder's reconciler, and ours where they differ.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createWallClock, desiredNow, maxDesired } from "../../../src/prebuilds/reconcile/rules/desired.ts";
import {
  isReady,
  formatDuration,
  notReadyReason,
  poolStates,
  failureStreak,
} from "../../../src/prebuilds/reconcile/rules/pool-state.ts";
import { firstLine } from "../../../src/prebuilds/reconcile/rules/pool-messages.ts";
import { type Action, roundRobin } from "../../../src/prebuilds/reconcile/rules/actions.ts";
import { decidePools, plan as planOf } from "../../../src/prebuilds/reconcile/rules/plan.ts";
import type {
  Agent,
  PermanentFailure,
  Policy,
  Pool,
  Prebuild,
  Snapshot,
  Underway,
} from "../../../src/prebuilds/reconcile/rules/snapshot.ts";
const now = Date.parse("2026-11-24T12:00:00Z");
const policy: Policy = { backoffInterval: 60_000, failureHardLimit: 3, maxPending: 20 };

const plan = (snapshot: Snapshot, at: number, by: Policy) =>
  planOf(decidePools(snapshot, at, by), snapshot.pending, by);

const poolOf = (more: Partial<Pool> = {}): Pool => ({
  seq: 1,
  presetId: "p",
  presetName: "small",
  templateId: "t",
  templateName: "docker",
  organizationId: "o",
  organizationName: "default",
  versionId: "v",
  versionName: "v1",
  hasAiTask: false,
  usesActiveVersion: true,
  isDeleted: false,
  isDeprecated: false,
  desiredInstances: 1,
  ttlSeconds: null,
  timezone: null,
  schedules: [],
  status: "normal",
  limitedAt: null,
  limitEventId: null,
  isAgentMissing: false,
  forgivenAt: null,
  invalidatedAt: null,
  missingParameters: [],
  invalidParameters: [],
  ...more,
});

const agent = (more: Partial<Agent> = {}): Agent => ({
  name: "main",
  lifecycleState: "ready",
  lifecycleChangedAt: now - 240_000,
  createdAt: now - 300_000,
  ...more,
});

/** Older ones have smaller numbers. */
const running = (number: number, more: Partial<Prebuild> = {}): Prebuild => ({
  workspaceId: `w${number}`,
  name: `prebuild-${number}`,
  presetId: "p",
  buildId: `b${number}`,
  createdAt: now - 1_000_000 + number * 1_000,
  agents: [agent()],
  ...more,
});

const underway = (number: number, more: Partial<Underway> = {}): Underway => ({
  workspaceId: `u${number}`,
  name: `prebuild-u${number}`,
  presetId: "p",
  buildId: `ub${number}`,
  transition: "start",
  status: "pending",
  isCreation: true,
  ...more,
});

const snapshotOf = (pool: Partial<Pool> = {}, more: Partial<Snapshot> = {}): Snapshot => ({
  pools: [poolOf(pool)],
  running: [],
  underway: [],
  backoffs: [],
  atLimit: [],
  permanentFailures: [],
  recovered: [],
  pending: 0,
  ...more,
});

const permanent: PermanentFailure = {
  presetId: "p",
  buildId: "b9",
  buildNumber: 1,
  workspaceName: "prebuild-9",
  error: "\ncpu is too big.\nmore",
};

const short = (action: Action): string => {
  const what = "targets" in action ? action.targets.map(({ workspaceId }) => workspaceId).join(" ") : "";
  const count = "count" in action ? String(action.count) : "";
  return [action.kind, "why" in action ? action.why : "", what, count]
    .filter((word) => word !== "")
    .join(" ");
};
const planned = (snapshot: Snapshot, more: Partial<Policy> = {}) =>
  plan(snapshot, now, { ...policy, ...more }).actions.map(short);
const two = [running(1), running(2)];

describe("an active pool", () => {
  test.each<[string, Partial<Pool>, Partial<Snapshot>, string[]]>([
    ["is filled", { desiredInstances: 3 }, {}, ["create 3"]],
    ["that is full is left as it is", { desiredInstances: 2 }, { running: two }, []],
    ["counts what starts", { desiredInstances: 3 }, { running: two, underway: [underway(1)] }, []],
    [
      "counts what runs its start, too",
      { desiredInstances: 2 },
      { underway: [underway(1, { status: "running" })] },
      ["create 1"],
    ],
    [
      "doesn't count a start that is being canceled",
      {},
      { underway: [underway(1, { status: "canceling" })] },
      ["create 1"],
    ],
    ["doesn't count what stops", {}, { underway: [underway(1, { transition: "stop" })] }, ["create 1"]],
    [
      "doesn't count what is deleted",
      {},
      { underway: [underway(1, { transition: "delete" })] },
      ["create 1"],
    ],
    ["never cancels anything", {}, { underway: [underway(1), underway(2)] }, []],
    [
      "loses its oldest beyond what it wants",
      {},
      { running: [running(3), ...two] },
      ["delete extraneous w1 w2"],
    ],
    ["of none loses all", { desiredInstances: 0 }, { running: two }, ["delete extraneous w1 w2"]],
    [
      "of one moment loses the smaller id",
      {},
      { running: [running(2, { createdAt: 5 }), running(1, { createdAt: 5 })] },
      ["delete extraneous w1"],
    ],
    [
      "whose workspaces are not ready keeps them",
      { desiredInstances: 2 },
      { running: [running(1, { agents: [] }), running(2)] },
      [],
    ],
  ])("%s", (_name, pool, more, expected) => {
    expect(planned(snapshotOf(pool, more))).toEqual(expected);
  });

  test("replaces what is older than its ttl, and not what is just as old", () => {
    const aged = (age: number) => running(1, { createdAt: now - age });
    const pool = { ttlSeconds: 60, desiredInstances: 1 };
    expect(planned(snapshotOf(pool, { running: [aged(60_000)] }))).toEqual([]);
    expect(planned(snapshotOf(pool, { running: [aged(60_001)] }))).toEqual(["delete expired w1", "create 1"]);
    expect(planned(snapshotOf({ ...pool, ttlSeconds: 0 }, { running: [aged(99_999_999)] }))).toEqual([]);
  });

  test("doesn't count the expired as extraneous", () => {
    const aged = (number: number, age: number) => running(number, { createdAt: now - age });
    const more = { running: [aged(1, 60_001), aged(2, 1), aged(3, 2)] };
    expect(planned(snapshotOf({ ttlSeconds: 60 }, more))).toEqual([
      "delete expired w1",
      "delete extraneous w3",
    ]);
  });
});

describe("a pool that is not active", () => {
  test.each<[string, Partial<Pool>]>([
    ["whose version is not the active one", { usesActiveVersion: false }],
    ["whose template is deleted", { isDeleted: true }],
    ["whose template is deprecated", { isDeprecated: true }],
  ])("%s loses all that run, expired ones too, and gets none", (_name, pool) => {
    const old = running(3, { createdAt: now - 90_000_000 });
    const more = { running: [running(1), old], underway: [underway(1, { status: "running" })] };
    expect(planned(snapshotOf({ ...pool, ttlSeconds: 3_600, desiredInstances: 5 }, more))).toEqual([
      "delete outdated w3 w1",
    ]);
  });

  test("cancels creations that nobody has begun, and nothing else", () => {
    const more = {
      underway: [
        underway(1),
        underway(2, { status: "running" }),
        underway(3, { isCreation: false }),
        underway(4, { transition: "delete", isCreation: false }),
        underway(5, { status: "canceling" }),
      ],
    };
    expect(planned(snapshotOf({ usesActiveVersion: false }, more))).toEqual(["cancel u1"]);
  });

  test("is marked nothing", () => {
    const more = { atLimit: [{ presetId: "p", failed: 3 }], recovered: [{ presetId: "p" }] };
    for (const status of ["normal", "hard_limited", "validation_failed"] as const)
      expect(planned(snapshotOf({ isDeleted: true, status, missingParameters: ["x"] }, more))).toEqual([]);
  });
});

describe("backoff", () => {
  const failed = (count: number, lastBuildAt: number) => ({
    backoffs: [{ presetId: "p", failed: count, lastBuildAt }],
  });

  test("is linear in the failures, and includes its last moment", () => {
    expect(planned(snapshotOf({}, failed(2, now - 120_000)))).toEqual(["backoff"]);
    expect(planned(snapshotOf({}, failed(2, now - 120_001)))).toEqual(["create 1"]);
    const [action] = plan(snapshotOf({}, failed(3, now - 1)), now, policy).actions;
    expect(action).toMatchObject({
      kind: "backoff",
      until: now - 1 + 180_000,
      reason: "3 recent builds failed",
    });
  });

  test("holds deletions up, too", () => {
    const pool = { ttlSeconds: 1 };
    expect(planned(snapshotOf(pool, { running: two, ...failed(1, now) }))).toEqual(["backoff"]);
  });

  test("of nothing, or by no interval, is none", () => {
    expect(planned(snapshotOf({}, failed(0, now)))).toEqual(["create 1"]);
    expect(planned(snapshotOf({}, failed(9, now - 1)), { backoffInterval: 0 })).toEqual(["create 1"]);
  });

  test("of one pool is no other's", () => {
    const pools = [poolOf(), poolOf({ presetId: "q" })];
    expect(planned({ ...snapshotOf({}, failed(1, now)), pools })).toEqual(["backoff", "create 1"]);
  });
});

describe("a pool whose workspaces have no agent", () => {
  const bare = (id: number) => ({ ...running(id), agents: [] });

  test("is reported once, and until one has an agent", () => {
    expect(planned(snapshotOf({}, { running: [bare(1)] }))).toEqual(["mark_agent_missing"]);
    const known = { isAgentMissing: true };
    expect(planned(snapshotOf(known, { running: [bare(1)] }))).toEqual([]);
    expect(
      planned(snapshotOf({ ...known, desiredInstances: 2 }, { running: [bare(1), running(2)] })),
    ).toEqual(["mark_agent_present"]);
    expect(planned(snapshotOf({ desiredInstances: 2 }, { running: [bare(1), running(2)] }))).toEqual([]);
    expect(planned(snapshotOf(known))).toEqual(["create 1"]);
  });
});

describe("the hard limit", () => {
  const limited = { atLimit: [{ presetId: "p", failed: 3 }] };

  test("is marked once, and nothing new is made", () => {
    expect(planned(snapshotOf({}, limited))).toEqual(["mark_hard_limited", "suppress 1"]);
    expect(planned(snapshotOf({ status: "hard_limited" }, limited))).toEqual(["suppress 1"]);
  });

  test("holds no deletion up", () => {
    const pool = { status: "hard_limited" as const, ttlSeconds: 2_000 };
    const old = running(0, { createdAt: now - 2_000_001 });
    expect(planned(snapshotOf(pool, { ...limited, running: [old, ...two] }))).toEqual([
      "delete expired w0",
      "delete extraneous w1",
    ]);
    const outdated = { ...pool, usesActiveVersion: false, ttlSeconds: null };
    expect(planned(snapshotOf(outdated, { ...limited, running: two }))).toEqual(["delete outdated w1 w2"]);
  });

  test("is marked while the pool waits as well", () => {
    const more = { ...limited, backoffs: [{ presetId: "p", failed: 3, lastBuildAt: now }] };
    expect(planned(snapshotOf({}, more))).toEqual(["mark_hard_limited", "backoff"]);
  });

  test("is lifted when its failures are deleted, and the episode goes on", () => {
    expect(planned(snapshotOf({ status: "hard_limited" }))).toEqual(["create 1"]);
  });

  test("has its episode ended by a workspace that was built since", () => {
    const pool = { status: "hard_limited" as const };
    const recovered = { recovered: [{ presetId: "p" }] };
    expect(planned(snapshotOf(pool, { ...recovered, running: [running(1)] }))).toEqual(["mark_normal"]);
    expect(planned(snapshotOf(pool, { ...recovered, ...limited }))).toEqual([
      "mark_hard_limited",
      "suppress 1",
    ]);
  });
});

describe("a preset that lacks a value", () => {
  test("is marked once, gets nothing, and keeps what it has in order", () => {
    const pool = { missingParameters: ["region"] };
    expect(planned(snapshotOf(pool))).toEqual(["mark_validation_failed", "suppress 1"]);
    expect(planned(snapshotOf({ ...pool, status: "validation_failed" }))).toEqual(["suppress 1"]);
    expect(planned(snapshotOf({ ...pool, status: "validation_failed" }, { running: two }))).toEqual([
      "delete extraneous w1",
    ]);
  });

  test("and wants nothing is left alone", () => {
    expect(planned(snapshotOf({ missingParameters: ["region"], desiredInstances: 0 }))).toEqual([]);
  });

  test("or has one that its version doesn't allow, is marked alike", () => {
    const pool = { invalidParameters: [{ name: "cpu", problem: "must be at most 8" }] };
    const { actions } = plan(snapshotOf(pool), now, policy);
    expect(actions.map(({ kind, reason }) => [kind, reason])).toEqual([
      ["mark_validation_failed", "its value of cpu must be at most 8"],
      ["suppress", "its value of cpu must be at most 8"],
    ]);
    expect(planned(snapshotOf({ ...pool, status: "validation_failed" }))).toEqual(["suppress 1"]);
  });

  test("is filled again as soon as it has them all", () => {
    expect(planned(snapshotOf({ status: "validation_failed" }))).toEqual(["mark_normal", "create 1"]);
  });

  test("and is at its limit is at its limit", () => {
    const more = { atLimit: [{ presetId: "p", failed: 3 }] };
    expect(planned(snapshotOf({ status: "validation_failed" }, more))).toEqual(["mark_normal", "suppress 1"]);
  });

  test("says what is missing", () => {
    const reasons = (missingParameters: string[]) =>
      plan(snapshotOf({ missingParameters }), now, policy).actions.map(({ reason }) => reason)[0];
    expect(reasons(["a"])).toBe("its version requires a, and the preset has no value for it");
    expect(reasons(["a", "b"])).toBe("its version requires a, b, and the preset has no value for them");
  });
});

describe("a creation that failed in a way that a retry can't fix", () => {
  const failed = { permanentFailures: [permanent] };
  const limited = { atLimit: [{ presetId: "p", failed: 3 }] };

  test("stops the pool, with its error as the reason, and keeps what is there in order", () => {
    const { actions } = plan(snapshotOf({ desiredInstances: 2 }, failed), now, policy);
    const reason = "build 1 of prebuild-9 failed, and a retry would fail too: cpu is too big";
    expect(actions).toMatchObject([
      { kind: "mark_validation_failed", missing: [], invalid: [], failure: permanent, reason },
      { kind: "suppress", count: 2, reason },
    ]);
    const marked = { status: "validation_failed" as const };
    expect(planned(snapshotOf(marked, failed))).toEqual(["suppress 1"]);
    expect(planned(snapshotOf(marked, { ...failed, running: two }))).toEqual(["delete extraneous w1"]);
  });

  test("is marked while the pool waits as well", () => {
    const more = { ...failed, backoffs: [{ presetId: "p", failed: 1, lastBuildAt: now }] };
    expect(planned(snapshotOf({}, more))).toEqual(["mark_validation_failed", "backoff"]);
  });

  test("comes before the hard limit, and neither is reported after the other", () => {
    expect(planned(snapshotOf({}, { ...failed, ...limited }))).toEqual([
      "mark_validation_failed",
      "suppress 1",
    ]);
    const both = { ...failed, ...limited };
    expect(planned(snapshotOf({ status: "validation_failed" }, both))).toEqual(["suppress 1"]);
    expect(planned(snapshotOf({ status: "hard_limited" }, both))).toEqual(["suppress 1"]);
    expect(planned(snapshotOf({ status: "hard_limited" }, failed))).toEqual(["suppress 1"]);
  });

  test("is reported for a pool that has recovered from its limit", () => {
    const more = { ...failed, recovered: [{ presetId: "p" }] };
    expect(planned(snapshotOf({ status: "hard_limited" }, more))).toEqual([
      "mark_validation_failed",
      "suppress 1",
    ]);
  });

  test("is over when nothing of it counts any more", () => {
    expect(planned(snapshotOf({ status: "validation_failed" }))).toEqual(["mark_normal", "create 1"]);
  });

  test("is nothing to a pool that is not active, wants nothing, or is another", () => {
    expect(planned(snapshotOf({ usesActiveVersion: false }, failed))).toEqual([]);
    expect(planned(snapshotOf({ desiredInstances: 0 }, failed))).toEqual([]);
    expect(planned(snapshotOf({ presetId: "q" }, failed))).toEqual(["create 1"]);
  });

  test("is reported together with missing values", () => {
    const { actions } = plan(snapshotOf({ missingParameters: ["a"] }, failed), now, policy);
    expect(actions[0]).toMatchObject({ missing: ["a"], failure: permanent });
    expect(actions[0]!.reason).toMatch(/^its version requires a, .+; build 1 of prebuild-9 failed/);
  });
});

describe("the queue", () => {
  const pools = [poolOf({ desiredInstances: 10 }), poolOf({ presetId: "q", desiredInstances: 2 })];

  test("gets no more than it may hold, in turns", () => {
    expect(planned({ ...snapshotOf(), pools }, { maxPending: 6 })).toEqual([
      "create 4",
      "wait 6",
      "create 2",
    ]);
    expect(planned({ ...snapshotOf(), pools, pending: 6 }, { maxPending: 6 })).toEqual(["wait 10", "wait 2"]);
    expect(planned({ ...snapshotOf(), pools, pending: 60 }, { maxPending: 6 })).toEqual([
      "wait 10",
      "wait 2",
    ]);
  });

  test("takes deletions before creations", () => {
    const old = poolOf({ presetId: "old", usesActiveVersion: false });
    const gone = [
      running(1, { presetId: "old" }),
      running(2, { presetId: "old" }),
      running(3, { presetId: "old" }),
    ];
    const snapshot = { ...snapshotOf(), pools: [...pools, old], running: gone };
    expect(planned(snapshot, { maxPending: 4 })).toEqual([
      "create 1",
      "wait 9",
      "wait 2",
      "delete outdated w1 w2 w3",
    ]);
    expect(planned(snapshot, { maxPending: 2 })).toEqual([
      "wait 10",
      "wait 2",
      "delete outdated w1 w2",
      "wait 1",
    ]);
  });

  test("has the places of what is canceled again", () => {
    const old = poolOf({ presetId: "old", usesActiveVersion: false });
    const waiting = [underway(1, { presetId: "old" }), underway(2, { presetId: "old" })];
    const snapshot = { ...snapshotOf({ desiredInstances: 3 }), underway: waiting, pending: 2 };
    expect(
      planned({ ...snapshot, pools: [poolOf({ desiredInstances: 3 }), old] }, { maxPending: 2 }),
    ).toEqual(["create 2", "wait 1", "cancel u1 u2"]);
  });

  test("is dealt out in turns, to the last place", () => {
    const counts = fc.array(fc.nat(30), { maxLength: 12 });
    fc.assert(
      fc.property(counts, fc.nat(200), (wanted, room) => {
        const dealt = roundRobin(wanted, room);
        const sum = (all: number[]) => all.reduce((total, count) => total + count, 0);
        expect(sum(dealt)).toBe(Math.min(room, sum(wanted)));
        for (const [index, count] of dealt.entries()) {
          expect(count).toBeLessThanOrEqual(wanted[index]!);
          // Nobody who wants more has two fewer than another.
          if (count < wanted[index]!) expect(Math.max(...dealt) - count).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe("schedules", () => {
  const at = (iso: string, pool: Partial<Pool>) =>
    desiredNow(
      poolOf({ desiredInstances: 1, timezone: "Europe/Berlin", ...pool }),
      createWallClock(Date.parse(iso)),
    );
  const working = { schedules: [{ cron: "* 9-18 * * 1-5", instances: 5 }] };

  test.each([
    ["2026-11-24T07:59:59.999Z", 1],
    ["2026-11-24T08:00:00.000Z", 5],
    ["2026-11-24T17:59:59.999Z", 5],
    ["2026-11-24T18:00:00.000Z", 1],
    ["2026-11-22T12:00:00.000Z", 1],
  ])("hold from the first minute to the last, in their time zone: %s", (iso, expected) => {
    expect(at(iso, working)).toEqual({ instances: expected, problem: null });
  });

  test.each([
    // Summer time begins on 28 March 2027 at 01:00 UTC: there is no hour 2.
    ["2027-03-28T00:59:59Z", 1],
    ["2027-03-28T01:00:00Z", 1],
    ["2027-03-27T01:00:00Z", 7],
    // It ends on 25 October 2026 at 01:00 UTC: there are two.
    ["2026-10-24T23:59:59Z", 1],
    ["2026-10-25T00:00:00Z", 7],
    ["2026-10-25T01:59:59Z", 7],
    ["2026-10-25T02:00:00Z", 1],
  ])("follow the clock on the wall when it is changed: %s", (iso, expected) => {
    expect(at(iso, { schedules: [{ cron: "* 2 * * *", instances: 7 }] }).instances).toBe(expected);
  });

  test("that are wrong leave the base, and say why", () => {
    const base = (pool: Partial<Pool>) => at("2026-11-24T12:00:00Z", pool);
    expect(base({ ...working, timezone: "Mars/Olympus" })).toEqual({
      instances: 1,
      problem: '"Mars/Olympus" is not a valid time zone',
    });
    expect(base({ ...working, timezone: null }).problem).toMatch(/not a valid time zone/);
    expect(base({ schedules: [...working.schedules, { cron: "5 9 * * *", instances: 2 }] })).toMatchObject({
      instances: 1,
      problem: expect.stringContaining("must begin with *"),
    });
    expect(base({ schedules: [...working.schedules, { cron: "* 12 * * *", instances: 2 }] })).toEqual({
      instances: 1,
      problem: 'the schedule "* 12 * * *" overlaps with another',
    });
  });

  test("may want none, or more than the base", () => {
    const schedules = [
      { cron: "* 9-11 * * *", instances: 0 },
      { cron: "* 12-13 * * *", instances: 9 },
    ];
    expect(at("2026-11-24T09:00:00Z", { schedules }).instances).toBe(0);
    expect(maxDesired(poolOf({ schedules }))).toBe(9);
    const snapshot = snapshotOf({ schedules, timezone: "UTC", desiredInstances: 1 });
    expect(planned(snapshot)).toEqual(["create 9"]);
  });
});

describe("whether a workspace can be claimed", () => {
  test("all of its agents must be ready, and there must be one", () => {
    expect(isReady({ agents: [] })).toBe(false);
    expect(isReady({ agents: [agent(), agent({ lifecycleState: "starting" })] })).toBe(false);
    expect(isReady({ agents: [agent(), agent()] })).toBe(true);
    expect(notReadyReason({ agents: [agent()] }, now)).toBeNull();
    expect(notReadyReason({ agents: [] }, now)).toBe("it has no agent that could report ready");
  });

  test.each([
    ["created", "agent main has not reported ready for 4 min"],
    ["starting", "agent main has not reported ready for 4 min"],
    ["start_timeout", "agent main has not reported ready; its start script timed out 4 min ago"],
    ["start_error", "the start script of agent main failed 4 min ago"],
    ["shutting_down", "agent main was shut down 4 min ago"],
    ["off", "agent main was shut down 4 min ago"],
  ] as const)("%s: %s", (lifecycleState, words) => {
    expect(notReadyReason({ agents: [agent(), agent({ lifecycleState })] }, now)).toBe(words);
  });

  test("an agent that never reported counts from when it was made", () => {
    const silent = agent({ lifecycleState: "created", lifecycleChangedAt: null });
    expect(notReadyReason({ agents: [silent] }, now)).toBe("agent main has not reported ready for 5 min");
  });

  test("times are given in the largest unit that they fill", () => {
    expect([0, 999, 59_999, 60_000, 3_599_999, 7_200_000, 200_000_000].map(formatDuration)).toEqual([
      "0 s",
      "0 s",
      "59 s",
      "1 min",
      "59 min",
      "2 h",
      "2 d",
    ]);
    expect(formatDuration(-5)).toBe("0 s");
  });

  test("each that can't says why: expired, not ready, of a former version", () => {
    const state = (pool: Partial<Pool>) =>
      poolStates(
        snapshotOf(pool, {
          running: [
            running(1, { createdAt: now - 60_001 }),
            running(2, { createdAt: now, agents: [] }),
            running(3, { createdAt: now }),
          ],
        }),
        now,
        policy,
      )[0]!;
    const active = state({ ttlSeconds: 60 });
    expect(active.eligible.map(({ workspaceId }) => workspaceId)).toEqual(["w3"]);
    expect(active.notEligible.map(({ why }) => why)).toEqual([
      "it is older than 1 min",
      "it has no agent that could report ready",
    ]);
    const former = state({ usesActiveVersion: false });
    expect(former.eligible).toEqual([]);
    expect(former.notEligible.map(({ why }) => why)).toEqual(
      Array(3).fill("version v1 is not the active version"),
    );
    expect(state({ isDeleted: true }).notEligible[0]!.why).toBe("its template was deleted");
    expect(state({ isDeprecated: true }).notEligible[0]!.why).toBe("its template is deprecated");
    const invalidated = state({ invalidatedAt: now });
    expect(invalidated.eligible).toEqual([]);
    expect(invalidated.notEligible.map(({ why }) => why)).toEqual(Array(3).fill("it was invalidated"));
    expect(state({ invalidatedAt: 0 }).eligible.map(({ workspaceId }) => workspaceId)).toContain("w3");
  });
});

describe("failures", () => {
  const at = (rank: number, errorCode: string | null = null) => ({ rank, errorCode });

  test("in a row begin with the newest build, and pass over lost provisioners", () => {
    expect(failureStreak([])).toBe(0);
    expect(failureStreak([at(2), at(1)])).toBe(2);
    expect(failureStreak([at(2)])).toBe(0);
    expect(failureStreak([at(1), at(3)])).toBe(1);
    expect(failureStreak([at(1, "LEASE_LOST"), at(2), at(3)])).toBe(2);
  });

  test("are reported by the first line that says something", () => {
    expect(firstLine("\n  \r\n Error: no space \nmore")).toBe("Error: no space");
    expect(firstLine(" \n")).toBe("no reason given");
    expect(firstLine("x".repeat(400))).toHaveLength(300);
  });
});

describe("any plan", () => {
  const id = (prefix: string, most: number) => fc.nat(most).map((number) => `${prefix}${number}`);
  const pools = fc.uniqueArray(
    fc
      .record({
        presetId: id("p", 5),
        desiredInstances: fc.nat(6),
        ttlSeconds: fc.option(fc.integer({ min: 0, max: 600 }), { nil: null }),
        usesActiveVersion: fc.boolean(),
        isDeleted: fc.boolean(),
        isDeprecated: fc.boolean(),
        status: fc.constantFrom("normal" as const, "hard_limited" as const, "validation_failed" as const),
        missingParameters: fc.constantFrom<string[]>([], [], [], ["x"]),
      })
      .map(poolOf),
    { selector: ({ presetId }) => presetId, maxLength: 6 },
  );
  const prebuilds = fc.uniqueArray(
    fc
      .record({ number: fc.nat(40), presetId: id("p", 5), age: fc.nat(700_000), ready: fc.boolean() })
      .map((one) =>
        running(one.number, {
          presetId: one.presetId,
          createdAt: now - one.age,
          agents: one.ready ? [agent()] : [],
        }),
      ),
    { selector: ({ workspaceId }) => workspaceId, maxLength: 25 },
  );
  const doing = fc.uniqueArray(
    fc
      .record({
        number: fc.nat(30),
        presetId: id("p", 5),
        transition: fc.constantFrom("start" as const, "stop" as const, "delete" as const),
        status: fc.constantFrom("pending" as const, "running" as const, "canceling" as const),
        isCreation: fc.boolean(),
      })
      .map(({ number, ...rest }) => underway(number, rest)),
    { selector: ({ workspaceId }) => workspaceId, maxLength: 15 },
  );
  const snapshots = fc.record({
    pools,
    running: prebuilds,
    underway: doing,
    backoffs: fc.array(
      fc.record({
        presetId: id("p", 5),
        failed: fc.nat(4),
        lastBuildAt: fc.integer({ min: now - 300_000, max: now }),
      }),
      { maxLength: 3 },
    ),
    atLimit: fc.array(fc.record({ presetId: id("p", 5), failed: fc.constant(3) }), { maxLength: 3 }),
    permanentFailures: fc.array(
      fc.record({ presetId: id("p", 5) }).map(({ presetId }) => ({ ...permanent, presetId })),
      { maxLength: 3 },
    ),
    recovered: fc.array(fc.record({ presetId: id("p", 5) }), { maxLength: 3 }),
    pending: fc.nat(25),
  });
  const policies = fc.record({
    backoffInterval: fc.constantFrom(0, 60_000),
    failureHardLimit: fc.nat(3),
    maxPending: fc.integer({ min: 1, max: 30 }),
  });

  test("gives equal output for equal input", () => {
    fc.assert(
      fc.property(snapshots, policies, (snapshot, policy) => {
        expect(plan(structuredClone(snapshot), now, policy)).toEqual(plan(snapshot, now, policy));
      }),
    );
  });

  test("makes no more than is wanted, queues no more than may wait, and touches only what was seen in the pool", () => {
    fc.assert(
      fc.property(snapshots, policies, (snapshot, policy) => {
        const { actions, states } = plan(snapshot, now, policy);
        const seen = new Map(
          [...snapshot.running, ...snapshot.underway].map((one) => [one.workspaceId, one]),
        );
        const touched = actions.flatMap((action) => ("targets" in action ? action.targets : []));
        expect(new Set(touched.map(({ workspaceId }) => workspaceId)).size).toBe(touched.length);
        for (const action of actions) {
          const id = action.pool.presetId;
          if ("targets" in action) {
            for (const target of action.targets)
              expect(seen.get(target.workspaceId)).toMatchObject({ presetId: id, buildId: target.buildId });
          }
          if (action.kind !== "create") continue;
          const state = states.find(({ pool }) => pool.presetId === id)!;
          const kept = state.running.length - state.extraneous;
          expect(kept + state.starting + action.count).toBeLessThanOrEqual(state.desired);
          expect(state.isActive && !state.isAtLimit && action.pool.missingParameters.length === 0).toBe(true);
          expect(state.permanentFailure).toBeNull();
        }
        const queued = actions.reduce(
          (sum, action) =>
            sum +
            (action.kind === "create" ? action.count : action.kind === "delete" ? action.targets.length : 0),
          0,
        );
        const canceled = actions.reduce(
          (sum, action) => sum + (action.kind === "cancel" ? action.targets.length : 0),
          0,
        );
        expect(queued).toBeLessThanOrEqual(
          Math.max(0, policy.maxPending - Math.max(0, snapshot.pending - canceled)),
        );
        expect(actions.every(({ reason }) => reason !== "")).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
