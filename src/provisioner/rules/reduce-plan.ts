// What leaves this machine of a plan: which resources change, how, and which attributes force a replacement. No values.
import { visiblePart } from "../../prebuilds/drift/rules/replacements.ts";
import { fields, isText, items } from "../../kernel/rules/shape.ts";

export interface ReducedPlan {
  resource_changes: {
    address: string;
    type: string;
    action_reason?: string;
    change: { actions: string[]; replace_paths?: (string | number)[][] };
  }[];
}

/** From the document that `terraform show -json PLAN` prints. What stays as it is is left out. */
export function reducePlan(document: unknown, mask: (text: string) => string): ReducedPlan {
  const changes = items(fields(document)["resource_changes"]).map(fields);
  return {
    resource_changes: changes.flatMap(({ address, type, action_reason: reason, change: raw }) => {
      const change = fields(raw);
      const actions = items(change["actions"]).filter(isText);
      if (!isText(address) || actions.every((action) => action === "no-op" || action === "read")) return [];
      const paths = items(change["replace_paths"]).map((path) => pathOf(visiblePart(path, change), mask));
      return {
        // Keys of for_each stand in it, and in paths what is in a set.
        address: mask(address),
        type: isText(type) ? type : "",
        ...(isText(reason) ? { action_reason: reason } : {}),
        change: { actions, ...(paths.length === 0 ? {} : { replace_paths: paths }) },
      };
    }),
  };
}

/** Up to the first step that is no name and no number: an element of a set is named by its value. */
function pathOf(path: unknown, mask: (text: string) => string): (string | number)[] {
  const steps = items(path);
  const isStep = (step: unknown) => typeof step === "string" || typeof step === "number";
  const end = steps.findIndex((step) => !isStep(step));
  const shown = (end === -1 ? steps : steps.slice(0, end)) as (string | number)[];
  return shown.map((step) => (typeof step === "string" ? mask(step) : step));
}
