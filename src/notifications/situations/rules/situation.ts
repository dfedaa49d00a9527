// What is the matter: the keys of situations, for how long a resolved one can be reopened, and how they are described.

/** What recurs within this time, in milliseconds, reopens what was resolved; later it is new. */
export const reopenMs = 15 * 60_000;

/** The beginning of the keys of each type; what follows identifies the thing. */
export const situationTypes = {
  /** Prebuilds of a preset are not created: hard limit, or a validation that fails. */
  pool: "pool/",
  /** No prebuilt workspace of a preset has an agent, so that nobody can claim one. */
  agents: "agents/",
  /** Claims of a version and preset replace resources. */
  drift: "drift/",
  /** The agent of a workspace's task waits. */
  task: "task/",
  /** An AI agent's session waits, or is stale. */
  agent: "agent/",
  /** A question of an agent is open. */
  question: "question/",
  /** The receiver of a channel responded 410 Gone. */
  receiver: "receiver/",
  /** Scheduled builds of a workspace fail. */
  autobuild: "autobuild/",
} as const;
export type SituationType = keyof typeof situationTypes;

export const situationKey = (type: SituationType, ...ids: readonly string[]): string =>
  situationTypes[type] + ids.join("/");

/** Labels of events that name the thing, whatever happens to it. */
export const identifyingLabels = ["template", "preset", "workspace", "receiver", "name"] as const;

/** By the code of how it ended. */
export const resolvedVerbs = {
  recovered: "Recovered",
  resumed: "Resumed",
  replaced: "Replaced",
  unaffected: "Fixed",
  /** By a person, who wants to know if it wasn't: what recurs is new. */
  marked_fixed: "Marked as fixed",
  working: "Working again",
  over: "Ended",
  succeeded: "Succeeded",
  accepted: "Accepted again",
  answered: "Answered",
  timed_out: "Timed out",
  withdrawn: "Withdrawn",
} as const;
/** The same for those who read it without the inbox. */
export const resolvedSentences: Record<keyof typeof resolvedVerbs, string> = {
  recovered: "Prebuilds of this preset work again.",
  resumed: "Prebuilds were resumed.",
  replaced: "Another template version became active.",
  unaffected: "A claim replaced no resources.",
  marked_fixed: "It was marked as fixed.",
  working: "The agent resumed work.",
  over: "It no longer applies.",
  succeeded: "A build succeeded.",
  accepted: "The receiver accepts notifications again.",
  answered: "The question was answered.",
  timed_out: "The question timed out.",
  withdrawn: "The question was withdrawn.",
};
export type HowResolved = keyof typeof resolvedVerbs;

/** The situation of an item, as its inbox shows it. Times in epoch milliseconds. */
export interface ItemSituation {
  id: string;
  openedAt: number;
  lastAt: number;
  occurrences: number;
  resolvedAt: number | null;
  how: string | null;
  /** The user who resolved it. */
  by: string | null;
  /** What an agent asks, while that is open. */
  question: { id: string; options: string[] } | null;
  /** Earlier items, newest first; not all of many. */
  earlier: { id: string; at: number; title: string; actions: { label: string; url: string }[] }[];
}

/** `Recovered after 2 h 10 min`; undefined while it is open. A code of a later release says only that it is resolved. */
export function resolvedLabel({
  openedAt,
  resolvedAt,
  how,
  by,
}: Pick<ItemSituation, "openedAt" | "resolvedAt" | "how" | "by">): string | undefined {
  if (resolvedAt === null) return undefined;
  const verb =
    how !== null && Object.hasOwn(resolvedVerbs, how) ? resolvedVerbs[how as HowResolved] : "Resolved";
  return `${verb}${by === null ? "" : ` by ${by}`} after ${formatDuration(resolvedAt - openedAt)}`;
}

const units: [size: number, name: string][] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
];

/** Milliseconds in the largest unit that they fill and the next smaller one: `2 h 10 min`. */
export function formatDuration(milliseconds: number): string {
  const found = units.findIndex(([size]) => milliseconds >= size);
  const at = found < 0 ? units.length - 1 : found;
  const [size, name] = units[at]!;
  const whole = Math.floor(Math.max(0, milliseconds) / size);
  const [smaller, smallerName] = units[at + 1] ?? [size, ""];
  const rest = Math.floor((Math.max(0, milliseconds) % size) / smaller);
  return rest === 0 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${smallerName}`;
}
