// A template's prebuilt workspaces are outdated, for a reason that the template's version doesn't show: the reconciler
// replaces them. The API calls it.
import { audit } from "../../accounts/audit.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import { findKey } from "../../accounts/store/keys.ts";
import type { Answers } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { notFound, unauthorized } from "../../kernel/errors.ts";
import { mayStillManageTemplates } from "../../workspaces/builds/store/guards.ts";
import { findTemplate } from "../../workspaces/templates/store/templates.ts";
import { notAllowed } from "../../workspaces/templates/templates.ts";
import { nudgePools } from "./nudge.ts";
import { checkGuard, invalidatePresets, listInvalidated } from "./store/invalidate.ts";

export const invalidationReads = (templateId: string) => ({ template: findTemplate(templateId) });

/** Gives the presets of the active version. Throws 401, 403, 404 for a template that is deleted. */
export async function invalidatePrebuilds(
  deps: Deps,
  actor: Actor,
  { template }: Answers<ReturnType<typeof invalidationReads>>,
) {
  const [found] = template;
  if (found === undefined || found.deletedAt !== null) throw notFound("Template");
  const now = deps.now();
  const guard = mayStillManageTemplates(actor);
  const deed = {
    actorId: actor.userId,
    action: "invalidate_prebuilds",
    resourceType: "template" as const,
    resourceId: found.id,
    detail: { name: found.name, version: found.activeVersionName },
  };
  const { invalidated, caller, state } = await deps.db.write(
    [audit(deps, deed, guard), invalidatePresets(found.id, now, guard)],
    { invalidated: listInvalidated(found.id, now), caller: findKey(actor.keyId), state: checkGuard(guard) },
  );
  if (state[0]?.isAllowed !== 1) throw caller.length === 0 ? unauthorized() : notAllowed();
  nudgePools(deps);
  return invalidated;
}
