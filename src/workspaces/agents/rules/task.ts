// An AI task as Coder's clients know one: its status, its name, and the parameter for its prompt.
import type { AppState, BuildStatus, LifecycleState, Transition } from "../../../../db/schema.ts";

export const taskStatuses = ["pending", "initializing", "active", "paused", "error", "unknown"] as const;
export type TaskStatus = (typeof taskStatuses)[number];

export interface TaskState {
  status: BuildStatus;
  transition: Transition;
  /** Of the agents that the latest build has left. */
  lifecycles: readonly LifecycleState[];
  /** Whether the task's app has reported anything. */
  hasReported: boolean;
}

/** Coder's status of a task. The list's filter says the same in SQL. */
export function taskStatus({ status, transition, lifecycles, hasReported }: TaskState): TaskStatus {
  if (status === "failed") return "error";
  if (status === "canceling" || status === "canceled") return "unknown";
  if (transition !== "start") return status === "succeeded" ? "paused" : "unknown";
  if (status === "pending") return "pending";
  if (status === "running") return "initializing";
  // An agent that says nothing of itself may be a script.
  const isStarting = lifecycles.some((state) => state === "created" || state === "starting");
  return isStarting && !hasReported ? "initializing" : "active";
}

export const taskStates = ["waiting", "working", "complete", "failed", "stopped"] as const;
export type TaskWork = (typeof taskStates)[number];

/** Their order in a list, as triggers store it with the workspace: first what waits for its owner. */
export const taskRanks: Record<TaskWork, number> = {
  waiting: 1,
  failed: 2,
  working: 3,
  complete: 4,
  stopped: 5,
};

/** What its owner wants to know: whether the agent waits for them. The trigger `workspaces_summary` says the same in SQL. */
export function taskWork(
  { status, transition }: Pick<TaskState, "status" | "transition">,
  reported: AppState | null,
): TaskWork {
  if (status === "failed") return "failed";
  if (transition !== "start" || status === "canceling" || status === "canceled") return "stopped";
  if (status !== "succeeded") return "working";
  if (reported === "idle") return "waiting";
  if (reported === "failure") return "failed";
  return reported === "complete" ? "complete" : "working";
}

/** Parameters that a task's prompt is given as, the first that the template version has. `AI Prompt` is Coder's. */
const promptParameters = ["AI Prompt", "ai_prompt", "prompt"];

export const promptParameterName = (definitions: readonly { name: string }[]): string | undefined =>
  promptParameters.find((name) => definitions.some((one) => one.name === name));

export const promptParametersJson = JSON.stringify(promptParameters);

const maxTaskNameLength = 160;
const maxTitleLength = 50;

/** One line of it, as in the titles of its notifications. */
export function taskTitle(prompt: string | null, workspaceName: string): string {
  const line = [...taskName(prompt, workspaceName).split("\n", 1)[0]!.trim()];
  return line.length > maxTitleLength ? `${line.slice(0, maxTitleLength - 1).join("")}…` : line.join("");
}

/** What a task is called: the beginning of its prompt, at most 160 characters, else the workspace's name. */
export function taskName(prompt: string | null, workspaceName: string): string {
  const characters = [...(prompt ?? "").trim()];
  if (characters.length === 0) return workspaceName;
  return characters.slice(0, maxTaskNameLength).join("");
}

const maxPromptPartLength = 24;

/** A workspace's name from the prompt's first words; `id` distinguishes it from another task's. */
export function newTaskName(prompt: string, id: string): string {
  const words = prompt
    .slice(0, 1_000)
    .toLowerCase()
    .matchAll(/[a-z0-9]+/g);
  let name = "";
  for (const [word] of words) {
    const longer = name === "" ? word.slice(0, maxPromptPartLength) : `${name}-${word}`;
    if (longer.length > maxPromptPartLength) break;
    name = longer;
  }
  return `${name || "task"}-${id.replaceAll("-", "").slice(-6)}`;
}
