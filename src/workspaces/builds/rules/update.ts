// Whether a build moves its workspace to another version of its template, and what is told of it, to whom. Making a build
// calls it.
import type { NotificationEvent } from "../../../notifications/outbox/prepare-event.ts";
import type { ParameterValue } from "./next-build.ts";
import { shownParameters } from "./shown-parameters.ts";

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
      ...shownParameters(build.parameters, build.definitions),
    },
    targets: [workspace.id, owner.id, template.id, organization.id],
    createdBy: "api-workspaces-updated",
    // Forth and back and forth again on one day are three events.
    identity: id,
    recipients: {
      people: [{ id: owner.id, why: "workspace_owner" }],
      roles: ["owner", "template-admin"],
      exclude: [initiator.id],
    },
  };
}
