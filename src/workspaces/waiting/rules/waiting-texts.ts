// What waits for a user, in words: the same for the page, the API and the command line.

import { taskTitle } from "../../agents/rules/task.ts";

export const waitingKinds = ["task", "agent", "question", "build", "preset"] as const;
export type WaitingKind = (typeof waitingKinds)[number];

export interface Waiting {
  kind: WaitingKind;
  name: string;
  templateName: string | null;
  /** Of a task; null where it is secret, or there is none. */
  prompt: string | null;
  detail: string;
  transition: string | null;
}

const verbs: Record<string, string> = { start: "Start", stop: "Stop", delete: "Deletion" };

export function waitingTitle({ kind, name, prompt, templateName, transition }: Waiting): string {
  if (kind === "question") return `${name} asks you`;
  if (kind === "task") return `Task waiting for you: ${taskTitle(prompt, name)}`;
  if (kind === "agent") return `${name} is waiting for you`;
  if (kind === "preset") return `Prebuilds stopped: ${templateName} / ${name}`;
  return `${verbs[transition ?? ""] ?? "Build"} of ${name} failed`;
}

/** One line: what the agent asks, the beginning of the error, or what doesn't happen until somebody acts. */
export function waitingDetail({ kind, detail }: Waiting): string {
  const line = detail
    .split(/\r?\n/)
    .find((one) => one.trim() !== "")
    ?.trim();
  if (line !== undefined) return line;
  if (kind === "preset")
    return "No more prebuilt workspaces are created for this preset. Fix the cause, then resume.";
  return kind === "task" || kind === "agent" ? "The agent stopped working." : "No reason given.";
}
