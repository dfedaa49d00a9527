// Texts about builds that pages, command line, API and logs share: who was notified, why it was built, what was left.
import type { BuildReason } from "../../../../db/schema.ts";

export interface NotifiedSummary {
  /** The initiator, for whom it is the receipt. */
  self: boolean;
  /** The workspace's owner, when that is somebody else. */
  owner: boolean;
  /** Owners and template admins besides. */
  admins: number;
}

/** An inhibited message notified nobody. */
export function summarizeNotified(
  messages: readonly { userId: string; status: string }[],
  { ownerId, initiatorId }: { ownerId: string; initiatorId: string },
): NotifiedSummary {
  const notified = new Set(
    messages.filter(({ status }) => status !== "inhibited").map(({ userId }) => userId),
  );
  const self = notified.delete(initiatorId);
  const owner = notified.delete(ownerId);
  return { self, owner, admins: notified.size };
}

/** The header of a build's answer that says so; absent when the build is no update. */
export const notifiedHeader = "belfry-notified";

/** A dictionary of RFC 9651: `self, admins=2`. */
export const formatNotified = ({ self, owner, admins }: NotifiedSummary): string =>
  [...(self ? ["self"] : []), ...(owner ? ["owner"] : []), `admins=${admins}`].join(", ");

export function parseNotified(header: string): NotifiedSummary {
  const members = header.split(",").map((member) => member.trim());
  const admins = members.flatMap((member) => /^admins=(\d+)$/.exec(member)?.[1] ?? [])[0];
  return { self: members.includes("self"), owner: members.includes("owner"), admins: Number(admins ?? 0) };
}

/** For a person: "Notified: you, mia (its owner) and 2 administrators." */
export function describeNotified({ self, owner, admins }: NotifiedSummary, ownerName: string): string {
  const people = [
    ...(self ? ["you"] : []),
    ...(owner ? [`${ownerName} (its owner)`] : []),
    ...(admins > 0 ? [admins === 1 ? "1 administrator" : `${admins} administrators`] : []),
  ];
  if (people.length === 0) return "Nobody was notified: all recipients disabled this kind.";
  const last = people.pop()!;
  return `Notified: ${people.length === 0 ? last : `${people.join(", ")} and ${last}`}.`;
}

export const outdatedLabel = "not the active version";

const causes: Record<BuildReason, (initiator: string) => string> = {
  initiator: (initiator) => `by ${initiator}`,
  autostart: () => "by its schedule",
  prebuild: () => "created as a prebuilt workspace",
  prebuild_claim: (initiator) => `claimed by ${initiator}`,
};

/** Why there was a build; the initiator's username is empty when the user was deleted. */
export const describeCause = (reason: BuildReason, initiator: string): string =>
  causes[reason](initiator === "" ? "a deleted user" : initiator);

const maxListedResources = 50;

/** `resources` are addresses like `docker_container.dev`. */
export function describeLeftBehind(username: string, resources: readonly string[]): string {
  const first = `${username} deleted the workspace without running Terraform.`;
  if (resources.length === 0) return `${first} No resources are known.`;
  const others = resources.length - maxListedResources;
  const list = resources.slice(0, maxListedResources).join(", ");
  return `${first} These resources were not destroyed: ${list}${others > 0 ? ` and ${others} others` : ""}.`;
}
