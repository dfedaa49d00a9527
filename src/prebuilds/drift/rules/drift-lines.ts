// Messages about replaced resources: lines of a build's log and of `belfry drift`.
import { cureOf } from "./remedy.ts";
import { compare, type Replacement } from "./terraform-plan.ts";

/** Resources that are listed by name, in logs and in messages. */
export const mostListed = 50;
const mostPathsListed = 20;

/** `docker_container.dev: env, image`: each path once, sorted. */
export function resourceLine({ resource, paths }: Replacement): string {
  if (paths.length === 0) return `${resource}: no attribute in the plan`;
  const all = [...new Set(paths)]
    .toSorted(compare)
    .map((path) => (path === "" ? "the whole resource" : path));
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

/** Lines for a build's log; on a claim a warning, with the fix. */
export function logLines(replacements: readonly Replacement[], isClaim: boolean): LogLine[] {
  if (replacements.length === 0) return [];
  const many = replacements.length !== 1;
  const what = `${replacements.length.toLocaleString("en-US")} resource${many ? "s" : ""}`;
  const head = isClaim
    ? `Claiming this prebuilt workspace destroys and recreates ${what}, because of:`
    : `${what} will be destroyed and recreated, because of:`;
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
      : ["To keep prebuilt resources, add this to the template:", ...snippet.split("\n")]),
    ...notes,
  ];
}
