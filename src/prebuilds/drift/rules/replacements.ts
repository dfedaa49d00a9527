// What a plan destroys and makes anew, and which attributes force it: from the document that `terraform show -json PLAN`
// prints, or a part of it. The server, the provisioner and `belfry drift` read plans by this.
import { fields, isText, items } from "../../../kernel/rules/shape.ts";
import { goText } from "./go-text.ts";

export interface Replacement {
  /** Its address. */
  resource: string;
  /** As Coder writes them, in the plan's order; none when the plan names none. */
  paths: string[];
  /** Terraform's code for why; "" when the plan has none. */
  reason: string;
}

/** Characters of an address or a path. */
export const longestName = 500;

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
    if (all.length === 0 ? !isMadeAnew(items(actions)) : isNothing(items(actions))) continue;
    const name = oneLine(address);
    const one = found.get(name) ?? { resource: name, paths: [], reason: isText(reason) ? reason : "" };
    for (const path of all) one.paths.push(pathText(visiblePart(path, fields(change))));
    found.set(name, one);
  }
  return [...found.values()].toSorted((a, b) => compare(a.resource, b.resource));
}

/** So much is kept and answered of a plan: about a thousand times what a template ever has. */
const mostPaths = 20_000;
const mostCharacters = 1_000_000;

/** The first of them, as far as there is room. */
export function keepable(replacements: readonly Replacement[]): Replacement[] {
  let [paths, characters] = [0, 0];
  const over = replacements.findIndex((one) => {
    paths += Math.max(1, one.paths.length);
    characters += one.paths.reduce((sum, path) => sum + path.length + one.resource.length, 0);
    return paths > mostPaths || characters > mostCharacters;
  });
  return over === -1 ? [...replacements] : replacements.slice(0, over);
}

/** Those that the plan gives a cause for: what is counted and told. */
export const withPaths = (replacements: readonly Replacement[]): Replacement[] =>
  replacements.filter(({ paths }) => paths.length > 0);

const isNothing = (actions: unknown[]) => actions.length === 1 && actions[0] === "no-op";
const isMadeAnew = (actions: unknown[]) => actions.includes("delete") && actions.includes("create");

const pathText = (path: unknown): string =>
  oneLine(Array.isArray(path) ? path.map((step) => goText(step)).join(".") : goText(path));

/** Up to the first step that is sensitive: an element of a set is named by its value. The attribute's name never is. */
export function visiblePart(path: unknown, change: Record<string, unknown>): unknown {
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
  const line = text.slice(0, longestName * 2).replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, " ");
  return line.length <= longestName
    ? line.toWellFormed()
    : `${line.slice(0, longestName - 1).toWellFormed()}…`;
}

export const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
