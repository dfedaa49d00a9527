// What a new workspace leaves in the audit log and tells. Making one calls it, for its one write.
import { audit } from "../../accounts/audit.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import type { UserRow } from "../../accounts/store/users.ts";
import type { Deps } from "../../kernel/deps.ts";
import type { WorkspaceFacts, WorkspacePlan, WorkspaceRequest } from "./create-workspace.ts";
import { notify, type StatementOrNotice } from "../../notifications/index.ts";
import { workspaceCreated } from "./build-kinds.ts";
import { buildExists, workspaceOfBuild } from "./store/builds.ts";

/**
 * Comes after the statements that make the planned build, in whatever workspace: one that waited in a pool keeps its
 * id, which is not known before.
 */
export function creationNews(
  deps: Deps,
  { actor, owner }: { actor: Actor; owner: UserRow },
  facts: WorkspaceFacts,
  request: WorkspaceRequest,
  { workspace, build }: WorkspacePlan,
): StatementOrNotice[] {
  const [template] = facts.template;
  const [version] = facts.version;
  const event = workspaceCreated.prepare(deps, facts, {
    buildId: build.id,
    workspace: { id: workspace.id, name: workspace.name },
    template: { id: template!.id, name: template!.name },
    version: { id: version!.id, name: version!.name },
    organizationId: workspace.organizationId,
    owner: { id: owner.id, username: owner.username, name: owner.name, email: owner.email },
    initiator: { id: actor.userId, username: actor.username },
    parameters: request.parameters,
    definitions: facts.definitions,
  });
  const isMade = buildExists(build.id);
  const realId = workspaceOfBuild(build.id);
  const entry = {
    actorId: actor.userId,
    action: "create",
    resourceType: "workspace" as const,
    resourceId: realId,
    detail: {
      name: workspace.name,
      owner: owner.username,
      template: template!.name,
      version: version!.name,
      build_id: build.id,
    },
  };
  return [
    audit(deps, entry, isMade),
    notify(event, { when: isMade, target: { planned: workspace.id, found: realId } }),
  ];
}
