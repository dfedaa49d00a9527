// What a new workspace tells. Making one, from nothing or from a pool, calls it.
import type { NotificationEvent } from "../../../notifications/outbox/prepare-event.ts";
import { templateAdminRoles } from "../../../notifications/outbox/rules/recipients.ts";
import type { ParameterValue } from "./next-build.ts";
import { shownParameters } from "./shown-parameters.ts";

export interface CreatedWorkspace {
  /** Of its first build for this owner. */
  buildId: string;
  workspace: { id: string; name: string };
  template: { id: string; name: string };
  version: { id: string; name: string };
  organizationId: string;
  owner: { id: string; username: string; name: string; email: string };
  initiator: { id: string; username: string };
  /** Of the request. */
  parameters: readonly ParameterValue[];
  definitions: readonly { name: string; sensitive: boolean }[];
}

/** Notifies the owners and the template admins, but not the initiator. The kind is off by default. */
export function creationEvent(created: CreatedWorkspace): NotificationEvent {
  const { workspace, template, version, owner, initiator } = created;
  return {
    labels: {
      workspace: workspace.name,
      template: template.name,
      version: version.name,
      workspace_owner_username: owner.username,
    },
    data: {
      workspace,
      template,
      template_version: version,
      owner: { id: owner.id, name: owner.name, email: owner.email },
      initiator,
      ...shownParameters(created.parameters, created.definitions),
    },
    targets: [workspace.id, owner.id, template.id, created.organizationId],
    createdBy: "api-workspaces-create",
    identity: created.buildId,
    recipients: { roles: templateAdminRoles, exclude: [initiator.id] },
  };
}
