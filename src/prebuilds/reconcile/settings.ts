// Pausing the passes over the pools, and letting them go on. The API calls it.
import { audit } from "../../accounts/audit.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import { findKey } from "../../accounts/store/keys.ts";
import type { Deps } from "../../kernel/deps.ts";
import { unauthorized } from "../../kernel/errors.ts";
import { mayStillManageTemplates } from "../../workspaces/builds/store/guards.ts";
import { notAllowed } from "../../workspaces/templates/templates.ts";
import { nudgePools } from "./nudge.ts";
import { readPrebuildSettings, writePrebuildSettings, type PrebuildSettings } from "./store/settings.ts";

/** Throws 401, 403. */
export async function savePrebuildSettings(
  deps: Deps,
  actor: Actor,
  wanted: PrebuildSettings,
): Promise<void> {
  const guard = mayStillManageTemplates(actor);
  const deed = {
    actorId: actor.userId,
    action: "write",
    resourceType: "prebuilds_settings" as const,
    resourceId: null,
    detail: { ...wanted },
  };
  const { settings, caller } = await deps.db.write(
    [audit(deps, deed, guard), writePrebuildSettings(wanted, deps.now(), guard)],
    { settings: readPrebuildSettings(), caller: findKey(actor.keyId) },
  );
  if (settings[0]?.value !== JSON.stringify(wanted))
    throw caller.length === 0 ? unauthorized() : notAllowed();
  if (!wanted.reconciliation_paused) nudgePools(deps);
}
