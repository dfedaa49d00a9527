// A build of a workspace that there is: what it runs with, and the write that queues it and tells of it. The API calls it.
import type { SQL } from "../../../db/client.ts";
import { areHeldSql, claimKeys, claimsOf, findClaimed, type StoredKey } from "../../../db/idempotency.ts";
import type { Transition } from "../../../db/schema.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import { hasPermission } from "../../accounts/rules/permissions.ts";
import { keyExistsSql, userIdByKeySql } from "../../accounts/store/keys.ts";
import type { Deps } from "../../kernel/deps.ts";
import { ApiError, conflict, forbidden, invalid, notFound } from "../../kernel/errors.ts";
import { earlierOf } from "../../kernel/idempotency.ts";
import { notify, writeAndNotify } from "../../notifications/index.ts";
import { buildReads, type BuildFacts, type BuildRequest } from "./build-facts.ts";
import { noteBuild, prepareUpdate } from "./build-events.ts";
import { asOrphaned, requireOrphanPermission, orphanEnding, orphanReads } from "./orphan.ts";
import { isActive } from "../jobs/rules/job.ts";
import { nextGeneration, nextNumber, nextParameters, type ParameterValue } from "./rules/next-build.ts";
import { whoWasTold, type Told } from "./rules/notified.ts";
import type { BuildRow } from "./store/build-view.ts";
import { findBuild, insertBuild, isStill, type NewBuild } from "./store/builds.ts";
import { cancelOfWorkspace } from "../agents/task-notifications.ts";
import { andSql } from "../../accounts/store/manage.ts";

/** People's builds come first, then deletions and creations of pools. */
export const peoplesPriority = 0;
const mostTries = 3;

export interface MadeBuild {
  row: BuildRow;
  /** Undefined for a build that is no update to another version. */
  told: Told | undefined;
  /** An earlier request with the same key had made it. */
  replayed: boolean;
}

/** Throws 404, 403, 400 that names the member, 409 while another build is going on, 422 for another request's key. */
export async function createBuild(
  deps: Deps,
  actor: Actor,
  seen: BuildFacts,
  request: BuildRequest,
): Promise<MadeBuild> {
  const self = userIdByKeySql(actor.keyId);
  const id = deps.newId();
  let facts = seen;
  const orphan = await readOrphan(deps, actor, seen, request);
  for (let tries = 1; ; tries += 1) {
    const decided = decideBuild(deps, actor, facts, request, id);
    const { parameters } = decided;
    const build = orphan === undefined ? decided.build : asOrphaned(decided.build);
    const { workspace } = facts.workspace[0]!;
    const claims = claimsOf(request.keyed, id, deps.now());
    const mayStill = andSql(isStill(workspace.id, workspace.latestBuildId), keyExistsSql(actor.keyId));
    const guard = andSql(mayStill, areHeldSql(claims));
    const ending = orphan && orphanEnding(deps, actor, build, orphan, guard);
    const updates = prepareUpdate(deps, actor, facts, request, build);
    // What tells of it comes first: the guard holds until the build is there.
    const { made, messages, claimed, ...now } = await writeAndNotify(
      deps,
      [
        ...claimKeys(claims, mayStill),
        noteBuild(deps, actor, facts, build, guard),
        ...updates.map((event) => notify(event, { when: guard })),
        ...(ending?.before ?? []),
        ...(build.transition === "start" ? [] : cancelOfWorkspace(workspace.id, deps.now(), guard)),
        ...insertBuild(build, parameters, guard),
        ...(ending?.after ?? []),
      ],
      {
        made: findBuild(id, self),
        claimed: findClaimed(claims),
        ...buildReads(workspace.id, self, request),
      },
    );
    if (made[0] !== undefined) {
      deps.process.jobs.wake();
      const people = { ownerId: workspace.ownerId, initiatorId: actor.userId };
      const told = updates.length === 0 ? undefined : whoWasTold(messages, people);
      return { row: made[0], told, replayed: false };
    }
    const earlier = earlierOf(request.keyed, claimed[0]);
    if (earlier !== undefined) return readEarlierBuild(deps, earlier, self);
    if (tries === mostTries)
      throw conflict("The workspace keeps changing at the moment.", "Please try again.");
    facts = now;
  }
}

