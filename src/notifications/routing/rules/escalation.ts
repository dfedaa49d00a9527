// Where an event goes that nobody has read in time: as people write it, and as it is stored.

/** `to`: `user:ID`, `group:ID` and `receiver:ID`. */
export interface Escalation {
  afterMs: number;
  to: readonly string[];
}

export interface GivenEscalation {
  escalateMs: number | null;
  /** `user:mia`, `group:sre` and `receiver:pager`. */
  escalateTo: readonly string[] | null;
}

type What = "user" | "group" | "receiver";

/** Ids by what people write, in lower case. */
export type Targets = ReadonlyMap<string, string>;

const [minMs, maxMs] = [60_000, 7 * 86_400_000];

export const targetOf = (written: string): string => written.trim().toLowerCase();

/** The names, or the ids, of those of one type; of all without one. */
export const namesOf = (targets: readonly string[], what?: What): string[] =>
  targets
    .map((target) => target.split(":"))
    .filter(([type]) => what === undefined || type === what)
    .map(([, name = ""]) => name);

export function escalationProblems(
  { escalateMs, escalateTo }: GivenEscalation,
  known: Targets,
  isOwn: boolean,
): { field: string; detail: string }[] {
  if (escalateMs === null && escalateTo === null) return [];
  if (isOwn) return [{ field: "escalate_to", detail: "only rules of the deployment escalate" }];
  const to = escalateTo ?? [];
  const unknown = to.map(targetOf).filter((target) => !known.has(target));
  return [
    ...(escalateMs === null || escalateMs < minMs || escalateMs > maxMs
      ? [{ field: "escalate_after_seconds", detail: "must be from 1 minute to 7 days" }]
      : []),
    ...(to.length === 0
      ? [{ field: "escalate_to", detail: "name a user, group or receiver, such as user:mia or group:sre" }]
      : []),
    ...(unknown.length > 0
      ? [{ field: "escalate_to", detail: `unknown ${unknown.join(", ")}${hintFor(unknown)}` }]
      : []),
  ];
}

const hintFor = (unknown: readonly string[]): string =>
  unknown.every((target) => target.includes(":")) ? "" : "; use user:NAME, group:NAME or receiver:NAME";

/** As it is stored. All of it is known. */
export const toEscalation = (
  { escalateMs, escalateTo }: GivenEscalation,
  known: Targets,
): { escalate?: Escalation } =>
  escalateMs === null || escalateTo === null
    ? {}
    : {
        escalate: {
          afterMs: escalateMs,
          to: [...new Set(escalateTo.map(targetOf))].map(
            (target) => `${target.split(":", 1)[0]}:${known.get(target)}`,
          ),
        },
      };

/** As people write it; an id in place of a name that is no more. */
export const writtenTargets = (
  to: readonly string[],
  names: ReadonlyMap<string, { name: string }>,
): string[] =>
  to.map((target) => {
    const [what, id = ""] = target.split(":");
    return `${what}:${names.get(id)?.name ?? id}`;
  });
