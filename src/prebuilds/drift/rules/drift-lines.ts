// Messages about replaced resources: lines of a build's log and of `belfry drift`.
import { remedyFor } from "./remedy.ts";
import { compare, type Replacement } from "./terraform-plan.ts";

/** Resources that are listed by name, in logs and in messages. */
export const maxListed = 50;
const maxPathsListed = 20;

/** `docker_container.dev: env, image`: each path once, sorted. */
export function resourceLine({ resource, paths }: Replacement): string {
  if (paths.length === 0) return `${resource}: no attribute in the plan`;
  const all = [...new Set(paths)]
    .toSorted(compare)
    .map((path) => (path === "" ? "the whole resource" : path));
  const rest = all.length - maxPathsListed;
  return `${resource}: ${all.slice(0, maxPathsListed).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function resourceLines(replacements: readonly Replacement[]): string[] {
  const rest = replacements.length - maxListed;
  return [
    ...replacements.slice(0, maxListed).map((one) => `- ${resourceLine(one)}`),
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
    ? `Claiming this prebuilt workspace destroys and recreates ${what}, because these attributes change:`
    : `${what} will be destroyed and recreated, because these attributes change:`;
  const level = isClaim ? "warn" : "info";
  return [
    ...[head, ...resourceLines(replacements)].map((output) => ({ level, output }) as const),
    ...(isClaim ? remedyLines(replacements) : []).map((output) => ({ level: "info", output }) as const),
  ];
}

function remedyLines(replacements: readonly Replacement[]): string[] {
  const { snippet, notes } = remedyFor(replacements);
  return [
    ...(snippet === ""
      ? []
      : [
          "To keep these resources, add the lifecycle block to the existing resource, then push a new version:",
          ...snippet.split("\n"),
        ]),
    ...notes,
  ];
}
