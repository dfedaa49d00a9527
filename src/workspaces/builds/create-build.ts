// Creating a build of an existing workspace. One write queues it, notifies of it and notes it in the audit log.
import type { SQL, Statement } from "../../../db/client.ts";
import { areHeldSql, claimKeys, claimsOf, findClaimed, type StoredKey } from "../../../db/idempotency.ts";
import { audit } from "../../accounts/audit.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import { keyExistsSql, userIdByKeySql } from "../../accounts/store/keys.ts";
import { andSql } from "../../accounts/store/manage.ts";
import type { Deps } from "../../kernel/deps.ts";
import { notFound, matchingKey } from "../../kernel/errors.ts";
import {
  notify,
  writeAndNotify,
  type PreparedEvent,
  type StatementOrNotice,
} from "../../notifications/index.ts";
import { endSessionsOfWorkspace } from "../../agent-sessions/end-sessions.ts";
import { endTaskSituation } from "../agents/task-notifications.ts";
import { workspaceUpdated } from "./build-kinds.ts";
import { buildReads, decideBuild, type BuildAnswers, type BuildRequest } from "./decide-build.ts";
import {
  asOrphaned,
  orphanStatements,
  orphanReads,
  requireOrphanPermission,
  type OrphanAnswers,
} from "./orphan.ts";
import { isUpdate } from "./rules/build-notifications.ts";
import { summarizeNotified, type NotifiedSummary } from "./rules/build-texts.ts";
import type { BuildRow } from "./store/build-view.ts";
import { retryOnConflict } from "../../kernel/retry-on-conflict.ts";
import { findBuild, insertBuild, whereLatestBuildUnchanged, type NewBuild } from "./store/builds.ts";

export interface CreatedBuild {
  row: BuildRow;
  /** Undefined unless the build is an update to another version. */
  notified: NotifiedSummary | undefined;
  /** An earlier request with the same key created it. */
  replayed: boolean;
}

/** Throws 404, 403, 400 that names the member, 409 while another build is in progress, 422 for another request's key. */
export async function createBuild(
  deps: Deps,
  actor: Actor,
  state: BuildAnswers,
  request: BuildRequest,
): Promise<CreatedBuild> {
  const self = userIdByKeySql(actor.keyId);
  const id = deps.newId();
  const orphan = await readOrphan(deps, actor, state, request);
  return retryOnConflict(state, async (before) => {
    const claims = claimsOf(request.keyed, id, deps.now());
    const { statements, updates } = buildStatements(deps, actor, before, { request, id, claims, orphan });
    const { workspace } = before.workspace[0]!;
    const { created, messages, claimed, ...after } = await writeAndNotify(deps, statements, {
      created: findBuild(id, self),
      claimed: findClaimed(claims),
      ...buildReads(workspace.id, self, request),
    });
    if (created[0] !== undefined) {
      deps.process.jobs.wake();
      const people = { ownerId: workspace.ownerId, initiatorId: actor.userId };
      const notified = updates.length === 0 ? undefined : summarizeNotified(messages, people);
      return { done: { row: created[0], notified, replayed: false }, after };
    }
    const earlier = matchingKey(request.keyed, claimed[0]);
    return { done: earlier && (await readEarlierBuild(deps, earlier, self)), after };
  });
}

interface BuildAttempt {
  request: BuildRequest;
  id: string;
  claims: ReturnType<typeof claimsOf>;
  orphan: OrphanAnswers | undefined;
}

/** Notifications and the audit entry come first: the guard is true only until the build exists. */
function buildStatements(
  deps: Deps,
  actor: Actor,
  before: BuildAnswers,
  { request, id, claims, orphan }: BuildAttempt,
): { statements: StatementOrNotice[]; updates: PreparedEvent[] } {
  const decided = decideBuild(deps, actor, before, request, id);
  const build = orphan === undefined ? decided.build : asOrphaned(decided.build);
  const { workspace } = before.workspace[0]!;
  const unchanged = andSql(
    whereLatestBuildUnchanged(workspace.id, workspace.latestBuildId),
    keyExistsSql(actor.keyId),
  );
  const guard = andSql(unchanged, areHeldSql(claims));
  const ending = orphan && orphanStatements(deps, actor, build, orphan, guard);
  const updates = prepareUpdate(deps, actor, before, request, build);
  const statements = [
    ...claimKeys(claims, unchanged),
    auditBuild(deps, actor, before, build, guard),
    ...updates.map((event) => notify(event, { when: guard })),
    ...(ending?.before ?? []),
    ...(build.transition === "start"
      ? []
      : [
          ...endTaskSituation(workspace.id, deps.now(), guard),
          ...endSessionsOfWorkspace(deps, workspace.id, guard),
        ]),
    ...insertBuild(build, decided.parameters, guard),
    ...(ending?.after ?? []),
  ];
  return { statements, updates };
}

/** The build that an earlier request with the same key created, as it is now. */
export async function readEarlierBuild(deps: Deps, earlier: StoredKey, self: SQL): Promise<CreatedBuild> {
  const { build } = await deps.db.read({ build: findBuild(earlier.subjectId, self) });
  if (build[0] === undefined) throw notFound("Build");
  return { row: build[0], notified: undefined, replayed: true };
}

/** Undefined for a build that a provisioner runs. */
async function readOrphan(deps: Deps, actor: Actor, before: BuildAnswers, request: BuildRequest) {
  requireOrphanPermission(actor, request);
  const workspace = before.workspace[0]?.workspace;
  if (request.orphan !== true || workspace?.latestBuildId == null) return undefined;
  return deps.db.read(orphanReads(workspace.id, workspace.latestBuildId));
}

/** The update that this build is, if it is one. */
export function prepareUpdate(
  deps: Deps,
  actor: Actor,
  before: BuildAnswers,
  request: BuildRequest,
  build: NewBuild,
): PreparedEvent[] {
  const { workspace, build: latest, ownerName, organizationName, template } = before.workspace[0]!;
  const version = before.version[0]!;
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
    definitions: before.definitions,
  };
  return [workspaceUpdated.prepare(deps, before, update)];
}

/** Who started, stopped or deleted it, and how. */
export function auditBuild(
  deps: Deps,
  actor: Actor,
  before: BuildAnswers,
  build: NewBuild,
  when: SQL,
): Statement {
  const { workspace, ownerName } = before.workspace[0]!;
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
      version: before.version[0]!.name,
    },
  };
  return audit(deps, entry, when);
}
