// Creating a version of a template, with its parameters and presets.
import type { Statement } from "../../../db/client.ts";
import { audit } from "../../accounts/audit.ts";
import { takenError } from "../../accounts/validation.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import { findKey } from "../../accounts/store/keys.ts";
import { andSql } from "../../accounts/store/manage.ts";
import type { Deps } from "../../kernel/deps.ts";
import { ApiError, invalid, notFound, unauthorized } from "../../kernel/errors.ts";
import { storedRules } from "./rules/parameter-values.ts";
import { makeVersionName, problemWithVersionName } from "./rules/names.ts";
import { problemsOfVersion, type ParameterInput, type PresetInput } from "./rules/version-check.ts";
import { fileExists, findFile } from "./store/files.ts";
import { mayStillManageTemplates, findTemplate, templateIsThere } from "./store/templates.ts";
import { notAllowed } from "./templates.ts";
import {
  insertPresets,
  type NewPreset,
  findVersion,
  findVersionByName,
  insertParameters,
  insertVersion,
  versionExists,
  type VersionRow,
} from "./store/versions.ts";

export interface NewVersion {
  organizationId: string;
  /** Null: a template is made from it afterwards. */
  templateId: string | null;
  /** One is made up when it is left out. */
  name: string | undefined;
  message: string;
  fileId: string | null;
  hasAiTask: boolean;
  parameters: (ParameterInput & { description: string; sensitive: boolean })[];
  presets: PresetInput[];
}

/** How often a name is made up before it is a taken one. */
const mostNames = 3;

/** Throws 400 with the path of each member that is wrong, 403, 404, 409 for a name that the template has already. */
export async function createVersion(deps: Deps, actor: Actor, input: NewVersion): Promise<VersionRow> {
  requireGoodVersion(input);
  for (let tries = 1; ; tries += 1) {
    const name = input.name ?? makeVersionName(threeChances());
    const made = await write(deps, actor, { ...input, name });
    if (made !== undefined) return made;
    if (input.name !== undefined || tries === mostNames)
      throw takenError("name", `The template has a version "${name}" already.`);
  }
}

function requireGoodVersion(input: NewVersion): void {
  const problem = input.name === undefined ? undefined : problemWithVersionName(input.name);
  if (problem !== undefined) throw invalid("name", problem);
  const validations = problemsOfVersion(input);
  if (validations.length === 0) return;
  const [first] = validations;
  throw new ApiError(
    400,
    validations.length === 1
      ? `${first!.field}: ${first!.detail}`
      : "The version's parameters and presets don't fit together.",
    { validations },
  );
}

function threeChances(): [number, number, number] {
  const [a, b, c] = crypto.getRandomValues(new Uint32Array(3)) as unknown as [number, number, number];
  return [a / 2 ** 32, b / 2 ** 32, c / 2 ** 32];
}

/** Undefined when the name is taken. */
async function write(
  deps: Deps,
  actor: Actor,
  input: NewVersion & { name: string },
): Promise<VersionRow | undefined> {
  const id = deps.newId();
  const { templateId, fileId, name } = input;
  const guard = andSql(
    mayStillManageTemplates(actor),
    ...(templateId === null ? [] : [templateIsThere(templateId)]),
    ...(fileId === null ? [] : [fileExists(fileId)]),
  );
  const { made, caller, template, file, namesake } = await deps.db.write(
    [
      insertVersion(rowOf(deps, actor, id, input), guard),
      ...insertParameters(
        id,
        input.parameters.map(({ rules, ...parameter }) => ({ ...parameter, rules: storedRules(rules) })),
      ),
      ...insertPresets(
        id,
        input.presets.map((preset) => presetOf(deps, id, preset)),
      ),
      noteVersion(deps, actor, id, input),
    ],
    {
      made: findVersion(id),
      caller: findKey(actor.keyId),
      template: findTemplate(templateId ?? ""),
      file: findFile(fileId ?? ""),
      namesake: findVersionByName(templateId ?? "", name),
    },
  );
  if (made[0] !== undefined) return made[0];
  if (caller.length === 0) throw unauthorized();
  if (templateId !== null && (template[0] === undefined || template[0].deletedAt !== null))
    throw notFound("Template");
  if (fileId !== null && file.length === 0) throw notFound("File");
  if (namesake.length > 0) return undefined;
  throw notAllowed();
}

function rowOf(deps: Deps, actor: Actor, id: string, input: NewVersion & { name: string }) {
  const { organizationId, templateId, name, message, fileId, hasAiTask } = input;
  const now = deps.now();
  const by = { createdBy: actor.userId, createdAt: now, updatedAt: now };
  return { id, organizationId, templateId, name, message, fileId, hasAiTask, ...by };
}

function presetOf(deps: Deps, versionId: string, preset: PresetInput): NewPreset {
  const { name, isDefault, parameters, prebuilds } = preset;
  return {
    row: {
      id: deps.newId(),
      versionId,
      name,
      isDefault,
      desiredInstances: prebuilds?.instances ?? null,
      ttlSeconds: prebuilds?.ttlSeconds ?? null,
      schedulingTimezone: prebuilds?.scheduling?.timezone ?? null,
      createdAt: deps.now(),
    },
    parameters,
    schedules: prebuilds?.scheduling?.schedule ?? [],
  };
}

function noteVersion(
  deps: Deps,
  actor: Actor,
  id: string,
  { name, templateId, fileId, parameters, presets }: NewVersion & { name: string },
): Statement {
  const detail = {
    name,
    template_id: templateId,
    file_id: fileId,
    parameters: parameters.map((parameter) => parameter.name),
    presets: presets.map((preset) => preset.name),
  };
  return audit(
    deps,
    {
      actorId: actor.userId,
      action: "create",
      resourceType: "template_version",
      resourceId: id,
      detail,
    },
    versionExists(id),
  );
}
