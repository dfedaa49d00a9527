// What the end of a build tells, and whom. Completing and failing a job and the loss of its provisioner call it.
import type { BuildReason, Transition } from "../../../../db/schema.ts";
import type { NotificationEvent } from "../../../notifications/outbox/prepare-event.ts";
import { templateAdmins } from "../../../notifications/outbox/rules/recipients.ts";

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

export type EndingEvent<Kind extends "workspaceDeleted" | "manualBuildFailed" | "autobuildFailed"> =
  NotificationEvent & { kind: Kind };

/** Characters of an error that a message carries; the build's page has all of it. */
export const longestExcerpt = 500;

/** A deletion tells the workspace's owner, unless it is their own doing. */
export function eventsOfSuccess(build: EndedBuild): EndingEvent<"workspaceDeleted">[] {
  const isNews = build.transition === "delete" && !build.ownerIsSystem && build.initiatorId !== build.ownerId;
  if (!isNews) return [];
  const labels = { name: build.workspaceName, reason: "initiated by user", initiator: build.initiatorName };
  return [
    { ...about(build), kind: "workspaceDeleted", labels, recipients: owner(build), data: factsOf(build) },
  ];
}

/**
 * What people asked for and didn't get, a claim included, goes to the template admins; what was to happen by itself, to
 * the workspace's owner. The builds of pools tell nobody here: pools count their failures themselves.
 */
export function eventsOfFailure(
  build: EndedBuild,
  error: string,
): EndingEvent<"manualBuildFailed" | "autobuildFailed">[] {
  const data = { ...factsOf(build), error: excerptOf(error) };
  if (build.reason === "autostart") {
    const labels = { name: build.workspaceName, reason: build.reason };
    return [{ ...about(build), kind: "autobuildFailed", labels, recipients: owner(build), data }];
  }
  if (build.reason === "prebuild" || build.initiatorIsSystem) return [];
  const labels = {
    name: build.workspaceName,
    template_name: build.templateName,
    template_version_name: build.versionName,
    initiator: build.initiatorName,
    workspace_owner_username: build.ownerName,
    workspace_build_number: String(build.number),
  };
  return [{ ...about(build), kind: "manualBuildFailed", labels, recipients: templateAdmins, data }];
}

const owner = ({ ownerId }: EndedBuild) =>
  ({ people: [{ id: ownerId, why: "workspace_owner" }] }) satisfies NotificationEvent["recipients"];

/** One build ends once: its id tells its event from any other that looks alike. */
const about = (build: EndedBuild) => ({
  targets: [build.workspaceId, build.ownerId, build.templateId, build.organizationId],
  createdBy: "provisionerdserver",
  identity: build.id,
});

const factsOf = ({ id, number, transition }: EndedBuild) => ({ build: { id, number, transition } });

/** The first line that says something; the rest is on the build's page. */
export function excerptOf(error: string): string {
  const line = error.split("\n").find((one) => one.trim() !== "") ?? "";
  const characters = [...line.trim()];
  return characters.length <= longestExcerpt
    ? characters.join("")
    : `${characters.slice(0, longestExcerpt - 1).join("")}…`;
}
