// The notification about a claim that replaced resources, to the template admins.
import { defineKind, templateAdminRoles, templateAdmins } from "../../notifications/index.ts";
import { driftEvent, type Claim } from "./rules/drift-event.ts";
import type { Replacement } from "./rules/replacements.ts";

export interface ReplacedResources {
  buildId: string;
  claim: Claim;
  /** The first of them. */
  replaced: readonly Replacement[];
  /** How many have paths. */
  total: number;
}

export const resourceReplaced = defineKind("prebuilt-workspace-resource-replaced", {
  audience: () => ({ roles: templateAdminRoles }),
  event: ({ buildId, claim, replaced, total }: ReplacedResources) => ({
    ...driftEvent(buildId, claim, replaced, total),
    recipients: templateAdmins,
  }),
});
