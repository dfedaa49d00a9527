// How the status of a pool reads, and the table of the command line.
import { describe, expect, test } from "vitest";
import { planLines, poolLines } from "../../../src/cli/rules/pool-lines.ts";
import { columnsOf, plain, wrap } from "../../../src/cli/rules/text.ts";
import {
  describeAction,
  failuresByError,
  isPoolShown,
  planTotals,
  resumeCommand,
  poolStatusLabel,
  type ShownAction,
  type ShownPool,
} from "../../../src/prebuilds/reconcile/rules/pool-messages.ts";

const now = Date.parse("2026-11-21T10:00:00Z");
const at = (seconds: number) => new Date(now + seconds * 1_000).toISOString();

const pool = (more: Partial<ShownPool> = {}): ShownPool => ({
  id: "a",
  name: "small",
  template_name: "docker",
  template_version_name: "v3",
  active: true,
  desired: 2,
  running: 2,
  eligible: 2,
  starting: 0,
  stopping: 0,
  deleting: 0,
  not_eligible: [],
  status: "normal",
  status_since: null,
  failures: 0,
  failure_limit: 3,
  backoff_until: null,
  last_failures: [],
  ...more,
});
const action = (more: Partial<ShownAction>): ShownAction => ({
  action: "create",
  preset_id: "a",
  count: 2,
  done: null,
  workspaces: [],
  until: null,
  reason: "desired: 2",
  ...more,
});
const failed = (workspace: string, error: string, seconds = -90) => ({
  workspace,
  build_number: 1,
  error,
  created_at: at(seconds),
});
const look = { now, columns: 80, bold: (text: string) => text };

test("a plan is counted by what happens to workspaces", () => {
  expect(planTotals([], false)).toBeUndefined();
  expect(planTotals([action({ action: "backoff" }), action({ action: "suppress" })], true)).toBeUndefined();
  const all = [
    action({ action: "delete", count: 1 }),
    action({}),
    action({ count: 3 }),
    action({ action: "cancel", count: 4 }),
  ];
  expect(planTotals(all, false)).toBe("create 5, delete 1, cancel the builds of 4");
  expect(planTotals(all, true)).toBe("created 5, deleted 1, canceled the builds of 4");
});

describe("a pool", () => {
  test.each([
    [{}, "ok", "good", ""],
    [{ eligible: 1 }, "below target", "between", ""],
    [{ failures: 1 }, "failing", "bad", "1 of 3 failed"],
    [{ failures: 1, failure_limit: 0 }, "failing", "bad", "1 failed"],
    [{ failures: 2, backoff_until: at(60) }, "backing off", "bad", "2 of 3 failed"],
    [{ failures: 4, status: "hard_limited" }, "stopped", "bad", "4 failed"],
    [{ status: "validation_failed" }, "can't be created", "bad", ""],
    [{ active: false, failures: 3, status: "hard_limited" }, "inactive", "between", ""],
  ] satisfies [Partial<ShownPool>, string, string, string][])("%j is %s", (more, label, kind, streak) => {
    expect(poolStatusLabel(pool(more))).toEqual({ label, kind, streak });
  });

  test("is shown while it is active, has something, or has something to be done", () => {
    const old = pool({ active: false, running: 0 });
    expect(isPoolShown(pool())).toBe(true);
    expect(isPoolShown(old)).toBe(false);
    expect(isPoolShown(old, [action({ preset_id: "b" })])).toBe(false);
    expect(isPoolShown(old, [action({})])).toBe(true);
    expect(isPoolShown({ ...old, deleting: 1 })).toBe(true);
  });

  test("reports similar failures together, and none once it has built a workspace", () => {
    const last_failures = [failed("c", "no disk"), failed("b", "no net"), failed("a", "no disk")];
    const both = failuresByError(pool({ failures: 3, last_failures }));
    expect(both.map(([error, alike]) => [error, alike.length])).toEqual([
      ["no disk", 2],
      ["no net", 1],
    ]);
    expect(failuresByError(pool({ last_failures }))).toEqual([]);
    expect(failuresByError(pool({ failures: 3, last_failures, active: false }))).toEqual([]);
  });

  test("goes on by a command that can be copied as it stands", () => {
    expect(resumeCommand(pool({ status: "hard_limited" }))).toBe("belfry prebuilds resume docker/small");
    expect(resumeCommand(pool({ status: "validation_failed", name: "with GPU" }))).toBe(
      "belfry prebuilds resume 'docker/with GPU'",
    );
    expect(resumeCommand(pool())).toBeUndefined();
    expect(resumeCommand(pool({ status: "hard_limited", active: false }))).toBeUndefined();
  });
});

