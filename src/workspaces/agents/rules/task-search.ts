// The `q` of the list of tasks, as Coder's clients write it: `owner:"me" status:"active"`; a bare word is part of a name.
import { workspaceStatuses, type WorkspaceStatus } from "../../jobs/rules/job.ts";
import { taskStatuses, type TaskStatus } from "./task.ts";

export interface TaskSearch {
  /** `me`, a username or a user's id. */
  owner?: string;
  /** An organization's name or id. */
  organization?: string;
  /** A part of the name. */
  name?: string;
  /** Of the task, or of its workspace. */
  status?: TaskStatus | WorkspaceStatus;
}

export type TaskSearchVerdict = { ok: true; search: TaskSearch } | { ok: false; problem: string };

const filters = ["owner", "organization", "name", "status"] as const;
const statuses: readonly (TaskStatus | WorkspaceStatus)[] = [
  ...new Set([...taskStatuses, ...workspaceStatuses]),
];

/** Values may be in double quotes. */
export function parseTaskSearch(q: string): TaskSearchVerdict {
  const chosen: Partial<Record<(typeof filters)[number], string>> = {};
  for (const [, key, quoted, plain = ""] of q.matchAll(/(?:([\w-]+):)?(?:"([^"]*)"|(\S+))/g)) {
    const value = quoted ?? plain;
    const filter = key === undefined ? "name" : filters.find((one) => one === key);
    // Coder's clients list tasks with it, too.
    if (key === "has-ai-task" && value === "true") continue;
    if (filter === undefined)
      return { ok: false, problem: `unknown filter "${key}", use ${filters.join(", ")}` };
    chosen[filter] = value;
  }
  const { status: wanted, ...rest } = chosen;
  if (wanted === undefined) return { ok: true, search: rest };
  const status = statuses.find((one) => one === wanted.toLowerCase());
  return status === undefined
    ? { ok: false, problem: `unknown status "${wanted}", use ${statuses.join(", ")}` }
    : { ok: true, search: { ...rest, status } };
}
