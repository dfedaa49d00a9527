// The `q` of the lists of workspaces, tasks and templates, as Coder's clients write it: `owner:me status:"running"`. A bare
// word is part of a name, a value can be in double quotes, and all filters must match.
import { taskStates, taskStatuses, type TaskStatus, type TaskWork } from "../../agents/rules/task.ts";
import { workspaceStatuses, type WorkspaceStatus } from "../../jobs/rules/job.ts";

export type SearchResult<Search> = { ok: true; search: Search } | { ok: false; problem: string };

/** `key` is undefined for a bare word. */
export const searchTerms = (q: string): { key: string | undefined; value: string }[] =>
  Array.from(q.matchAll(/(?:([\w-]+):)?(?:"([^"]*)"|(\S+))/g), ([, key, quoted, plain]) => ({
    key,
    value: (quoted ?? plain)!,
  }));

const unknownFilter = (key: string, known: readonly string[]) => ({
  ok: false as const,
  problem: `unknown filter "${key}", use ${known.join(", ")}`,
});

/** `search` with its status among the known ones, in whatever case it was written. */
function withStatus<Rest, Status extends string>(
  { status: wanted, ...rest }: Rest & { status?: string },
  statuses: readonly Status[],
): SearchResult<Omit<Rest, "status"> & { status?: Status }> {
  if (wanted === undefined) return { ok: true, search: rest as Omit<Rest, "status"> };
  const status = statuses.find((one) => one === wanted.toLowerCase());
  return status === undefined
    ? { ok: false, problem: `unknown status "${wanted}", use ${statuses.join(", ")}` }
    : { ok: true, search: { ...(rest as Omit<Rest, "status">), status } };
}

export interface WorkspaceSearch {
  /** `me` or a username. */
  owner?: string;
  template?: string;
  /** A part of the name. */
  name?: string;
  status?: WorkspaceStatus;
}

const workspaceFilters = ["owner", "template", "name", "status"] as const;

/** `owner/name` is one workspace. */
export function parseWorkspaceSearch(q: string): SearchResult<WorkspaceSearch> {
  const search: Partial<Record<(typeof workspaceFilters)[number], string>> = {};
  for (const { key, value } of searchTerms(q)) {
    const filter = workspaceFilters.find((one) => one === key);
    if (filter !== undefined) search[filter] = value;
    else if (key !== undefined) return unknownFilter(key, workspaceFilters);
    else if (value.includes("/")) {
      search.owner = value.slice(0, value.indexOf("/"));
      search.name = value.slice(value.indexOf("/") + 1);
    } else search.name = value;
  }
  return withStatus(search, workspaceStatuses);
}

export interface TaskSearch {
  /** `me`, a username or a user's id. */
  owner?: string;
  /** An organization's name or id. */
  organization?: string;
  /** A part of the name. */
  name?: string;
  /** Of the task, or of its workspace. */
  status?: TaskStatus | WorkspaceStatus;
  /** Whether its agent waits, works or is done. */
  state?: TaskWork;
}

const taskFilters = ["owner", "organization", "name", "status", "state"] as const;
const taskSearchStatuses = [...new Set([...taskStatuses, ...workspaceStatuses])];

export function parseTaskSearch(q: string): SearchResult<TaskSearch> {
  const search: Partial<Record<(typeof taskFilters)[number], string>> = {};
  for (const { key = "name", value } of searchTerms(q)) {
    // Coder's clients list tasks with it, too.
    if (key === "has-ai-task" && value === "true") continue;
    const filter = taskFilters.find((one) => one === key);
    if (filter === undefined) return unknownFilter(key, taskFilters);
    search[filter] = value;
  }
  const { state: wanted, ...rest } = search;
  const state = taskStates.find((one) => one === wanted?.toLowerCase());
  if (wanted !== undefined && state === undefined)
    return { ok: false, problem: `unknown state "${wanted}", use ${taskStates.join(", ")}` };
  return withStatus(state === undefined ? rest : { ...rest, state }, taskSearchStatuses);
}

export interface SearchedTemplate {
  name: string;
  displayName: string;
  organizationId: string;
  organizationName: string;
  createdByName: string | null;
  deprecationMessage: string;
  /** Of its active version. */
  hasAiTask: boolean;
}

type TemplateFilter = (template: SearchedTemplate, value: string) => boolean;

const isSame = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
const includes = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase());

const templateFilters = new Map<string, TemplateFilter>([
  ["name", (template, value) => includes(template.name, value) || includes(template.displayName, value)],
  ["exact_name", (template, value) => isSame(template.name, value)],
  [
    "organization",
    (template, value) => isSame(template.organizationId, value) || isSame(template.organizationName, value),
  ],
  ["author", (template, value) => isSame(template.createdByName ?? "", value)],
  ["deprecated", (template, value) => String(template.deprecationMessage !== "") === value.toLowerCase()],
  ["has-ai-task", ({ hasAiTask }, value) => String(hasAiTask) === value.toLowerCase()],
]);

/** `search` says whether a template matches. */
export function parseTemplateSearch(q: string): SearchResult<(template: SearchedTemplate) => boolean> {
  const conditions: ((template: SearchedTemplate) => boolean)[] = [];
  for (const { key = "name", value } of searchTerms(q)) {
    const filter = templateFilters.get(key);
    if (filter === undefined) return unknownFilter(key, [...templateFilters.keys()]);
    conditions.push((template) => filter(template, value));
  }
  return { ok: true, search: (template) => conditions.every((matches) => matches(template)) };
}
