// Messages about pools, for pages, the CLI and notifications.

export interface ShownPool {
  id: string;
  name: string;
  template_name: string;
  template_version_name: string;
  active: boolean;
  desired: number;
  running: number;
  eligible: number;
  starting: number;
  stopping: number;
  deleting: number;
  not_eligible: readonly { workspace: string; why: string }[];
  status: string;
  status_since: string | null;
  failures: number;
  failure_limit: number;
  backoff_until: string | null;
  last_failures: readonly ShownFailure[];
}
export interface ShownFailure {
  workspace: string;
  build_number: number;
  error: string;
  created_at: string;
}
export interface ShownAction {
  action: string;
  preset_id: string;
  count: number;
  /** Null for an action that is only planned. */
  done: number | null;
  workspaces: readonly { name: string }[];
  until: string | null;
  reason: string;
}

/** Workspaces that are listed by name. */
export const maxNamed = 5;

/** Inactive pools with no workspaces and no actions are not shown. */
export const isPoolShown = (pool: ShownPool, actions: readonly ShownAction[] = []): boolean =>
  pool.active ||
  pool.running + pool.starting + pool.stopping + pool.deleting > 0 ||
  actions.some(({ preset_id }) => preset_id === pool.id);

/** A short status, and the failure streak. */
export function poolStatusLabel(pool: ShownPool): {
  label: string;
  kind: "good" | "bad" | "between";
  streak: string;
} {
  const streak = streakLabel(pool);
  if (!pool.active) return { label: "inactive", kind: "between", streak: "" };
  if (pool.status === "hard_limited") return { label: "stopped", kind: "bad", streak };
  if (pool.status === "validation_failed") return { label: "can't be created", kind: "bad", streak: "" };
  if (pool.backoff_until !== null) return { label: "backing off", kind: "bad", streak };
  if (streak !== "") return { label: "failing", kind: "bad", streak };
  return pool.eligible >= pool.desired
    ? { label: "ok", kind: "good", streak }
    : { label: "below target", kind: "between", streak };
}

/** `2 of 3 failed` on the way to the limit, `4 failed` at it or where there is none. */
const streakLabel = ({ failures, failure_limit: limit }: ShownPool): string =>
  failures === 0 ? "" : failures < limit ? `${failures} of ${limit} failed` : `${failures} failed`;

const changesWorkspaces = (action: string) => ["create", "delete", "cancel"].includes(action);

/** An action of a run: `create 2`, or `create 2 (1 done)` if it was done only partially. */
export function describeAction(action: ShownAction): string {
  const { count, done } = action;
  const isPartial = done !== null && done < count && changesWorkspaces(action.action);
  return isPartial ? `${describePlanned(action)} (${done} done)` : describePlanned(action);
}

function describePlanned({ action, count, workspaces }: ShownAction): string {
  const names = listNames(workspaces.map(({ name }) => name));
  switch (action) {
    case "create":
      return `create ${count}`;
    case "delete":
      return `delete ${names}`;
    case "cancel":
      return `cancel builds of ${names}`;
    case "mark_hard_limited":
      return "stop creating prebuilds and notify template admins";
    case "mark_validation_failed":
      return "stop retrying and notify template admins";
    case "mark_normal":
      return "resume prebuilds";
    case "mark_agent_missing":
      return "notify template admins";
    case "mark_agent_present":
      return "mark “Prebuilds can't be claimed” as resolved";
    case "backoff":
      return "wait";
    case "suppress":
      return `create 0 of ${count}`;
    case "wait":
      return "do the rest later";
    default:
      return action;
  }
}

/** On how many workspaces a run would do what. */
export function planCounts(actions: readonly Pick<ShownAction, "action" | "count">[]) {
  const countOf = (name: string) =>
    actions.filter(({ action }) => action === name).reduce((sum, { count }) => sum + count, 0);
  return { create: countOf("create"), delete: countOf("delete"), cancel: countOf("cancel") };
}

/** What a run would do to workspaces, or has done: `create 2, delete 1`; undefined if nothing. */
export function planTotals(
  actions: readonly Pick<ShownAction, "action" | "count">[],
  isDone: boolean,
): string | undefined {
  const counts = planCounts(actions);
  const parts = Object.entries({
    [isDone ? "created" : "create"]: counts.create,
    [isDone ? "deleted" : "delete"]: counts.delete,
    [isDone ? "canceled the builds of" : "cancel the builds of"]: counts.cancel,
  }).flatMap(([verb, count]) => (count === 0 ? [] : [`${verb} ${count}`]));
  return parts.length === 0 ? undefined : parts.join(", ");
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, maxNamed).join(", ");
  return names.length > maxNamed ? `${shown} and ${names.length - maxNamed} more` : shown;
}

/** Failures of the current streak, grouped by error, latest first. */
export const failuresByError = (pool: ShownPool): [error: string, failures: ShownFailure[]][] =>
  pool.active && pool.failures > 0
    ? [...Map.groupBy(pool.last_failures, ({ error }) => error)].slice(0, maxNamed)
    : [];

/** Undefined for a pool with the status normal. */
export function resumeCommand({ active, status, template_name, name }: ShownPool): string | undefined {
  return !active || status === "normal" ? undefined : formatResumeCommand(template_name, name);
}

/** Characters of an error's first line. */
const maxLineLength = 300;

/** The first line that is not blank, truncated. */
export function firstLine(error: string): string {
  const line =
    error
      .split(/\r?\n/)
      .find((one) => one.trim() !== "")
      ?.trim() ?? "no reason given";
  return line.length > maxLineLength ? `${line.slice(0, maxLineLength - 1)}…` : line;
}

export const formatResumeCommand = (template: string, preset: string): string =>
  `belfry prebuilds resume ${shellWord(`${template}/${preset}`)}`;

/** Quoted as one word for a POSIX shell, on one line. */
const shellWord = (word: string): string =>
  /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll(/\s+/g, " ").replaceAll("'", `'\\''`)}'`;
