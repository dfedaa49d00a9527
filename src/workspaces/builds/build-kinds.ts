// Notifications about requests for builds: a workspace was created, or updated to another version of its template.
import type { SQL } from "../../../db/client.ts";
import { defineKind, templateAdminRoles } from "../../notifications/index.ts";
import type { ParameterValue } from "./rules/next-build.ts";
import { shownParameters } from "./rules/build-notifications.ts";
import { workspaceOwnerSql } from "./store/workspaces.ts";

interface NamedReference {
  id: string;
  name: string;
}

export interface CreatedWorkspace {
  /** Of its first build for this owner. */
  buildId: string;
  workspace: NamedReference;
  template: NamedReference;
  version: NamedReference;
  organizationId: string;
  owner: { id: string; username: string; name: string; email: string };
  initiator: { id: string; username: string };
  /** Of the request. */
  parameters: readonly ParameterValue[];
  definitions: readonly { name: string; sensitive: boolean }[];
}

export const workspaceCreated = defineKind("workspace-created", {
  audience: () => ({ roles: templateAdminRoles }),
  event: (created: CreatedWorkspace) => {
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
      facts: { template: template.name, workspace: workspace.name, owner: owner.username },
      targets: [workspace.id, owner.id, template.id, created.organizationId],
      createdBy: "api-workspaces-create",
      identity: created.buildId,
      recipients: { roles: templateAdminRoles, exclude: [initiator.id] },
    };
  },
});

/** Somebody's request for a build with another version, and the workspace as it was before. */
export interface RequestedUpdate {
  id: string;
  number: number;
  transition: string;
  version: NamedReference;
  workspace: NamedReference;
  template: NamedReference;
  organization: NamedReference;
  owner: { id: string; username: string };
  initiator: { id: string; username: string; name: string };
  /** Of the request, not of the build. */
  parameters: readonly ParameterValue[];
  definitions: readonly { name: string; sensitive: boolean }[];
}

/** The workspace's owner always receives it, read if they requested it; owners and template admins unless they did. */
export const workspaceUpdated = defineKind("workspace-manually-updated", {
  audience: (workspaceId: SQL | string) => ({
    userIdsSql: workspaceOwnerSql(workspaceId),
    roles: templateAdminRoles,
  }),
  event: (build: RequestedUpdate, people) => {
    const { id, number, transition, version, workspace, template, organization, owner, initiator } = build;
    const { name = "", email = "" } = people.find(({ userId }) => userId === owner.id) ?? {};
    return {
      labels: {
        organization: organization.name,
        initiator: initiator.name || initiator.username,
        workspace: workspace.name,
        template: template.name,
        version: version.name,
        workspace_owner_username: owner.username,
      },
      data: {
        workspace,
        template,
        template_version: version,
        owner: { id: owner.id, name, email },
        initiator: { id: initiator.id, username: initiator.username },
        build: { id, number, transition },
        ...shownParameters(build.parameters, build.definitions),
      },
      facts: { template: template.name, workspace: workspace.name, owner: owner.username },
      targets: [workspace.id, owner.id, template.id, organization.id],
      createdBy: "api-workspaces-updated",
      initiatorId: initiator.id,
      // Forth and back and forth again on one day are three events.
      identity: id,
      recipients: {
        people: [{ id: owner.id, why: "workspace_owner" }],
        roles: templateAdminRoles,
        exclude: [initiator.id],
      },
    };
  },
});
