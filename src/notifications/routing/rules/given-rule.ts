// What people say about a rule, and what is wrong with it.
import { findKind, kinds } from "../../kinds/kinds.ts";
import type { Method } from "../../channels/index.ts";
import {
  escalationProblems,
  toEscalation,
  writtenTargets,
  type GivenEscalation,
  type Targets,
} from "./escalation.ts";
import type { Filter, FactWord } from "./filter/language.ts";
import { describeProblem, parseFilter } from "./filter/parser.ts";
import type { RuleActions } from "./rule.ts";

export interface GivenActions extends GivenEscalation {
  suppress: boolean;
  channels: readonly Method[] | null;
  /** Names; null: each by its own filter. */
  receivers: readonly string[] | null;
  delayMs: number | null;
  digest: "daily" | "weekly" | null;
}

export interface GivenRule extends GivenActions {
  name: string;
  /** Empty: every event. */
  filter: string;
  continues: boolean;
  isEnabled: boolean;
}

export const noActions: GivenActions = {
  suppress: false,
  channels: null,
  receivers: null,
  delayMs: null,
  digest: null,
  escalateMs: null,
  escalateTo: null,
};

export interface Problem {
  field: string;
  detail: string;
}

/** Names in lower case, for which there is something. */
export interface Known {
  templates: ReadonlySet<string>;
  users: ReadonlySet<string>;
  /** By name. */
  receivers: ReadonlyMap<string, string>;
  /** To which events can escalate. */
  targets: Targets;
}

const maxNameLength = 32;
export const maxDelayMs = 7 * 86_400_000;

export function ruleNameProblem(name: string): string | undefined {
  if (name.length === 0 || name.length > maxNameLength) return `must have 1 to ${maxNameLength} characters`;
  return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)
    ? undefined
    : "must contain only lowercase letters, digits and single hyphens between them";
}

/** Everything that is wrong. `known`: undefined while only the names that it mentions are looked for. */
export function ruleProblems(rule: GivenRule, known: Known, isOwn: boolean): Problem[] {
  const name = ruleNameProblem(rule.name);
  const filter = filterProblem(rule.filter, known);
  return [
    ...(name === undefined ? [] : [{ field: "name", detail: name }]),
    ...(filter === undefined ? [] : [{ field: "filter", detail: filter }]),
    ...actionProblems(rule, known, isOwn),
  ];
}

function actionProblems(given: GivenActions, known: Known, isOwn: boolean): Problem[] {
  const { suppress, channels, receivers, delayMs, digest, escalateMs, escalateTo } = given;
  const others = [channels, receivers, delayMs, digest, escalateMs, escalateTo].filter((one) => one !== null);
  if (suppress && others.length > 0)
    return [{ field: "suppress", detail: "nobody gets it, so that no other action is possible" }];
  if (!suppress && others.length === 0)
    return [{ field: "suppress", detail: `choose what the rule does: ${isOwn ? ownActions : allActions}` }];
  const missing = (receivers ?? []).filter((one) => !known.receivers.has(one.toLowerCase()));
  return [
    ...(isOwn && receivers !== null
      ? [{ field: "receivers", detail: "only rules of the deployment choose receivers" }]
      : missing.length > 0
        ? [{ field: "receivers", detail: `unknown receiver ${missing.join(", ")}` }]
        : []),
    ...(delayMs !== null && (delayMs < 1_000 || delayMs > maxDelayMs)
      ? [{ field: "delay_seconds", detail: "must be from 1 second to 7 days" }]
      : []),
    ...escalationProblems(given, known.targets, isOwn),
  ];
}

const ownActions = "suppress, channels, delay or digest";
const allActions = "suppress, channels, receivers, delay, digest or escalate";

/** In words, with its column. */
export function filterProblem(text: string, known: Known): string | undefined {
  if (text.trim() === "") return undefined;
  const parsed = parseFilter(text, (fact, value) => unknownValue(fact, value, known));
  return parsed.ok ? undefined : describeProblem(parsed.problem);
}

const isPattern = (value: string): boolean => value === "" || value.includes("*");

/** A pattern may match what doesn't exist yet. */
function unknownValue(fact: FactWord, value: string, { templates, users }: Known): string | undefined {
  if (isPattern(value)) return undefined;
  const name = value.toLowerCase();
  if (fact === "kind")
    return isKind(name) ? undefined : `unknown kind "${value}", use a name such as "task-failed"`;
  if (fact === "group")
    return groups.some((group) => group.toLowerCase() === name)
      ? undefined
      : `unknown group "${value}", use one of ${groups.map((group) => `"${group}"`).join(", ")}`;
  if (fact === "template") return templates.has(name) ? undefined : `unknown template "${value}"`;
  if (fact === "owner") return users.has(name) ? undefined : `unknown user "${value}"`;
  return undefined;
}

const groups = [...new Set([...Object.values(kinds).map(({ group }) => group), "Coder Events"])];

/** By name, or by id of another system's. */
const isKind = (name: string): boolean =>
  Object.hasOwn(kinds, name) ||
  (findKind(name) === undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name));

/** The templates and users that a filter names, in lower case. */
export interface Mentioned {
  templates: string[];
  users: string[];
}

export function mentionedIn(filters: readonly (string | null)[]): Mentioned {
  const names: Mentioned = { templates: [], users: [] };
  for (const text of filters) {
    const parsed = parseFilter(text ?? "");
    if (parsed.ok) collect(parsed.filter, names);
  }
  return names;
}

function collect(filter: Filter, names: Mentioned): void {
  if (filter.type === "not") collect(filter.part, names);
  else if (filter.type !== "comparison") for (const part of filter.parts) collect(part, names);
  else if (filter.fact === "template" || filter.fact === "owner") {
    const values = filter.values.filter((value) => !isPattern(value)).map((value) => value.toLowerCase());
    names[filter.fact === "template" ? "templates" : "users"].push(...values);
  }
}

/** As they are stored. */
export function toActions(given: GivenActions, known: Known): RuleActions {
  const { suppress, channels, receivers, delayMs, digest } = given;
  return {
    ...(suppress ? { suppress } : {}),
    ...(channels === null ? {} : { channels }),
    ...(receivers === null
      ? {}
      : { receivers: receivers.map((name) => known.receivers.get(name.toLowerCase())!) }),
    ...(delayMs === null ? {} : { delayMs }),
    ...(digest === null ? {} : { digest }),
    ...toEscalation(given, known.targets),
  };
}

/** What a stored rule names and is no more, in words. */
export function missingOf(
  rule: { filter: string | null; actions: RuleActions },
  { templates, users }: Pick<Known, "templates" | "users">,
  byId: ReadonlyMap<string, { name: string; isDeleted: boolean }>,
): string[] {
  const mentioned = mentionedIn([rule.filter]);
  const { receivers = [], escalate } = rule.actions;
  const ids = [...receivers.map((id) => `receiver:${id}`), ...(escalate?.to ?? [])];
  const gone = ids.filter((target) => byId.get(target.split(":")[1]!)?.isDeleted !== false);
  return [
    ...mentioned.templates.filter((name) => !templates.has(name)).map((name) => `template ${name}`),
    ...mentioned.users.filter((name) => !users.has(name)).map((name) => `user ${name}`),
    ...writtenTargets(gone, byId).map((target) => target.replace(":", " ")),
  ].map((what) => `The ${what} no longer exists.`);
}
