// The notification and the metric about a claim that replaced resources.
import { remedyFor, takeFitting, lineBytes, noticeBudget, utf8Bytes } from "./remedy.ts";
import { withPaths, type Replacement } from "./terraform-plan.ts";

export interface Claim {
  number: number;
  workspaceId: string;
  workspaceName: string;
  ownerId: string;
  ownerName: string;
  organizationId: string;
  organizationName: string;
  templateId: string;
  templateName: string;
  versionId: string;
  versionName: string;
  presetId: string;
  presetName: string;
}

/** Characters of a resource's paths together. */
const maxPathsLength = 1_000;
/** Resources that are considered for a notice: more than it has room for. */
export const maxNamedResources = 1_000;

/**
 * `replaced` are the first resources, of which `total` have paths; one build is one event. The notice has a budget: as
 * many resources as fit are named, and `more` is the number of the others. Those without a path are in the notes alone.
 */
export function driftEvent(buildId: string, claim: Claim, replaced: readonly Replacement[], total: number) {
  const { snippet, notes } = remedyFor(replaced, noticeBudget);
  const room = notes.reduce((left, note) => left - lineBytes(note), noticeBudget.all - utf8Bytes(snippet));
  const named = takeFitting(
    withPaths(replaced).map(({ resource, paths }) => [resource, truncate(paths.join(", "))] as const),
    room,
    (line) => lineBytes(...line),
  );
  return {
    labels: {
      org: claim.organizationName,
      workspace: claim.workspaceName,
      template: claim.templateName,
      template_version: claim.versionName,
      preset: claim.presetName,
      workspace_build_num: String(claim.number),
      claimant: claim.ownerName,
    },
    data: {
      // A resource may have the name of anything, also of a member that every object has.
      replacements: Object.fromEntries(named),
      more: total - named.length,
      cure: snippet,
      notes,
    },
    facts: {
      template: claim.templateName,
      preset: claim.presetName,
      workspace: claim.workspaceName,
      owner: claim.ownerName,
    },
    targets: [
      claim.workspaceId,
      claim.ownerId,
      claim.templateId,
      claim.versionId,
      claim.presetId,
      claim.organizationId,
    ],
    thing: claim.presetId,
    createdBy: "prebuilds_reconciler",
    identity: buildId,
  };
}

const truncate = (text: string) =>
  text.length <= maxPathsLength ? text : `${text.slice(0, maxPathsLength).toWellFormed()}…`;
