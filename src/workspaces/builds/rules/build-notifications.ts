// Which builds cause a notification, and how much of errors and parameters it carries.
import type { BuildReason, Transition } from "../../../../db/schema.ts";
import { maskIfSensitive } from "../../templates/rules/parameter-values.ts";
import type { ParameterValue } from "./next-build.ts";

/** A build as it was read before its end. */
export interface EndingBuild {
  id: string;
  number: number;
  transition: Transition;
  reason: BuildReason;
  initiatorId: string;
  initiatorName: string;
  initiatorIsSystem: boolean;
  workspaceId: string;
  workspaceName: string;
  organizationId: string;
  ownerId: string;
  ownerName: string;
  ownerIsSystem: boolean;
  templateId: string;
  /** As people know it: the display name where there is one. */
  templateName: string;
  /** Its name in addresses and commands. */
  templateSlug: string;
  versionName: string;
}

/** Characters of an error that a message carries; the build's page has all of it. */
export const maxExcerptLength = 500;

/** A user's workspace was deleted by another user. */
export const isOthersDeletion = (build: EndingBuild): boolean =>
  build.transition === "delete" && !build.ownerIsSystem && build.initiatorId !== build.ownerId;

/** What was scheduled, or what people asked for, a claim included. Undefined for pools: they count their failures themselves. */
export function failureKind(build: EndingBuild): "autobuild" | "manual" | undefined {
  if (build.reason === "autostart") return "autobuild";
  return build.reason === "prebuild" || build.initiatorIsSystem ? undefined : "manual";
}

/** The first line that says something; the rest is on the build's page. */
export function errorExcerpt(error: string): string {
  const line = error.split("\n").find((one) => one.trim() !== "") ?? "";
  const characters = [...line.trim()];
  return characters.length <= maxExcerptLength
    ? characters.join("")
    : `${characters.slice(0, maxExcerptLength - 1).join("")}…`;
}

/** Characters of one value, and of the JSON of all that a message carries. */
const maxValueLength = 1_000;
const maxParametersLength = 50_000;

/** What did not fit is counted. */
export function shownParameters(
  parameters: readonly ParameterValue[],
  definitions: readonly { name: string; sensitive: boolean }[],
): { parameters: ParameterValue[]; parameters_left_out: number } {
  const shown: ParameterValue[] = [];
  let left = maxParametersLength;
  for (const { name, value: whole } of parameters) {
    const value = maskIfSensitive(name, whole, definitions);
    const cut = value.length > maxValueLength ? `${value.slice(0, maxValueLength - 1)}…` : value;
    const parameter = { name, value: cut };
    left -= JSON.stringify(parameter).length;
    if (left < 0) break;
    shown.push(parameter);
  }
  return { parameters: shown, parameters_left_out: parameters.length - shown.length };
}

/**
 * A request that names a version that the workspace didn't have: whatever the transition, and backwards too.
 * `requested`: as the request named it; undefined when it named none.
 */
export const isUpdate = (build: { requested: string | undefined; previous: string; next: string }): boolean =>
  build.requested !== undefined && build.next !== build.previous;
