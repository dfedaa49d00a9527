// Creating, changing and deleting templates, choosing their active version, and the notifications about it.
import type { SQL, Statement } from "../../../db/client.ts";
import { audit, type AuditEntry } from "../../accounts/audit.ts";
import { takenError } from "../../accounts/validation.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import { findKey } from "../../accounts/store/keys.ts";
import { andSql } from "../../accounts/store/manage.ts";
import type { Deps } from "../../kernel/deps.ts";
import { ApiError, conflict, forbidden, invalid, notFound, unauthorized } from "../../kernel/errors.ts";
import {
  notify,
  resolveSituations,
  writeAndNotify,
  type KindAnswers,
  type Notice,
} from "../../notifications/index.ts";
import { templateDeleted, templateDeprecated } from "./template-kinds.ts";
import { problemWithTemplateName } from "./rules/names.ts";
import {
  canManageTemplatesSql,
  findTemplate,
  findTemplateByName,
  insertTemplate,
  whereDeprecationIs,
  templateUnusedSql,
  templateExistsSql,
  templateUndeletedSql,
  updateTemplate,
  type TemplateRow,
  inactivePoolKeysSql,
  resetInactivePools,
} from "./store/templates.ts";
import { adoptVersion, findVersion, versionOfTemplateSql, type VersionRow } from "./store/versions.ts";

export const notAllowedError = () => forbidden("Only owners and template admins can change templates.");

export interface NewTemplate {
  organizationId: string;
  name: string;
  displayName: string;
  description: string;
}

/** Created from a version without a template, which becomes its active one. Throws 400, 403, 404, 409. */
export async function createTemplate(
  deps: Deps,
  actor: Actor,
  input: NewTemplate,
  version: VersionRow | undefined,
): Promise<TemplateRow> {
  const problem = problemWithTemplateName(input.name);
  if (problem !== undefined) throw invalid("name", problem);
  const { organizationId, name } = input;
  if (version === undefined || version.organizationId !== organizationId)
    throw new ApiError(404, "template_version_id: template version not found, or you don't have access.");
  const id = deps.newId();
  const now = deps.now();
  const row = {
    id,
    ...input,
    deprecationMessage: "",
    activeVersionId: version.id,
    createdBy: actor.userId,
    createdAt: now,
    updatedAt: now,
  };
  const entry = { action: "create", detail: { name, version_id: version.id } };
  const { created, namesake, caller, versions } = await deps.db.write(
    [
      insertTemplate(row, andSql(canManageTemplatesSql(actor), versionOfTemplateSql(version.id, null))),
      adoptVersion(version.id, id, now, templateExistsSql(id)),
      auditTemplate(deps, actor, id, entry, templateExistsSql(id)),
    ],
    {
      created: findTemplate(id),
      namesake: findTemplateByName(organizationId, name),
      caller: findKey(actor.keyId),
      versions: findVersion(version.id),
    },
  );
  if (created[0] !== undefined) return created[0];
  if (caller.length === 0) throw unauthorized();
  if (versions[0]!.templateId !== null)
    throw conflict("The version already belongs to a template.", "Create another version for this template.");
  if (namesake.length > 0) throw takenError("name", `Template name "${name}" is already taken.`);
  throw notAllowedError();
}

export interface TemplateChange {
  displayName?: string | undefined;
  description?: string | undefined;
  /** Empty: no longer deprecated. */
  deprecationMessage?: string | undefined;
}

/** Those who have workspaces of it are notified when it is deprecated. Throws 403, 404. */
export async function changeTemplate(
  deps: Deps,
  actor: Actor,
  template: TemplateRow,
  change: TemplateChange,
  before: KindAnswers<typeof templateDeprecated>,
): Promise<TemplateRow> {
  const given = Object.entries(change).filter(
    ([name, value]) => value !== undefined && value !== template[name as keyof TemplateChange],
  );
  if (given.length === 0) return template;
  const wanted = Object.fromEntries(given) as Partial<Record<keyof TemplateChange, string>>;
  const guard = canManageTemplatesSql(actor);
  const message = wanted.deprecationMessage ?? "";
  // Newly deprecated, or with another message.
  const isDeprecation = message !== "" && message !== template.deprecationMessage;
  const deprecation = { template, initiatorId: actor.userId, message, identity: deps.newId() };
  const sameSql = whereDeprecationIs(template.id, template.deprecationMessage);
  return writeTemplate(deps, actor, template, {
    entry: { action: "write", detail: { name: template.name, ...auditDetail(wanted) } },
    guard,
    change: wanted,
    ...(message === "" ? {} : { endsPools: "over" }),
    notices: (when) =>
      isDeprecation
        ? [notify(templateDeprecated.prepare(deps, before, deprecation), { when: andSql(when, sameSql) })]
        : [],
    isDone: (row) => given.every(([name, value]) => row[name as keyof TemplateChange] === value),
  });
}

