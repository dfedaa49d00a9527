// Creating a build of an existing workspace. One write queues it, notifies of it and notes it in the audit log.
import type { SQL, Statement } from "../../../db/client.ts";
import { areHeldSql, claimKeys, claimsOf, findClaimed, type StoredKey } from "../../../db/idempotency.ts";
import { audit } from "../../accounts/audit.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import { keyExistsSql, userIdByKeySql } from "../../accounts/store/keys.ts";
import { andSql } from "../../accounts/store/manage.ts";
import type { Deps } from "../../kernel/deps.ts";
import { conflict, notFound, matchingKey } from "../../kernel/errors.ts";
import { notify, writeAndNotify, type PreparedEvent } from "../../notifications/index.ts";
import { cancelTaskNotifications } from "../agents/task-notifications.ts";
import { workspaceUpdated } from "./build-kinds.ts";
import { buildReads, decideBuild, type BuildAnswers, type BuildRequest } from "./decide-build.ts";
import { asOrphaned, orphanStatements, orphanReads, requireOrphanPermission } from "./orphan.ts";
import { isUpdate } from "./rules/build-notifications.ts";
import { summarizeNotified, type NotifiedSummary } from "./rules/build-texts.ts";
import type { BuildRow } from "./store/build-view.ts";
import { findBuild, insertBuild, whereLatestBuildUnchanged, type NewBuild } from "./store/builds.ts";

const maxAttempts = 3;

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
  before: BuildAnswers,
  request: BuildRequest,
): Promise<CreatedBuild> {
  const self = userIdByKeySql(actor.keyId);
  const id = deps.newId();
  let facts = before;
  const orphan = await readOrphan(deps, actor, before, request);
  for (let tries = 1; ; tries += 1) {
    const decided = decideBuild(deps, actor, facts, request, id);
    const { parameters } = decided;
    const build = orphan === undefined ? decided.build : asOrphaned(decided.build);
    const { workspace } = facts.workspace[0]!;
    const claims = claimsOf(request.keyed, id, deps.now());
    const unchanged = andSql(
      whereLatestBuildUnchanged(workspace.id, workspace.latestBuildId),
      keyExistsSql(actor.keyId),
    );
    const guard = andSql(unchanged, areHeldSql(claims));
    const ending = orphan && orphanStatements(deps, actor, build, orphan, guard);
    const updates = prepareUpdate(deps, actor, facts, request, build);
    // Notifications and the audit entry come first: the guard is true only until the build exists.
    const { created, messages, claimed, ...after } = await writeAndNotify(
      deps,
      [
        ...claimKeys(claims, unchanged),
        auditBuild(deps, actor, facts, build, guard),
        ...updates.map((event) => notify(event, { when: guard })),
        ...(ending?.before ?? []),
        ...(build.transition === "start" ? [] : cancelTaskNotifications(workspace.id, deps.now(), guard)),
        ...insertBuild(build, parameters, guard),
        ...(ending?.after ?? []),
      ],
      {
        created: findBuild(id, self),
        claimed: findClaimed(claims),
        ...buildReads(workspace.id, self, request),
      },
    );
    if (created[0] !== undefined) {
      deps.process.jobs.wake();
      const people = { ownerId: workspace.ownerId, initiatorId: actor.userId };
      const notified = updates.length === 0 ? undefined : summarizeNotified(messages, people);
      return { row: created[0], notified, replayed: false };
    }
    const earlier = matchingKey(request.keyed, claimed[0]);
    if (earlier !== undefined) return readEarlierBuild(deps, earlier, self);
    if (tries === maxAttempts) throw conflict("The workspace keeps changing.", "Try again.");
    facts = after;
  }
}

/** The build that an earlier request with the same key created, as it is now. */
export async function readEarlierBuild(deps: Deps, earlier: StoredKey, self: SQL): Promise<CreatedBuild> {
  const { build } = await deps.db.read({ build: findBuild(earlier.subjectId, self) });
  if (build[0] === undefined) throw notFound("Build");
  return { row: build[0], notified: undefined, replayed: true };
}

/** Undefined for a build that a provisioner runs. */
async function readOrphan(deps: Deps, actor: Actor, facts: BuildAnswers, request: BuildRequest) {
  requireOrphanPermission(actor, request);
  const workspace = facts.workspace[0]?.workspace;
  if (request.orphan !== true || workspace?.latestBuildId == null) return undefined;
  return deps.db.read(orphanReads(workspace.id, workspace.latestBuildId));
}

/** The update that this build is, if it is one. */
export function prepareUpdate(
  deps: Deps,
  actor: Actor,
  facts: BuildAnswers,
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
export function auditBuild(
  deps: Deps,
  actor: Actor,
  facts: BuildAnswers,
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
