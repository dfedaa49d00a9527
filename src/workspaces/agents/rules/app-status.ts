// When an app's report notifies the owner of an AI task: at once, after a delay, or not; and how its message is cleaned.
import type { AppState, LifecycleState } from "../../../../db/schema.ts";
import { withoutControls } from "../../../kernel/rules/text.ts";

/** `dwell`: milliseconds that a task must be idle before its owner is notified. */
export type TaskMode = { kind: "every" } | { kind: "calm"; dwell: number };

export interface TaskReport {
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

export interface TaskNotification {
  /** The task continued: a delayed idle notification is out of date and is withdrawn. */
  isIdleOver: boolean;
  notifies: boolean;
  /** Epoch milliseconds; undefined: at once. */
  delayUntil: number | undefined;
  /** Notify only if no idle notification is pending: an idle that was never delivered needs no end. */
  onlyIfIdleDelivered: boolean;
}

export function decideTaskNotification(report: TaskReport, mode: TaskMode, now: number): TaskNotification {
  const { state, previous } = report;
  const silence: TaskNotification = {
    // The first report can be that of a new build, when the idle was reported under the build before.
    isIdleOver: report.isTask && state !== "idle" && (previous?.state ?? "idle") === "idle",
    notifies: false,
    delayUntil: undefined,
    onlyIfIdleDelivered: false,
  };
  // An agent that never reported a lifecycle can be a script.
  const isUp = report.lifecycleChangedAt === null || report.lifecycleState === "ready";
  if (previous?.state === state || !report.isTask || !isUp) return silence;
  const notification: TaskNotification = { ...silence, notifies: true };
  if (mode.kind === "every") return notification;
  if (state === "idle") return { ...notification, delayUntil: now + mode.dwell };
  if (state !== "working") return notification;
  if (previous === undefined) return silence;
  if (previous.state !== "idle") return notification;
  return now - previous.since < mode.dwell ? silence : { ...notification, onlyIfIdleDelivered: true };
}

/** What has no width or turns the direction of writing; joiners, which hold emoji together, stay. */
const unprintable = /[\p{Cc}\p{Cs}\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu;

/** As Coder has it: escapes like `\n` are what they stand for; tags, colours and what can't be printed go. */
export function cleanMessage(text: string): string {
  return withoutControls(unescape(text))
    .replaceAll(/<\/?[a-z!][^<>]*>/gi, "")
    .replaceAll(/\s/g, " ")
    .replaceAll(unprintable, "")
    .replaceAll(/ +/g, " ")
    .trim();
}

/** A text that is no valid literal stays as it is. */
function unescape(text: string): string {
  if (!text.includes("\\")) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}
