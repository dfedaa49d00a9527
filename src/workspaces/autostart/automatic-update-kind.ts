// The notification about an automatic start with another version, to the workspace's owner.
import { defineKind } from "../../notifications/index.ts";
import { ownersOfWorkspaces } from "./store/autostart.ts";

export interface AutomaticUpdate {
  /** The id of the build that brings it. */
  buildId: string;
  workspaceId: string;
  workspaceName: string;
  ownerId: string;
  templateId: string;
  organizationId: string;
  version: { name: string; message: string };
}

/** Coder's words for a version without a message; the text leaves them out. */
const noVersionMessage = "None provided";

export const automaticUpdate = defineKind("workspace-auto-updated", {
  audience: (workspaceIds: readonly string[]) => ({ userIdsSql: ownersOfWorkspaces(workspaceIds) }),
  event: (update: AutomaticUpdate) => ({
    labels: {
      name: update.workspaceName,
      initiator: "autobuild",
      reason: "autostart",
      template_version_name: update.version.name,
      template_version_message: update.version.message || noVersionMessage,
    },
    data: null,
    targets: [update.workspaceId, update.ownerId, update.templateId, update.organizationId],
    createdBy: "autobuild",
    // One build brings one update: its id tells its event from any other that looks alike.
    identity: update.buildId,
    recipients: { people: [{ id: update.ownerId, why: "workspace_owner" }] },
  }),
});