test.each([
  [{}, "create 2"],
  [{ done: 2 }, "create 2"],
  [{ done: 1 }, "create 2 (1 done)"],
  [{ action: "delete", count: 1, workspaces: [{ name: "x" }] }, "delete x"],
  [
    { action: "cancel", workspaces: [..."abcdefg"].map((name) => ({ name })) },
    "cancel builds of a, b, c, d, e and 2 more",
  ],
  [{ action: "mark_hard_limited" }, "stop creating prebuilds and notify template admins"],
  [{ action: "mark_validation_failed" }, "stop retrying and notify template admins"],
  [{ action: "mark_normal" }, "resume prebuilds"],
  [{ action: "mark_agent_missing" }, "notify template admins"],
  [{ action: "mark_agent_present" }, "mark “Prebuilds can't be claimed” as resolved"],
  [{ action: "backoff" }, "wait"],
  [{ action: "suppress", done: 0 }, "create 0 of 2"],
  [{ action: "wait", done: 0 }, "do the rest later"],
  [{ action: "something new" }, "something new"],
])("%j is: %s", (more, message) => {
  expect(describeAction(action(more))).toBe(message);
});

describe("the table", () => {
  test("says below each pool why it isn't ready, what has failed, what a pass does, and the way on", () => {
    const pools = [
      pool({
        eligible: 1,
        not_eligible: [{ workspace: "prebuild-x", why: "agent main has not reported ready for 4 min" }],
      }),
      pool({
        id: "b",
        name: "large",
        running: 0,
        eligible: 0,
        status: "hard_limited",
        status_since: at(-720),
        failures: 2,
        failure_limit: 2,
        last_failures: [failed("prebuild-q", "no disk"), failed("prebuild-p", "no disk")],
      }),
      pool({ id: "c", name: "slow", failures: 1, backoff_until: at(80), last_failures: [failed("p", "no")] }),
      pool({
        id: "d",
        active: false,
        running: 1,
        eligible: 0,
        not_eligible: [{ workspace: "x", why: "old" }],
      }),
    ];
    const actions = [
      action({ preset_id: "b", action: "suppress", reason: "the limit is reached" }),
      action({ preset_id: "c", action: "backoff", until: at(80), reason: "1 recent build failed" }),
    ];
    expect(planLines(pools, actions, look)).toEqual([
      "PRESET        DESIRED  RUNNING  READY  STARTING  STATE",
      "docker/small  2        2        1      0         below target",
      "  !  prebuild-x is not ready: agent main has not reported ready for 4 min",
      "docker/large  2        0        0      0         stopped, 2 failed",
      "  x  2 builds failed; latest: build 1 of prebuild-q, 1 min 30 s ago: no disk",
      "  -> create 0 of 2: the limit is reached",
      "  -> stopped 12 min ago; fix the template and push a new version, or resume:",
      "  $  belfry prebuilds resume docker/large",
      "docker/slow   2        2        2      0         backing off, 1 of 3 failed",
      "  x  build 1 of p failed 1 min 30 s ago: no",
      "  -> wait until 10:01:20 UTC (1 min 20 s): 1 recent build failed",
      "docker/small (v3)",
      "              2        1        0      0         inactive",
    ]);
    expect(poolLines(pools, look)).toHaveLength(6);
  });

  test("fits the terminal: what is long goes on below, and nothing is cut off", () => {
    const long = pool({
      template_name: "python-data-science",
      name: "with everything there is",
      not_eligible: Array.from({ length: 7 }, (_, index) => ({
        workspace: `prebuild-${index}`,
        why: "agent main has not reported ready for 4 min ".repeat(3).trim(),
      })),
    });
    const lines = planLines([long], [], look);
    expect(lines.every((line) => columnsOf(line) <= 80)).toBe(true);
    expect(lines[1]).toBe("python-data-science/with everything there is");
    expect(lines.at(-1)).toBe("  !  2 more are not ready");
    expect(planLines([long], [], { ...look, columns: undefined })).toHaveLength(8);
  });

  test("shows what could steer a terminal as what it is not", () => {
    const lines = planLines(
      [pool({ name: "\u001b[31mred", failures: 1, last_failures: [failed("a\u0007", "b\nc")] })],
      [],
      look,
    );
    expect(lines[1]).toContain("docker/red");
    expect(plain(lines.join(""))).toBe(lines.join(""));
  });
});

test("lines are broken between words, and a word that is too long stands alone", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrap("a extraordinarily b", 5)).toEqual(["a", "extraordinarily", "b"]);
  expect(wrap("one two", undefined)).toEqual(["one two"]);
});
