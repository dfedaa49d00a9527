// Somebody says that what made a pool's builds fail is mended: its failures count no more, and it is filled again. The API
// calls it.
import { audit } from "../../accounts/audit.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import { findKey } from "../../accounts/store/keys.ts";
import type { Deps } from "../../kernel/deps.ts";
import { notFound, unauthorized } from "../../kernel/errors.ts";
import { mayStillManageTemplates } from "../../workspaces/builds/store/guards.ts";
import { notAllowed } from "../../workspaces/templates/templates.ts";
import { nudgePools } from "./nudge.ts";
import { findPool, resumePreset, type PoolPreset } from "./store/resume.ts";

/** Throws 401, 403, 404 for a preset that keeps no pool. */
export async function resumePool(
  deps: Deps,
  actor: Actor,
  preset: PoolPreset | undefined,
): Promise<PoolPreset> {
  if (preset === undefined || preset.desiredInstances === null) throw notFound("Preset with a pool");
  const now = deps.now();
  const guard = mayStillManageTemplates(actor);
  const deed = {
    actorId: actor.userId,
    action: "resume",
    resourceType: "template_preset" as const,
    resourceId: preset.id,
    detail: { name: preset.name, template: preset.templateName, prebuild_status: preset.status },
  };
  const { resumed, caller } = await deps.db.write(
    [audit(deps, deed, guard), resumePreset(preset.id, now, guard)],
    { resumed: findPool(preset.id), caller: findKey(actor.keyId) },
  );
  const [row] = resumed;
  if (row === undefined || row.forgivenAt === null || row.forgivenAt < now)
    throw caller.length === 0 ? unauthorized() : notAllowed();
  nudgePools(deps);
  return row;
}
