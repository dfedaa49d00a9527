// Reads the document that `terraform show -json PLAN` prints: whether it is a valid plan, which resources it replaces, and
// which attributes force that.
import { fields, isText, items } from "../../../kernel/rules/json.ts";

export interface PlanProblem {
  /** As in the document: `resource_changes.3.address`. */
  field: string;
  detail: string;
}

const planCommand = "print a plan with: terraform show -json PLANFILE";

/** Nothing when it can be read. Formats 0.x and 1.x can: within one, members are only added. */
export function validatePlan(document: unknown): PlanProblem | undefined {
  if (typeof document !== "object" || document === null || Array.isArray(document))
    return { field: "body", detail: `must be an object; ${planCommand}` };
  const { format_version: version, resource_changes: changes, planned_values: planned } = fields(document);
  if (version !== undefined && !(typeof version === "string" && /^[01]\.\d+/.test(version)))
    return { field: "format_version", detail: "is not one that is known here: 0.x and 1.x are" };
  if (Array.isArray(changes)) return changes.map(validateChange).find((problem) => problem !== undefined);
  if (changes !== undefined && changes !== null)
    return { field: "resource_changes", detail: "must be a list" };
  // A plan that changes nothing has none.
  if (planned !== undefined) return undefined;
  const isState = version !== undefined || fields(document)["values"] !== undefined;
  return {
    field: "resource_changes",
    detail: isState ? `is missing: this is a state; ${planCommand}` : `is missing; ${planCommand}`,
  };
}

function validateChange(raw: unknown, at: number): PlanProblem | undefined {
  const wrong = (member: string, detail: string) => ({ field: `resource_changes.${at}${member}`, detail });
  if (!isObject(raw)) return wrong("", "must be an object");
  const { address, type, change } = fields(raw);
  if (typeof address !== "string" || address === "") return wrong(".address", "must be a text");
  if (!isAbsent(type) && typeof type !== "string") return wrong(".type", "must be a text");
  if (isAbsent(change)) return undefined;
  if (!isObject(change)) return wrong(".change", "must be an object");
  const { actions, replace_paths: paths } = fields(change);
  if (!isAbsent(actions) && !(Array.isArray(actions) && actions.every((one) => typeof one === "string")))
    return wrong(".change.actions", "must be a list of texts");
  return isAbsent(paths) || Array.isArray(paths)
    ? undefined
    : wrong(".change.replace_paths", "must be a list");
}

const isAbsent = (value: unknown) => value === undefined || value === null;
const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);

export interface Replacement {
  /** Its address. */
  resource: string;
  /** As Coder writes them, in the plan's order; none when the plan names none. */
  paths: string[];
  /** Terraform's code for why; "" when the plan has none. */
  reason: string;
}

/** Characters of an address or a path. */
export const maxNameLength = 500;

/**
 * By address. What has paths counts as Coder counts: anything but `no-op` with paths, Coder's own resources excepted.
 * What is destroyed and created without any is given too.
 */
export function findReplacements(document: unknown): Replacement[] {
  const found = new Map<string, Replacement>();
  for (const raw of items(fields(document)["resource_changes"])) {
    const { address, type, change, action_reason: reason } = fields(raw);
    if (!isText(address) || (isText(type) && type.startsWith("coder_"))) continue;
    const { actions, replace_paths: paths } = fields(change);
    const all = items(paths);
    if (all.length === 0 ? !isRecreated(items(actions)) : isNoOp(items(actions))) continue;
    const name = oneLine(address);
    const one = found.get(name) ?? { resource: name, paths: [], reason: isText(reason) ? reason : "" };
    for (const path of all) one.paths.push(formatPath(nonSensitivePath(path, fields(change))));
    found.set(name, one);
  }
  return [...found.values()].toSorted((a, b) => compare(a.resource, b.resource));
}

/** So much is kept and answered of a plan: about a thousand times what a template ever has. */
const maxPaths = 20_000;
const maxCharacters = 1_000_000;

/** The first of them, as far as there is room. */
export function withinStorageLimits(replacements: readonly Replacement[]): Replacement[] {
  let [paths, characters] = [0, 0];
  const over = replacements.findIndex((one) => {
    paths += Math.max(1, one.paths.length);
    characters += one.paths.reduce((sum, path) => sum + path.length + one.resource.length, 0);
    return paths > maxPaths || characters > maxCharacters;
  });
  return over === -1 ? [...replacements] : replacements.slice(0, over);
}

/** Those that the plan gives a cause for: only these are counted and notified. */
export const withPaths = (replacements: readonly Replacement[]): Replacement[] =>
  replacements.filter(({ paths }) => paths.length > 0);

const isNoOp = (actions: unknown[]) => actions.length === 1 && actions[0] === "no-op";
const isRecreated = (actions: unknown[]) => actions.includes("delete") && actions.includes("create");

const formatPath = (path: unknown): string =>
  oneLine(Array.isArray(path) ? path.map((step) => formatGoValue(step)).join(".") : formatGoValue(path));

/** Up to the first step that is sensitive: an element of a set is named by its value. The attribute's name never is. */
export function nonSensitivePath(path: unknown, change: Record<string, unknown>): unknown {
  if (!Array.isArray(path)) return path;
  let marks = [change["before_sensitive"], change["after_sensitive"]];
  for (const [at, step] of path.entries()) {
    if (at > 0 && marks.includes(true)) return path.slice(0, at);
    marks = marks.map((mark) => memberOf(mark, step));
  }
  return path;
}

function memberOf(value: unknown, step: unknown): unknown {
  if (value === true) return true;
  const isName = typeof step === "string" || typeof step === "number";
  if (typeof value !== "object" || value === null || !isName) return undefined;
  return Object.hasOwn(value, step) ? (value as Record<string | number, unknown>)[step] : undefined;
}

/** Names go into logs, pages and mail: what would break a line or steer a terminal is a space there. */
export function oneLine(text: string): string {
  const line = text.slice(0, maxNameLength * 2).replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, " ");
  return line.length <= maxNameLength
    ? line.toWellFormed()
    : `${line.slice(0, maxNameLength - 1).toWellFormed()}…`;
}

export const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** Levels that are written out; deeper ones are a sign of something that is no plan. */
const maxDepth = 16;

export function formatGoValue(value: unknown, depth = 0): string {
  if (value === null || value === undefined) return "<nil>";
  if (typeof value === "number") return formatGoNumber(value);
  if (typeof value !== "object") return String(value);
  if (depth === maxDepth) return "…";
  if (Array.isArray(value)) return `[${value.map((one) => formatGoValue(one, depth + 1)).join(" ")}]`;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `map[${members.map(([name, one]) => `${name}:${formatGoValue(one, depth + 1)}`).join(" ")}]`;
}

/** Go takes the form with an exponent from a million on, JavaScript much later; it writes two digits of it at least. */
function formatGoNumber(value: number): string {
  if (Object.is(value, -0)) return "-0";
  const [, digits, sign, exponent] = /^(.+)e([+-])(\d+)$/.exec(value.toExponential()) ?? [];
  const size = Number(`${sign}${exponent}`);
  return size < -4 || size >= 6 ? `${digits}e${sign}${exponent!.padStart(2, "0")}` : String(value);
}