/** What an earlier request with the same key has made, as it is now. */
export async function readEarlierBuild(deps: Deps, earlier: StoredKey, self: SQL): Promise<MadeBuild> {
  const { build } = await deps.db.read({ build: findBuild(earlier.subjectId, self) });
  if (build[0] === undefined) throw notFound("Build");
  return { row: build[0], told: undefined, replayed: true };
}

/** Undefined for a build that is done by a provisioner. */
async function readOrphan(deps: Deps, actor: Actor, facts: BuildFacts, request: BuildRequest) {
  requireOrphanPermission(actor, request);
  const workspace = facts.workspace[0]?.workspace;
  if (request.orphan !== true || workspace?.latestBuildId == null) return undefined;
  return deps.db.read(orphanReads(workspace.id, workspace.latestBuildId));
}

function decideBuild(deps: Deps, actor: Actor, facts: BuildFacts, request: BuildRequest, id: string) {
  const found = facts.workspace[0];
  if (found === undefined) throw notFound("Workspace");
  const { workspace, build: latest } = found;
  requireBuildPermission(actor, workspace.ownerId, request.transition);
  if (isActive(latest.status)) {
    throw conflict(
      `Build ${latest.number} of the workspace (${latest.transition}) is ${latest.status}.`,
      "Wait until it has ended, or cancel it.",
    );
  }
  const version = facts.version[0];
  if (version === undefined || version.templateId !== workspace.templateId)
    throw invalid("template_version_id", "is no version of the workspace's template");
  const parameters = decideParameters(facts, version.id, request);
  const now = deps.now();
  const build: NewBuild = {
    ...emptyBuild(id, now),
    workspaceId: workspace.id,
    number: nextNumber(latest),
    versionId: version.id,
    presetId: request.presetId ?? null,
    transition: request.transition,
    reason: request.reason ?? "initiator",
    initiatorId: actor.userId,
    agentGeneration: nextGeneration(latest, request.transition, deps.newId()),
    hasAiTask: version.hasAiTask,
  };
  return { build, parameters };
}

/** The values of a build; throws 400 for those that are missing or unknown, and for a preset of another version. */
export function decideParameters(
  facts: Pick<BuildFacts, "definitions" | "previous" | "preset" | "presetValues">,
  versionId: string,
  request: Pick<BuildRequest, "presetId" | "parameters">,
): ParameterValue[] {
  if (request.presetId !== undefined && facts.preset[0]?.versionId !== versionId)
    throw invalid("template_version_preset_id", "is no preset of the template version");
  const verdict = nextParameters({
    definitions: facts.definitions,
    previous: facts.previous,
    preset: facts.presetValues,
    requested: request.parameters,
  });
  if (verdict.ok) return verdict.parameters;
  const [first] = verdict.validations;
  throw new ApiError(400, `${first!.field}: ${first!.detail}`, { validations: verdict.validations });
}

/** A job that nobody has taken yet. */
export const emptyBuild = (id: string, now: number) =>
  ({
    id,
    stage: "none",
    status: "pending",
    createdAt: now,
    updatedAt: now,
    priority: peoplesPriority,
  }) as const;

function requireBuildPermission(actor: Actor, ownerId: string, transition: Transition): void {
  if (actor.userId === ownerId || hasPermission(actor, "workspaces:manage-others")) return;
  if (transition === "start")
    throw forbidden("Only the workspace's owner and owners of the deployment may start it.");
  if (!hasPermission(actor, "workspaces:end-others"))
    throw forbidden("Only the workspace's owner and administrators may stop or delete it.");
}
