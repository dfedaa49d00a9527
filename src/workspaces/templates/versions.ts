// Creating a version of a template, with its parameters and presets.
import type { Statement } from "../../../db/client.ts";
import { audit } from "../../accounts/audit.ts";
import { takenError } from "../../accounts/validation.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import { findKey } from "../../accounts/store/keys.ts";
import { andSql } from "../../accounts/store/manage.ts";
import type { Deps } from "../../kernel/deps.ts";
import { ApiError, invalid, notFound, unauthorized } from "../../kernel/errors.ts";
import { formatRules } from "./rules/parameter-values.ts";
import { generateVersionName, problemWithVersionName } from "./rules/names.ts";
import { checkVersion, type ParameterInput, type PresetInput } from "./rules/version-check.ts";
import { fileExistsSql, findFile } from "./store/files.ts";
import { canManageTemplatesSql, findTemplate, templateUndeletedSql } from "./store/templates.ts";
import { notAllowedError } from "./templates.ts";
import {
  insertPresets,
  type NewPreset,
  findVersion,
  findVersionByName,
  insertParameters,
  insertVersion,
  versionExistsSql,
  type VersionRow,
} from "./store/versions.ts";

export interface NewVersion {
  organizationId: string;
  /** Null: a template is created from it afterwards. */
  templateId: string | null;
  /** Generated when left out. */
  name: string | undefined;
  message: string;
  fileId: string | null;
  hasAiTask: boolean;
  parameters: (ParameterInput & { description: string; sensitive: boolean })[];
  presets: PresetInput[];
}

/** Generated names that are attempted before the request fails. */
const maxAttempts = 3;

/** Throws 400 with the path of each member that is wrong, 403, 404, 409 for a name that the template has already. */
export async function createVersion(deps: Deps, actor: Actor, input: NewVersion): Promise<VersionRow> {
  requireValidVersion(input);
  for (let tries = 1; ; tries += 1) {
    const name = input.name ?? generateVersionName(randomTriple());
    const created = await write(deps, actor, { ...input, name });
    if (created !== undefined) return created;
    if (input.name !== undefined || tries === maxAttempts)
      throw takenError("name", `Version name "${name}" is already taken.`);
  }
}

function requireValidVersion(input: NewVersion): void {
  const problem = input.name === undefined ? undefined : problemWithVersionName(input.name);
  if (problem !== undefined) throw invalid("name", problem);
  const validations = checkVersion(input);
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

function randomTriple(): [number, number, number] {
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
    canManageTemplatesSql(actor),
    ...(templateId === null ? [] : [templateUndeletedSql(templateId)]),
    ...(fileId === null ? [] : [fileExistsSql(fileId)]),
  );
  const { created, caller, template, file, namesake } = await deps.db.write(
    [
      insertVersion(versionRow(deps, actor, id, input), guard),
      ...insertParameters(
        id,
        input.parameters.map(({ rules, ...parameter }) => ({ ...parameter, rules: formatRules(rules) })),
      ),
      ...insertPresets(
        id,
        input.presets.map((preset) => presetRow(deps, id, preset)),
      ),
      auditVersion(deps, actor, id, input),
    ],
    {
      created: findVersion(id),
      caller: findKey(actor.keyId),
      template: findTemplate(templateId ?? ""),
      file: findFile(fileId ?? ""),
      namesake: findVersionByName(templateId ?? "", name),
    },
  );
  if (created[0] !== undefined) return created[0];
  if (caller.length === 0) throw unauthorized();
  if (templateId !== null && (template[0] === undefined || template[0].deletedAt !== null))
    throw notFound("Template");
  if (fileId !== null && file.length === 0) throw notFound("File");
  if (namesake.length > 0) return undefined;
  throw notAllowedError();
}

function versionRow(deps: Deps, actor: Actor, id: string, input: NewVersion & { name: string }) {
  const { organizationId, templateId, name, message, fileId, hasAiTask } = input;
  const now = deps.now();
  const by = { createdBy: actor.userId, createdAt: now, updatedAt: now };
  return { id, organizationId, templateId, name, message, fileId, hasAiTask, ...by };
}

function presetRow(deps: Deps, versionId: string, preset: PresetInput): NewPreset {
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

function auditVersion(
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
    versionExistsSql(id),
  );
}
