// What is news about an AI task: whether a report of its app tells the workspace's owner something, at once or only if it
// lasts. Reporting an app's status asks it.
import type { AppState, LifecycleState } from "../../../../db/schema.ts";

/** `dwell`: milliseconds that a task must be idle before anybody is told. */
export type TaskMode = { kind: "every" } | { kind: "calm"; dwell: number };

export interface StatusFacts {
  state: AppState;
  /** What the app reported last, and since when without a break; undefined: this is its first report. */
  previous: { state: AppState; since: number } | undefined;
  /** Whether the workspace's latest build is an AI task that is shown in this app. */
  isTask: boolean;
  /** Of the agent. */
  lifecycleState: LifecycleState;
  /** Null while it has reported nothing of itself. */
  lifecycleChangedAt: number | null;
}

export interface TaskNews {
  /** The task has gone on: what was held back of its being idle is true no longer. */
  takesBack: boolean;
  tells: boolean;
  /** Epoch milliseconds; undefined: at once. */
  holdUntil: number | undefined;
  /** Told only where nothing has to be taken back for it: going on after an idle that nobody heard of is no news. */
  unlessHeldBack: boolean;
}

export function judgeStatus(facts: StatusFacts, mode: TaskMode, now: number): TaskNews {
  const { state, previous } = facts;
  const silence: TaskNews = {
    // The first report may be that of a new build: the idle was reported under the build before.
    takesBack: facts.isTask && state !== "idle" && (previous?.state ?? "idle") === "idle",
    tells: false,
    holdUntil: undefined,
    unlessHeldBack: false,
  };
  // An agent that says nothing of itself may be no agent at all, but a script.
  const isUp = facts.lifecycleChangedAt === null || facts.lifecycleState === "ready";
  if (previous?.state === state || !facts.isTask || !isUp) return silence;
  const news = { ...silence, tells: true };
  if (mode.kind === "every") return news;
  if (state === "idle") return { ...news, holdUntil: now + mode.dwell };
  if (state !== "working") return news;
  if (previous === undefined) return silence;
  if (previous.state !== "idle") return news;
  return now - previous.since < mode.dwell ? silence : { ...news, unlessHeldBack: true };
}
