// Marks the drift of a version and preset as fixed: claims until now no longer count, the situation is resolved, and the next
// claim that replaces resources is new and notifies. The counter for Prometheus goes on: counters don't go back.
import { audit } from "../../accounts/audit.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import { findKey } from "../../accounts/store/keys.ts";
import type { Deps } from "../../kernel/deps.ts";
import { notFound, unauthorized } from "../../kernel/errors.ts";
import { resolveSituations, situationKey, writeAndNotify } from "../../notifications/index.ts";
import { canManageTemplatesSql } from "../../workspaces/templates/store/templates.ts";
import { notAllowedError } from "../../workspaces/templates/templates.ts";
import { findDriftPreset, isFixedAtSql, setDriftFixed, type DriftPreset } from "./store/drift.ts";

/** Claims of one version and preset that replace resources are one situation. */
export const driftKey = (versionId: string, presetId: string): string =>
  situationKey("drift", versionId, presetId);

/** Throws 401, 403, 404. */
export async function markDriftFixed(
  deps: Deps,
  actor: Actor,
  preset: DriftPreset | undefined,
): Promise<DriftPreset> {
  if (preset === undefined) throw notFound("Preset");
  const now = deps.now();
  const guard = canManageTemplatesSql(actor);
  const entry = {
    actorId: actor.userId,
    action: "mark_drift_fixed",
    resourceType: "template_preset" as const,
    resourceId: preset.id,
    detail: { name: preset.name, template: preset.templateName, version: preset.versionName },
  };
  const ended = resolveSituations({
    keys: [driftKey(preset.versionId, preset.id)],
    at: now,
    closes: true,
    how: "marked_fixed",
    by: actor.userId,
    when: isFixedAtSql(preset.id, now),
  });
  const { marked, caller } = await writeAndNotify(
    deps,
    [audit(deps, entry, guard), setDriftFixed(preset.id, now, guard), ended],
    { marked: findDriftPreset(preset.id), caller: findKey(actor.keyId) },
  );
  const [row] = marked;
  if (row === undefined || row.fixedAt === null || row.fixedAt < now)
    throw caller.length === 0 ? unauthorized() : notAllowedError();
  return row;
}
