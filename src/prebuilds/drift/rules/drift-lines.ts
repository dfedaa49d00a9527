// Replacements in words: the lines of a build's log, and those that `belfry drift` prints.
import { cureOf } from "./remedy.ts";
import { compare, type Replacement } from "./replacements.ts";

/** Resources that are listed by name, in logs and in messages. */
export const mostListed = 50;
const mostPathsListed = 20;

/** `docker_container.dev: env, image`: each path once, sorted. */
export function resourceLine({ resource, paths }: Replacement): string {
  if (paths.length === 0) return `${resource}: the plan names no attribute`;
  const all = [...new Set(paths)].toSorted(compare).map((path) => (path === "" ? "the whole of it" : path));
  const rest = all.length - mostPathsListed;
  return `${resource}: ${all.slice(0, mostPathsListed).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function resourceLines(replacements: readonly Replacement[]): string[] {
  const rest = replacements.length - mostListed;
  return [
    ...replacements.slice(0, mostListed).map((one) => `- ${resourceLine(one)}`),
    ...(rest > 0 ? [`- and ${rest.toLocaleString("en-US")} more`] : []),
  ];
}

export interface LogLine {
  level: "info" | "warn";
  output: string;
}

/** What the log of a build says; a warning, and the cure, where somebody waits for a workspace that was ready. */
export function logLines(replacements: readonly Replacement[], isClaim: boolean): LogLine[] {
  if (replacements.length === 0) return [];
  const many = replacements.length !== 1;
  const what = `${replacements.length.toLocaleString("en-US")} resource${many ? "s" : ""}`;
  const head = isClaim
    ? `This workspace was prebuilt, and claiming it destroys and makes anew ${what}, because of:`
    : `${what} will be destroyed and made anew, because of:`;
  const level = isClaim ? "warn" : "info";
  return [
    ...[head, ...resourceLines(replacements)].map((output) => ({ level, output }) as const),
    ...(isClaim ? cureLines(replacements) : []).map((output) => ({ level: "info", output }) as const),
  ];
}

function cureLines(replacements: readonly Replacement[]): string[] {
  const { snippet, notes } = cureOf(replacements);
  return [
    ...(snippet === ""
      ? []
      : ["To keep what was prebuilt, add this to the template:", ...snippet.split("\n")]),
    ...notes,
  ];
}