const auditDetail = ({ displayName, description, deprecationMessage }: TemplateChange) => ({
  ...(displayName === undefined ? {} : { display_name: displayName }),
  ...(description === undefined ? {} : { description }),
  ...(deprecationMessage === undefined ? {} : { deprecation_message: deprecationMessage }),
});

/** Throws 400 for a version of something else, 403, 404. */
export async function activateVersion(
  deps: Deps,
  actor: Actor,
  template: TemplateRow,
  version: VersionRow | undefined,
): Promise<TemplateRow> {
  if (version === undefined) throw notFound("Template version");
  if (version.templateId !== template.id)
    throw invalid("id", `the version "${version.name}" belongs to another template`);
  if (template.activeVersionId === version.id) return template;
  const detail = {
    name: template.name,
    active_version_id: { from: template.activeVersionId, to: version.id },
  };
  return writeTemplate(deps, actor, template, {
    entry: { action: "write", detail },
    guard: andSql(canManageTemplatesSql(actor), versionOfTemplateSql(version.id, template.id)),
    change: { activeVersionId: version.id },
    endsPools: "replaced",
    isDone: (row) => row.activeVersionId === version.id,
  });
}

/** The row stays, for builds that name it; the name is free again. Throws 400 while people have workspaces of it. */
export async function deleteTemplate(
  deps: Deps,
  actor: Actor,
  template: TemplateRow,
  before: KindAnswers<typeof templateDeleted>,
): Promise<void> {
  const initiator = { id: actor.userId, username: actor.username };
  const deleted = templateDeleted.prepare(deps, before, { template, initiator });
  await writeTemplate(deps, actor, template, {
    entry: { action: "delete", detail: { name: template.name } },
    guard: andSql(canManageTemplatesSql(actor), templateUnusedSql(template.id)),
    change: { deletedAt: deps.now() },
    endsPools: "over",
    notices: (when) => [notify(deleted, { when })],
    isDone: (row) => row.deletedAt !== null,
  });
}

interface TemplateWrite {
  entry: TemplateEntry;
  /** What must hold at the moment of the write. */
  guard: SQL;
  change: Parameters<typeof updateTemplate>[1];
  /** `when` is the caller's guard, and the template exists. */
  notices?: (when: SQL) => readonly Notice[];
  /** Pools may have become inactive: how what was the matter with them ended. */
  endsPools?: "replaced" | "over";
  isDone: (row: TemplateRow) => boolean;
}
type TemplateEntry = Pick<AuditEntry, "action" | "detail">;

/** One write; the audit entry and the notices come first, while their guards still mean what was before. */
async function writeTemplate(
  deps: Deps,
  actor: Actor,
  template: TemplateRow,
  step: TemplateWrite,
): Promise<TemplateRow> {
  const { entry, guard, change, notices, endsPools, isDone } = step;
  const { id } = template;
  const now = deps.now();
  const existing = andSql(guard, templateUndeletedSql(id));
  const { row, caller } = await writeAndNotify(
    deps,
    [
      auditTemplate(deps, actor, id, entry, existing),
      ...(notices?.(existing) ?? []),
      updateTemplate(id, change, now, guard),
      ...(endsPools === undefined ? [] : poolEndings(deps, actor, id, endsPools)),
    ],
    { row: findTemplate(id), caller: findKey(actor.keyId) },
  );
  const after = row[0];
  if (after !== undefined && isDone(after)) return after;
  if (caller.length === 0) throw unauthorized();
  if (after === undefined || after.deletedAt !== null) throw notFound("Template");
  if (entry.action === "delete" && after.userCount > 0)
    throw new ApiError(400, "The template still has workspaces.", {
      detail: "Delete the workspaces first, or deprecate the template instead.",
    });
  throw notAllowedError();
}

/** By what the template is at this point of the write. */
const poolEndings = (deps: Deps, { userId }: Actor, id: string, how: "replaced" | "over") => [
  resolveSituations({
    keys: inactivePoolKeysSql(id),
    at: deps.now(),
    how,
    by: userId,
    closes: true,
    when: templateExistsSql(id),
  }),
  resetInactivePools(id),
];

const auditTemplate = (deps: Deps, actor: Actor, id: string, entry: TemplateEntry, when: SQL): Statement =>
  audit(deps, { ...entry, actorId: actor.userId, resourceType: "template", resourceId: id }, when);
