// What template admins do to pools: pause reconciliation, resume a pool after failures, invalidate a template's prebuilds.
import { audit } from "../../accounts/audit.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import { findKey } from "../../accounts/store/keys.ts";
import type { Deps } from "../../kernel/deps.ts";
import { unauthorized, notFound } from "../../kernel/errors.ts";
import { resolveSituations, situationKey, writeAndNotify } from "../../notifications/index.ts";
import { notAllowedError } from "../../workspaces/templates/templates.ts";
import { isNormalSql } from "./store/changes.ts";
import { requestReconciliation } from "./reconcile.ts";
import {
  readPrebuildSettings,
  writePrebuildSettings,
  type PrebuildSettings,
  findPool,
  resumePreset,
  type PoolPreset,
  readGuard,
  invalidatePresets,
  listInvalidated,
} from "./store/pool-control.ts";
import type { Answers } from "../../../db/client.ts";
import { findTemplate, canManageTemplatesSql } from "../../workspaces/templates/store/templates.ts";

/** Throws 401, 403. */
export async function savePrebuildSettings(
  deps: Deps,
  actor: Actor,
  wanted: PrebuildSettings,
): Promise<void> {
  const guard = canManageTemplatesSql(actor);
  const entry = {
    actorId: actor.userId,
    action: "write",
    resourceType: "prebuilds_settings" as const,
    resourceId: null,
    detail: { ...wanted },
  };
  const { settings, caller } = await deps.db.write(
    [audit(deps, entry, guard), writePrebuildSettings(wanted, deps.now(), guard)],
    { settings: readPrebuildSettings(), caller: findKey(actor.keyId) },
  );
  if (settings[0]?.value !== JSON.stringify(wanted))
    throw caller.length === 0 ? unauthorized() : notAllowedError();
  if (!wanted.reconciliation_paused) requestReconciliation(deps);
}

/** Before a run that a person asked for. */
export async function auditRun(deps: Deps, actor: Actor): Promise<void> {
  const entry = {
    actorId: actor.userId,
    action: "reconcile",
    resourceType: "prebuilds_settings" as const,
    resourceId: null,
  };
  await deps.db.write([audit(deps, entry, canManageTemplatesSql(actor))], {});
}

/** Starts a run after the answer. */
export async function requestRun(deps: Deps, actor: Actor): Promise<void> {
  await auditRun(deps, actor);
  requestReconciliation(deps);
}

/** Throws 401, 403, 404 for a preset without prebuilds. */
export async function resumePool(
  deps: Deps,
  actor: Actor,
  preset: PoolPreset | undefined,
): Promise<PoolPreset> {
  if (preset === undefined || preset.desiredInstances === null) throw notFound("Preset with prebuilds");
  const now = deps.now();
  const guard = canManageTemplatesSql(actor);
  const entry = {
    actorId: actor.userId,
    action: "resume",
    resourceType: "template_preset" as const,
    resourceId: preset.id,
    detail: { name: preset.name, template: preset.templateName, prebuild_status: preset.status },
  };
  const ended = resolveSituations({
    keys: [situationKey("pool", preset.id)],
    at: now,
    how: "resumed",
    closes: true,
    by: actor.userId,
    when: isNormalSql(preset.id),
  });
  const { resumed, caller } = await writeAndNotify(
    deps,
    [audit(deps, entry, guard), resumePreset(preset.id, now, guard), ended],
    { resumed: findPool(preset.id), caller: findKey(actor.keyId) },
  );
  const [row] = resumed;
  if (row === undefined || row.forgivenAt === null || row.forgivenAt < now)
    throw caller.length === 0 ? unauthorized() : notAllowedError();
  requestReconciliation(deps);
  return row;
}

export const invalidationReads = (templateId: string) => ({ template: findTemplate(templateId) });

/** Returns the presets of the active version. Throws 401, 403, 404 for a template that is deleted. */
export async function invalidatePrebuilds(
  deps: Deps,
  actor: Actor,
  { template }: Answers<ReturnType<typeof invalidationReads>>,
) {
  const [found] = template;
  if (found === undefined || found.deletedAt !== null) throw notFound("Template");
  const now = deps.now();
  const guard = canManageTemplatesSql(actor);
  const entry = {
    actorId: actor.userId,
    action: "invalidate_prebuilds",
    resourceType: "template" as const,
    resourceId: found.id,
    detail: { name: found.name, version: found.activeVersionName },
  };
  const { invalidated, caller, state } = await deps.db.write(
    [audit(deps, entry, guard), invalidatePresets(found.id, now, guard)],
    { invalidated: listInvalidated(found.id, now), caller: findKey(actor.keyId), state: readGuard(guard) },
  );
  if (state[0]?.isAllowed !== 1) throw caller.length === 0 ? unauthorized() : notAllowedError();
  requestReconciliation(deps);
  return invalidated;
}
