// What pages and the command line say alike of workspaces and builds.
import type { BuildReason } from "../../../../db/schema.ts";

export const outdatedWords = "not the active version";

const causes: Record<BuildReason, (initiator: string) => string> = {
  initiator: (initiator) => `by ${initiator}`,
  autostart: () => "by its schedule",
  prebuild: () => "for the pool",
  prebuild_claim: (initiator) => `claimed by ${initiator}`,
};

/** Why there was a build; the initiator's username is empty when they are gone. */
export const causeWords = (reason: BuildReason, initiator: string): string =>
  causes[reason](initiator === "" ? "somebody who is gone" : initiator);
