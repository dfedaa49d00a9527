// What somebody's request for a build leaves in the audit log and tells. Making a build calls it, for its one write.
import type { SQL, Statement } from "../../../db/client.ts";
import { audit } from "../../accounts/audit.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import type { Deps } from "../../kernel/deps.ts";
import type { BuildFacts, BuildRequest } from "./build-facts.ts";
import type { PreparedEvent } from "../../notifications/index.ts";
import { workspaceUpdated } from "./build-kinds.ts";
import { isUpdate } from "./rules/update.ts";
import type { NewBuild } from "./store/builds.ts";

/** The update that this build is, if it is one. */
export function prepareUpdate(
  deps: Deps,
  actor: Actor,
  facts: BuildFacts,
  request: BuildRequest,
  build: NewBuild,
): PreparedEvent[] {
  const { workspace, build: latest, ownerName, organizationName, template } = facts.workspace[0]!;
  const version = facts.version[0]!;
  const ids = { requested: request.versionId, previous: latest.versionId, next: version.id };
  if (!isUpdate(ids)) return [];
  const update = {
    id: build.id,
    number: build.number,
    transition: build.transition,
    version: { id: version.id, name: version.name },
    workspace: { id: workspace.id, name: workspace.name },
    template: { id: workspace.templateId, name: template.name },
    organization: { id: workspace.organizationId, name: organizationName },
    owner: { id: workspace.ownerId, username: ownerName },
    initiator: { id: actor.userId, username: actor.username, name: actor.name },
    parameters: request.parameters,
    definitions: facts.definitions,
  };
  return [workspaceUpdated.prepare(deps, facts, update)];
}

/** Who started, stopped or deleted it, and how. */
export function noteBuild(
  deps: Deps,
  actor: Actor,
  facts: BuildFacts,
  build: NewBuild,
  when: SQL,
): Statement {
  const { workspace, ownerName } = facts.workspace[0]!;
  const entry = {
    actorId: actor.userId,
    action: build.transition,
    resourceType: "workspace_build" as const,
    resourceId: build.id,
    detail: {
      workspace: workspace.name,
      workspace_id: workspace.id,
      owner: ownerName,
      build_number: build.number,
      version: facts.version[0]!.name,
    },
  };
  return audit(deps, entry, when);
}
