// A new workspace and its first build: the plan, its statements and events, and the error when it was not created.
// The room of prebuilds composes these with a claim.
import type { Answers, SQL, Statement } from "../../../db/client.ts";
import type { KeyedRequest } from "../../../db/idempotency.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import { hasPermission } from "../../accounts/rules/permissions.ts";
import type { UserRow } from "../../accounts/store/users.ts";
import type { Deps } from "../../kernel/deps.ts";
import { takenError } from "../../accounts/validation.ts";
import { ApiError, forbidden, invalid, unauthorized } from "../../kernel/errors.ts";
import { decideParameters, emptyBuild } from "./decide-build.ts";
import { workspaceCreated } from "./build-kinds.ts";
import { nextStart } from "../autostart/rules/autostart.ts";
import { matchingPreset, nextGeneration, nextNumber, type ParameterValue } from "./rules/next-build.ts";
import type { BuildRow } from "./store/build-view.ts";
import {
  findBuildById,
  findPreset,
  findVersion,
  insertBuild,
  whereLatestBuildUnchanged,
  listCandidatePresets,
  listDefinitions,
  listPresetValues,
  type NewBuild,
  buildExistsSql,
  workspaceIdByBuildSql,
} from "./store/builds.ts";
import {
  findNamesake,
  findTemplate,
  insertWorkspace,
  templateIdForSql,
  versionIdForSql,
  type NewWorkspace,
} from "./store/workspaces.ts";
import { audit } from "../../accounts/audit.ts";
import { notify, type StatementOrNotice } from "../../notifications/index.ts";

export interface WorkspaceRequest {
  name: string;
  templateId: string | undefined;
  versionId: string | undefined;
  presetId: string | undefined;
  parameters: readonly ParameterValue[];
  automaticUpdates: "always" | "never";
  /** A valid schedule; null or left out: no autostart. */
  autostartSchedule?: string | null;
  /** Where the caller may send it again. */
  keyed?: KeyedRequest | undefined;
}

/** What a new workspace depends on; one read. */
export const workspaceReads = ({ templateId, versionId, presetId }: WorkspaceRequest) => {
  const version: SQL = versionIdForSql(templateId, versionId);
  return {
    template: findTemplate(templateIdForSql(templateId, versionId)),
    version: findVersion(version),
    definitions: listDefinitions(version),
    preset: findPreset(presetId),
    presetValues: listPresetValues(presetId),
    candidates: listCandidatePresets(version, presetId),
    ...workspaceCreated.reads(),
  };
};
export type WorkspaceAnswers = Answers<ReturnType<typeof workspaceReads>>;

/** A request whose parameters are those of a preset is one for that preset, and its pool. */
export function withMatchingPreset<
  State extends Pick<WorkspaceAnswers, "candidates" | "preset" | "presetValues">,
>(before: State, request: WorkspaceRequest): { before: State; request: WorkspaceRequest } {
  const presets = before.candidates.map((row) => ({
    ...row,
    values: JSON.parse(row.values) as ParameterValue[],
  }));
  const match = matchingPreset(presets, request.parameters);
  if (request.presetId !== undefined || match === undefined) return { before, request };
  const { values: presetValues, ...preset } = match;
  return {
    before: { ...before, preset: [preset], presetValues },
    request: { ...request, presetId: preset.id },
  };
}

export interface WorkspacePlan {
  workspace: NewWorkspace;
  build: NewBuild;
  parameters: ParameterValue[];
}

/** Throws 403, and 400 that names the member. */
export function decideWorkspace(
  deps: Deps,
  actor: Actor,
  owner: UserRow,
  before: WorkspaceAnswers,
  request: WorkspaceRequest,
): WorkspacePlan {
  if (owner.id !== actor.userId && !hasPermission(actor, "workspaces:manage-others"))
    throw forbidden("Only owners can create workspaces for other users.");
  if (owner.isSystem) throw forbidden("Workspaces can't be created for system users.");
  const { template, version } = requireTemplateVersion(before, request);
  const parameters = decideParameters({ ...before, previous: [] }, version.id, request);
  const now = deps.now();
  const workspace = {
    id: deps.newId(),
    ownerId: owner.id,
    organizationId: template.organizationId,
    templateId: template.id,
    name: request.name,
    automaticUpdates: request.automaticUpdates,
    autostartSchedule: request.autostartSchedule ?? null,
    nextStartAt: nextStart(request.autostartSchedule ?? null, now),
    createdAt: now,
    updatedAt: now,
    lastUsedAt: now,
  };
  const build = {
    ...emptyBuild(deps.newId(), now),
    workspaceId: workspace.id,
    number: nextNumber(undefined),
    versionId: version.id,
    presetId: request.presetId ?? null,
    transition: "start" as const,
    reason: "initiator" as const,
    initiatorId: actor.userId,
    agentGeneration: nextGeneration(undefined, "start", deps.newId()),
    hasAiTask: version.hasAiTask,
  };
  return { workspace, build, parameters };
}

