// Deleting a workspace without its provisioner: the build has succeeded from the start, and its log and the audit log list
// the resources that were left behind.
import type { Answers, SQL, Statement } from "../../../db/client.ts";
import { audit } from "../../accounts/audit.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import { hasPermission } from "../../accounts/rules/permissions.ts";
import type { Deps } from "../../kernel/deps.ts";
import { forbidden, invalid } from "../../kernel/errors.ts";
import type { BuildRequest } from "./decide-build.ts";
import { notify, type StatementOrNotice } from "../../notifications/index.ts";
import { endAutobuildFailure, prepareSuccess, workspaceDeleted } from "../jobs/ending-kinds.ts";
import { describeLeftBehind } from "./rules/build-texts.ts";
import { buildExistsSql, type NewBuild } from "./store/builds.ts";
import { findEndingBuilds, listLastResources } from "../jobs/store/endings.ts";
import { insertLinesDespiteLimit } from "../jobs/store/outputs.ts";
import { deleteWorkspaceOfBuild } from "./store/workspaces.ts";

/** Of the workspace's latest build. */
export const orphanReads = (workspaceId: string, latestBuildId: string) => ({
  ended: findEndingBuilds([latestBuildId]),
  resources: listLastResources(workspaceId),
  ...workspaceDeleted.reads([latestBuildId]),
});
export type OrphanAnswers = Answers<ReturnType<typeof orphanReads>>;

/** Throws 400, and 403 for who may not: Coder's rule is that only template admins and owners orphan a workspace. */
export function requireOrphanPermission(actor: Actor, { transition, orphan }: BuildRequest): void {
  if (orphan !== true) return;
  if (transition !== "delete") throw invalid("orphan", `is for "delete" only, not for "${transition}"`);
  if (!hasPermission(actor, "templates:manage"))
    throw forbidden("Only owners and template admins can orphan a workspace.");
}

export const asOrphaned = (build: NewBuild): NewBuild => ({
  ...build,
  status: "succeeded",
  startedAt: build.createdAt,
  completedAt: build.createdAt,
});

/** What goes before the build into its write, and what follows once it is there. */
export function orphanStatements(
  deps: Deps,
  actor: Actor,
  build: NewBuild,
  before: OrphanAnswers,
  when: SQL,
): { before: StatementOrNotice[]; after: Statement[] } {
  const ended = {
    ...before.ended[0]!,
    id: build.id,
    number: build.number,
    transition: build.transition,
    reason: build.reason,
    initiatorId: actor.userId,
    initiatorName: actor.username,
    initiatorIsSystem: false,
  };
  const notices = prepareSuccess(deps, ended, before).map((event) => notify(event, { when }));
  const resources = before.resources.map(({ type, name }) => `${type}.${name}`);
  const line = {
    id: `${build.id}:orphan`,
    buildId: build.id,
    at: build.createdAt,
    level: "warn" as const,
    source: "provisioner_daemon" as const,
    stage: "Orphan",
    output: describeLeftBehind(actor.username, resources),
  };
  const entry = {
    actorId: actor.userId,
    action: "delete",
    resourceType: "workspace" as const,
    resourceId: build.workspaceId,
    detail: {
      name: ended.workspaceName,
      owner: ended.ownerName,
      build_number: build.number,
      orphan: true,
      left_behind: resources,
    },
  };
  const failures = endAutobuildFailure(ended, build.createdAt, when);
  return {
    before: [audit(deps, entry, when), ...notices, ...failures],
    after: [
      ...insertLinesDespiteLimit([line], buildExistsSql(build.id)),
      deleteWorkspaceOfBuild(build.id, build.createdAt),
    ],
  };
}
