// What a report of an AI agent's session does: whether its state changes, who is notified and when, what is withdrawn, and
// whether it is within the limits.
import type { AgentSessionState } from "../../../db/schema.ts";

export const reportedStates = ["working", "waiting", "done", "failed"] as const satisfies AgentSessionState[];
export type ReportedState = (typeof reportedStates)[number];

export const maxKeyBytes = 200;
export const maxTitleBytes = 200;
export const maxMessageBytes = 2_000;
/** Sessions of a user that work or wait. */
export const maxLiveSessions = 200;
/** Of one session. */
export const maxChangesPerMinute = 60;
const minuteMs = 60_000;

export const isLive = (state: AgentSessionState): boolean => state === "working" || state === "waiting";

/** A session as the database has it. */
export interface SessionBefore {
  state: AgentSessionState;
  parent: string | null;
  minuteAt: number;
  minuteChanges: number;
}

export interface StateReport {
  state: ReportedState;
  /** The key of the session that started it; undefined: what it was. */
  parent: string | undefined;
  /** Of a task's app: the kinds of tasks notify about what it reports. */
  isTask: boolean;
}

export interface ReportDecision {
  /** Whether the state is another than before. */
  isChanged: boolean;
  /** A guarded change: of the state, or to the session of a sub-agent. */
  isGuarded: boolean;
  notifies: boolean;
  /** Epoch milliseconds; undefined: at once. */
  notBefore: number | undefined;
  /** What was not received yet about the state before is withdrawn. */
  withdraws: boolean;
  /** How the situation ended that the state before had opened; undefined: there was none, or it lasts. */
  resolves: "working" | "over" | undefined;
  withdrawsQuestion: boolean;
  minute: { minuteAt: number; minuteChanges: number };
}

export function decideReport(
  before: SessionBefore | undefined,
  { state, parent, isTask }: StateReport,
  { calmMs, now }: { calmMs: number; now: number },
): ReportDecision {
  const isChanged = before?.state !== state;
  // Nobody is notified about a sub-agent, even if that became known only later.
  const becomesChild = before !== undefined && before.parent === null && parent !== undefined;
  const isChild = parent !== undefined || (before?.parent ?? null) !== null;
  const isSilent = isChild || isTask;
  const isGuarded = isChanged || becomesChild;
  const hasWaited = before !== undefined && opensSituation(before.state);
  return {
    isChanged,
    isGuarded,
    notifies: isChanged && state !== "working" && !isSilent,
    notBefore: calmMs > 0 ? now + calmMs : undefined,
    withdraws: isGuarded && before !== undefined && before.state !== "working",
    resolves:
      isGuarded && hasWaited && (state !== "waiting" || isSilent)
        ? state === "working"
          ? "working"
          : "over"
        : undefined,
    withdrawsQuestion: isChanged && before !== undefined && state !== "waiting",
    minute: countChange(before, isChanged, now),
  };
}

/** Whether it lasts: a notification about it opens a situation. */
export const opensSituation = (state: AgentSessionState): boolean => state === "waiting" || state === "stale";

/** The changes of the current minute with this one. */
export function countChange(
  before: Pick<SessionBefore, "minuteAt" | "minuteChanges"> | undefined,
  isChanged: boolean,
  now: number,
) {
  const count = isChanged ? 1 : 0;
  return before === undefined || now - before.minuteAt >= minuteMs
    ? { minuteAt: now, minuteChanges: count }
    : { minuteAt: before.minuteAt, minuteChanges: before.minuteChanges + count };
}

/** Seconds after which one more change is allowed; undefined: it is allowed now. */
export function secondsUntilAllowed(
  { isChanged, minute }: Pick<ReportDecision, "isChanged" | "minute">,
  now: number,
): number | undefined {
  if (!isChanged || minute.minuteChanges <= maxChangesPerMinute) return undefined;
  return Math.max(1, Math.ceil((minute.minuteAt + minuteMs - now) / 1_000));
}