/** Nothing is created when the name is taken, or when the template no longer takes new workspaces. */
export const insertPlannedWorkspace = (
  { workspace, build, parameters }: WorkspacePlan,
  when: SQL,
): Statement[] => [
  ...insertWorkspace(workspace, when),
  ...insertBuild(build, parameters, whereLatestBuildUnchanged(workspace.id, null)),
];

/** What a write of the plan has left. */
export const plannedWorkspaceReads = ({ workspace, build }: WorkspacePlan) => ({
  created: findBuildById(build.id),
  namesake: findNamesake(workspace.ownerId, workspace.name),
  templateAfter: findTemplate(workspace.templateId),
});

/** The plan's build; throws 409 for a name that is taken, 400 for a template that was deleted meanwhile, 401. */
export function requireCreated(
  { created, namesake, templateAfter }: Answers<ReturnType<typeof plannedWorkspaceReads>>,
  before: WorkspaceAnswers,
  request: WorkspaceRequest,
): BuildRow {
  if (created[0] !== undefined) return created[0];
  if (namesake.length > 0) throw takenError("name", `Workspace name "${request.name}" is already taken.`);
  requireTemplateVersion({ ...before, template: templateAfter }, request);
  throw unauthorized();
}

/** The template and version of the new workspace; throws 400 when one is missing or deprecated. */
function requireTemplateVersion(
  { template, version }: Pick<WorkspaceAnswers, "template" | "version">,
  request: WorkspaceRequest,
) {
  const [foundTemplate] = template;
  const [foundVersion] = version;
  if (request.templateId === undefined && (foundVersion === undefined || foundVersion.templateId === null))
    throw invalid("template_version_id", "must be a version of a template");
  if (foundTemplate === undefined || foundTemplate.deletedAt !== null)
    throw invalid("template_id", `template "${request.templateId ?? foundVersion!.templateId}" not found`);
  if (foundTemplate.deprecationMessage !== "") {
    throw new ApiError(
      400,
      `Template "${foundTemplate.name}" is deprecated: new workspaces can't be created from it.`,
      {
        detail: foundTemplate.deprecationMessage,
        validations: [{ field: "template_id", detail: "this template is deprecated" }],
      },
    );
  }
  if (foundVersion === undefined || foundVersion.templateId !== foundTemplate.id)
    throw invalid("template_version_id", `must be a version of the template "${foundTemplate.name}"`);
  return { template: foundTemplate, version: foundVersion };
}

/**
 * Comes after the statements that create the planned build. A claimed workspace keeps its id, which is unknown until then.
 */
export function creationEvents(
  deps: Deps,
  { actor, owner }: { actor: Actor; owner: UserRow },
  before: WorkspaceAnswers,
  request: WorkspaceRequest,
  { workspace, build }: WorkspacePlan,
): StatementOrNotice[] {
  const [template] = before.template;
  const [version] = before.version;
  const event = workspaceCreated.prepare(deps, before, {
    buildId: build.id,
    workspace: { id: workspace.id, name: workspace.name },
    template: { id: template!.id, name: template!.name },
    version: { id: version!.id, name: version!.name },
    organizationId: workspace.organizationId,
    owner: { id: owner.id, username: owner.username, name: owner.name, email: owner.email },
    initiator: { id: actor.userId, username: actor.username },
    parameters: request.parameters,
    definitions: before.definitions,
  });
  const isCreatedSql = buildExistsSql(build.id);
  const realId = workspaceIdByBuildSql(build.id);
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
    audit(deps, entry, isCreatedSql),
    notify(event, { when: isCreatedSql, target: { planned: workspace.id, found: realId } }),
  ];
}
