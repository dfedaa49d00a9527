// What waits for a user, in words: the same for the page, the API and the command line.

export interface Waiting {
  kind: "task" | "build" | "preset";
  name: string;
  templateName: string;
  detail: string;
  transition: string | null;
}

const verbs: Record<string, string> = { start: "Start", stop: "Stop", delete: "Deletion" };

export function waitingTitle({ kind, name, templateName, transition }: Waiting): string {
  if (kind === "task") return `${name} is waiting for you`;
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
  return kind === "task" ? "The agent stopped working." : "No reason given.";
}
