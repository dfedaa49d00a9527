// What a new workspace leaves in the audit log and tells. Making one calls it, for its one write.
import { audit } from "../../accounts/audit.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import type { UserRow } from "../../accounts/store/users.ts";
import type { Deps } from "../../kernel/deps.ts";
import { outboxStatements, substituteTarget } from "../../notifications/outbox/enqueue.ts";
import { prepareEvent } from "../../notifications/outbox/prepare-event.ts";
import { enqueueAnswersOf, enqueueReadsAs } from "../../notifications/outbox/reads.ts";
import { templateAdminRoles } from "../../notifications/outbox/rules/recipients.ts";
import type { WorkspaceFacts, WorkspacePlan, WorkspaceRequest } from "./create-workspace.ts";
import type { EndingPart } from "../jobs/end-job.ts";
import { creationEvent } from "./rules/creation.ts";
import { workspaceKinds } from "./rules/kinds.ts";
import { buildExists, workspaceOfBuild } from "./store/builds.ts";

/** Read together with what a new workspace depends on. */
export const creationReads = () =>
  enqueueReadsAs("created", workspaceKinds.workspaceCreated, { roles: templateAdminRoles });

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
): EndingPart {
  const [template] = facts.template;
  const [version] = facts.version;
  const event = creationEvent({
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
  const plan = prepareEvent(deps, event, enqueueAnswersOf("created", facts));
  const isMade = buildExists(build.id);
  const realId = workspaceOfBuild(build.id);
  const deed = {
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
  return {
    statements: [
      audit(deps, deed, isMade),
      ...outboxStatements(plan, { when: isMade }),
      ...substituteTarget(plan, workspace.id, realId),
    ],
    plans: [plan],
  };
}
