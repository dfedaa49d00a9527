// Whether the end of a build is worth a notification, and which.
import type { BuildReason, Transition } from "../../../../db/schema.ts";

/** A build as it was before it ended. */
export interface EndedBuild {
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
  versionName: string;
}

/** Characters of an error that a message carries; the build's page has all of it. */
export const longestExcerpt = 500;

/** Of a workspace that is somebody's, by somebody else. */
export const isOthersDeletion = (build: EndedBuild): boolean =>
  build.transition === "delete" && !build.ownerIsSystem && build.initiatorId !== build.ownerId;

/** What was scheduled, or what people asked for, a claim included. Undefined for pools: they count their failures themselves. */
export function failureKindOf(build: EndedBuild): "autobuild" | "manual" | undefined {
  if (build.reason === "autostart") return "autobuild";
  return build.reason === "prebuild" || build.initiatorIsSystem ? undefined : "manual";
}

/** The first line that says something; the rest is on the build's page. */
export function excerptOf(error: string): string {
  const line = error.split("\n").find((one) => one.trim() !== "") ?? "";
  const characters = [...line.trim()];
  return characters.length <= longestExcerpt
    ? characters.join("")
    : `${characters.slice(0, longestExcerpt - 1).join("")}…`;
}
