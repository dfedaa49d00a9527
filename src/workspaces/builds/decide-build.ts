// What a build request needs to be read, and the build and parameters that follow from it.
import type { Answers, SQL } from "../../../db/client.ts";
import type { KeyedRequest } from "../../../db/idempotency.ts";
import type { BuildReason, Transition } from "../../../db/schema.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import type { Deps } from "../../kernel/deps.ts";
import { ApiError, conflict, forbidden, invalid, notFound } from "../../kernel/errors.ts";
import { isActive } from "../jobs/rules/job.ts";
import { workspaceUpdated } from "./build-kinds.ts";
import { canBuild } from "./rules/workspace-actions.ts";
import { nextGeneration, nextNumber, nextParameters, type ParameterValue } from "./rules/next-build.ts";
import {
  findPreset,
  findVersion,
  listDefinitions,
  listLatestValues,
  listPresetValues,
  nextVersionIdSql,
  type NewBuild,
} from "./store/builds.ts";
import { findWorkspace } from "./store/workspaces.ts";

export interface BuildRequest {
  transition: Transition;
  versionId?: string | undefined;
  presetId?: string | undefined;
  parameters: readonly ParameterValue[];
  reason?: BuildReason;
  /** End the workspace without its provisioner; its resources stay. */
  orphan?: boolean;
  /** A stop that a start follows. */
  restarts?: boolean;
  /** Where the caller may send it again. */
  keyed?: KeyedRequest | undefined;
}

/** What the next build of a workspace depends on; one read. */
export const buildReads = (workspaceId: SQL | string, self: SQL, request: BuildRequest) => {
  const versionId = nextVersionIdSql(workspaceId, request.versionId);
  return {
    workspace: findWorkspace(workspaceId, self),
    version: findVersion(versionId),
    definitions: listDefinitions(versionId),
    previous: listLatestValues(workspaceId),
    preset: findPreset(request.presetId),
    presetValues: listPresetValues(request.presetId),
    ...workspaceUpdated.reads(workspaceId),
  };
};
export type BuildAnswers = Answers<ReturnType<typeof buildReads>>;

/** People's builds come first, then deletions and creations of pools. */
export const userBuildPriority = 0;

/** Throws 404, 403, 400 that names the member, and 409 while another build is in progress. */
export function decideBuild(
  deps: Deps,
  actor: Actor,
  before: BuildAnswers,
  request: BuildRequest,
  id: string,
) {
  const found = before.workspace[0];
  if (found === undefined) throw notFound("Workspace");
  const { workspace, build: latest } = found;
  requireBuildPermission(actor, workspace.ownerId, request.restarts ? "start" : request.transition);
  if (isActive(latest.status)) {
    throw conflict(
      `Build ${latest.number} of the workspace (${latest.transition}) is ${latest.status}.`,
      "Wait for it, or cancel it on its page or with belfry workspaces cancel.",
    );
  }
  if (request.restarts && !(latest.transition === "start" && latest.status === "succeeded"))
    throw conflict("The workspace is not running.", "Start it.");
  const version = before.version[0];
  if (version === undefined || version.templateId !== workspace.templateId)
    throw invalid("template_version_id", "must be a version of the workspace's template");
  const parameters = decideParameters(before, version.id, request);
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
    restarts: request.restarts === true,
  };
  return { build, parameters };
}

/** The values of a build; throws 400 for those that are missing or unknown, and for a preset of another version. */
export function decideParameters(
  before: Pick<BuildAnswers, "definitions" | "previous" | "preset" | "presetValues">,
  versionId: string,
  request: Pick<BuildRequest, "presetId" | "parameters">,
): ParameterValue[] {
  if (request.presetId !== undefined && before.preset[0]?.versionId !== versionId)
    throw invalid("template_version_preset_id", "must be a preset of the template version");
  const verdict = nextParameters({
    definitions: before.definitions,
    previous: before.previous,
    preset: before.presetValues,
    requested: request.parameters,
  });
  if (verdict.ok) return verdict.parameters;
  const [first] = verdict.validations;
  throw new ApiError(400, `${first!.field}: ${first!.detail}`, { validations: verdict.validations });
}

/** A queued job. */
export const emptyBuild = (id: string, now: number) =>
  ({
    id,
    stage: "none",
    status: "pending",
    createdAt: now,
    updatedAt: now,
    priority: userBuildPriority,
  }) as const;

function requireBuildPermission(actor: Actor, ownerId: string, transition: Transition): void {
  if (canBuild(actor, ownerId, transition)) return;
  throw forbidden(
    transition === "start"
      ? "Only the workspace's owner and deployment owners can start it."
      : "Only the workspace's owner, deployment owners and template admins can stop or delete it.",
  );
}
