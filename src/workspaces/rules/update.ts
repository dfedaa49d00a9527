// Whether a build moves its workspace to another version of its template, and what is told of it, to whom. Making a build
// calls it.
import type { NotificationEvent } from "../../notifications/plan.ts";
import { masked } from "./mask.ts";
import type { ParameterValue } from "./next-build.ts";

/** Somebody's request for a build, and the workspace as it was before. */
export interface RequestedBuild {
  id: string;
  number: number;
  transition: string;
  /** As the request named it; undefined when it named none. */
  requestedVersionId: string | undefined;
  previousVersionId: string;
  version: { id: string; name: string };
  workspace: { id: string; name: string };
  template: { id: string; name: string };
  organization: { id: string; name: string };
  owner: { id: string; username: string; name: string; email: string };
  initiator: { id: string; username: string; name: string };
  /** Of the request, not of the build. */
  parameters: readonly ParameterValue[];
  definitions: readonly { name: string; sensitive: boolean }[];
}

/**
 * Undefined unless the request names a version that the workspace didn't have: whatever the transition, and backwards
 * too. The workspace's owner is told in any case, for whom it may be the receipt; owners and template admins unless they
 * did it.
 */
export function updateEvent(build: RequestedBuild): NotificationEvent | undefined {
  const { requestedVersionId, previousVersionId, workspace, template, organization, owner, initiator } =
    build;
  if (requestedVersionId === undefined || build.version.id === previousVersionId) return undefined;
  const { id, number, transition } = build;
  return {
    labels: {
      organization: organization.name,
      initiator: initiator.name || initiator.username,
      workspace: workspace.name,
      template: template.name,
      version: build.version.name,
      workspace_owner_username: owner.username,
    },
    data: {
      workspace,
      template,
      template_version: build.version,
      owner: { id: owner.id, name: owner.name, email: owner.email },
      initiator: { id: initiator.id, username: initiator.username },
      build: { id, number, transition },
      ...shownParameters(build),
    },
    targets: [workspace.id, owner.id, template.id, organization.id],
    createdBy: "api-workspaces-updated",
    // Forth and back and forth again on one day are three events.
    identity: id,
    circle: {
      people: [{ id: owner.id, why: "workspace_owner" }],
      roles: ["owner", "template-admin"],
      without: [initiator.id],
    },
  };
}

/** Characters of one value, and of the JSON of all that a message carries. */
const longestValue = 1_000;
const mostCharacters = 50_000;

function shownParameters({ parameters, definitions }: RequestedBuild) {
  const shown: ParameterValue[] = [];
  let left = mostCharacters;
  for (const { name, value: whole } of parameters) {
    const value = masked(name, whole, definitions);
    const cut = value.length > longestValue ? `${value.slice(0, longestValue - 1)}…` : value;
    const parameter = { name, value: cut };
    left -= JSON.stringify(parameter).length;
    if (left < 0) return { parameters: shown, parameters_left_out: parameters.length - shown.length };
    shown.push(parameter);
  }
  return { parameters: shown };
}
