// What a report does to a session: a table of the state before, the report, and what follows.
import { describe, expect, test } from "vitest";
import type { AgentSessionState } from "../../../db/schema.ts";
import {
  decideReport,
  isLive,
  maxChangesPerMinute,
  secondsUntilAllowed,
  type ReportedState,
  type SessionBefore,
} from "../../../src/agent-sessions/rules/report.ts";

const now = 1_000_000;
const calm = { calmMs: 30_000, now };
const before = (state: AgentSessionState, more: Partial<SessionBefore> = {}): SessionBefore => ({
  state,
  parent: null,
  minuteAt: now - 10_000,
  minuteChanges: 5,
  ...more,
});
const report = (state: ReportedState, more: { parent?: string; isTask?: boolean } = {}) => ({
  state,
  parent: more.parent,
  isTask: more.isTask ?? false,
});

// before, report: notified? withdrawn? how the situation ends (- : there is none, or it lasts), question withdrawn?
const table = `
  none     working  no   no   -        no
  none     waiting  yes  no   -        no
  none     done     yes  no   -        no
  none     failed   yes  no   -        no
  working  working  same
  working  waiting  yes  no   -        no
  working  done     yes  no   -        yes
  working  failed   yes  no   -        yes
  waiting  working  no   yes  working  yes
  waiting  waiting  same
  waiting  done     yes  yes  over     yes
  waiting  failed   yes  yes  over     yes
  done     working  no   yes  -        yes
  done     waiting  yes  yes  -        no
  done     done     same
  done     failed   yes  yes  -        yes
  failed   working  no   yes  -        yes
  failed   waiting  yes  yes  -        no
  failed   done     yes  yes  -        yes
  failed   failed   same
  stale    working  no   yes  working  yes
  stale    waiting  yes  yes  -        no
  stale    done     yes  yes  over     yes
  stale    failed   yes  yes  over     yes`
  .trim()
  .split("\n")
  .map((line) => line.trim().split(/ +/));

const silence = { notifies: false, withdraws: false, resolves: undefined, withdrawsQuestion: false };

test.each(table)("%s, then %s", (was, state, ...expected) => {
  const seen = was === "none" ? undefined : before(was as AgentSessionState);
  const decision = decideReport(seen, report(state as ReportedState), calm);
  if (expected[0] === "same")
    return expect(decision).toMatchObject({ ...silence, isChanged: false, isGuarded: false });
  const [notifies, withdraws, resolves, question] = expected;
  expect(decision).toMatchObject({
    isChanged: true,
    isGuarded: true,
    notifies: notifies === "yes",
    notBefore: now + 30_000,
    withdraws: withdraws === "yes",
    resolves: resolves === "-" ? undefined : resolves,
    withdrawsQuestion: question === "yes",
  });
});

const states = ["working", "waiting", "done", "failed"] as const;

describe("nobody is notified", () => {
  test.each(states)("about a sub-agent's or a task app's %s", (state) => {
    for (const seen of [undefined, before("working"), before("stale")]) {
      expect(decideReport(seen, report(state, { parent: "a" }), calm).notifies).toBe(false);
      expect(decideReport(seen, report(state, { isTask: true }), calm).notifies).toBe(false);
    }
    expect(decideReport(before("stale"), report("waiting", { isTask: true }), calm).resolves).toBe("over");
    const child = before("working", { parent: "a" });
    expect(decideReport(child, report(state), calm).notifies).toBe(false);
  });

  test("about a session that turns out to be a sub-agent's: what is pending is withdrawn", () => {
    const decision = decideReport(before("waiting"), report("waiting", { parent: "a" }), calm);
    expect(decision).toMatchObject({
      isChanged: false,
      isGuarded: true,
      notifies: false,
      withdraws: true,
      resolves: "over",
      withdrawsQuestion: false,
      minute: { minuteChanges: 5 },
    });
    const known = decideReport(before("waiting", { parent: "a" }), report("waiting", { parent: "a" }), calm);
    expect(known.isGuarded).toBe(false);
  });
});

test("without a delay everybody is notified at once", () => {
  expect(decideReport(undefined, report("done"), { calmMs: 0, now }).notBefore).toBe(undefined);
});

describe("changes are counted for a minute", () => {
  const at = (minuteAt: number, minuteChanges: number, state: ReportedState = "done") => {
    const decision = decideReport(before("working", { minuteAt, minuteChanges }), report(state), calm);
    return { seconds: secondsUntilAllowed(decision, now), minute: decision.minute };
  };
  test.each([
    ["one below the limit", now - 10_000, maxChangesPerMinute - 1, undefined, [now - 10_000, 60]],
    ["at the limit", now - 10_000, maxChangesPerMinute, 50, [now - 10_000, 61]],
    ["at its end", now - 59_999, maxChangesPerMinute, 1, [now - 59_999, 61]],
    ["after it", now - 60_000, maxChangesPerMinute, undefined, [now, 1]],
  ])("%s", (_, minuteAt, changes, seconds, [start, count]) => {
    expect(at(minuteAt, changes)).toEqual({
      seconds,
      minute: { minuteAt: start, minuteChanges: count },
    });
  });

  test("and the same state again is none", () => {
    expect(at(now - 10_000, maxChangesPerMinute + 1, "working")).toEqual({
      seconds: undefined,
      minute: { minuteAt: now - 10_000, minuteChanges: 61 },
    });
  });
});

test("a session is live while it works or waits", () => {
  expect([...states, "stale" as const].filter(isLive)).toEqual(["working", "waiting"]);
});
