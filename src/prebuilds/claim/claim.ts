// Claims a prebuilt workspace of the preset's pool, or creates a new workspace when none is ready.
import {
  areHeldSql,
  claimKeys,
  claimsOf,
  findClaimed,
  freeKeysUnless,
  type StoredKey,
} from "../../../db/idempotency.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import { keyExistsSql } from "../../accounts/store/keys.ts";
import { andSql } from "../../accounts/store/manage.ts";
import type { UserRow } from "../../accounts/store/users.ts";
import type { Deps } from "../../kernel/deps.ts";
import { notFound, matchingKey } from "../../kernel/errors.ts";
import { writeAndNotify } from "../../notifications/index.ts";
import {
  requireCreated,
  insertPlannedWorkspace,
  decideWorkspace,
  plannedWorkspaceReads,
  withMatchingPreset,
  type WorkspaceAnswers,
  type WorkspaceRequest,
  creationEvents,
} from "../../workspaces/builds/create-workspace.ts";
import type { BuildRow } from "../../workspaces/builds/store/build-view.ts";
import { buildExistsSql, findBuildById } from "../../workspaces/builds/store/builds.ts";
import { requestReconciliation } from "../reconcile/reconcile.ts";
import { claimReadyPrebuild, type ClaimablePool } from "./store/claim.ts";

export interface CreatedWorkspace {
  row: BuildRow;
  /** An earlier request with the same idempotency key created it. */
  replayed: boolean;
}

/**
 * One write. It picks a prebuild that is ready at that moment, so concurrent claims get different ones; when none is ready, the
 * same write creates a new workspace. Throws 403, 400 that names the field, 409 for a taken name, 422 for a key of another
 * request.
 */
export async function claimOrCreate(
  deps: Deps,
  actor: Actor,
  owner: UserRow,
  known: WorkspaceAnswers,
  asked: WorkspaceRequest,
): Promise<CreatedWorkspace> {
  const { before, request } = withMatchingPreset(known, asked);
  const plan = decideWorkspace(deps, actor, owner, before, request);
  const claims = claimsOf(request.keyed, plan.build.id, deps.now());
  const guard = andSql(keyExistsSql(actor.keyId), areHeldSql(claims));
  const pool = poolOf(before, request, plan.build.createdAt);
  const claim = pool === undefined ? [] : claimReadyPrebuild(plan, pool, guard);
  const creation = creationEvents(deps, { actor, owner }, before, request, plan);
  const { claimed, ...state } = await writeAndNotify(
    deps,
    [
      ...claimKeys(claims),
      ...claim,
      ...insertPlannedWorkspace(plan, guard),
      ...creation,
      ...freeKeysUnless(claims, buildExistsSql(plan.build.id)),
    ],
    { ...plannedWorkspaceReads(plan), claimed: findClaimed(claims) },
  );
  const earlier = matchingKey(request.keyed, claimed[0]);
  if (earlier !== undefined && earlier.subjectId !== plan.build.id) return readPreviousResult(deps, earlier);
  const created = requireCreated(state, before, request);
  deps.process.jobs.wake();
  if (created.build.stage === "claim") requestReconciliation(deps);
  return { row: created, replayed: false };
}

/** The current state of the workspace that an earlier request with the same key created. */
export async function readPreviousResult(deps: Deps, { subjectId }: StoredKey): Promise<CreatedWorkspace> {
  const { build } = await deps.db.read({ build: findBuildById(subjectId) });
  if (build[0] === undefined) throw notFound("Workspace");
  return { row: build[0], replayed: true };
}

/** Undefined without a preset, and for one without prebuilds. */
function poolOf(before: WorkspaceAnswers, request: WorkspaceRequest, now: number): ClaimablePool | undefined {
  const [preset] = before.preset;
  if (preset === undefined || preset.desiredInstances === null) return undefined;
  return {
    presetId: preset.id,
    freshSince: Math.max(
      preset.ttlSeconds ? now - preset.ttlSeconds * 1_000 : 0,
      (preset.lastInvalidatedAt ?? -1) + 1,
    ),
    chosen: [...before.presetValues, ...request.parameters].map(({ name }) => name),
  };
}
