// First decision on a message: what the deployment has decided about its kind.
import { isAlwaysOn, isOnlyByMail } from "../../kinds/kinds.ts";
import { methodsOf } from "../../kinds/methods.ts";
import type { Considered, PlanOptions, PlanTemplate } from "./plan.ts";
import type { Reason } from "./reasons.ts";

/** The channels that this deployment uses for this template. */
export function chooseChannels(
  options: Pick<PlanOptions, "defaultMethod" | "channels"> & {
    template: Pick<PlanTemplate, "id" | "method">;
  },
): Considered[] {
  if (isOnlyByMail(options.template.id)) return [["smtp", "only_by_mail"]];
  const chosen: Considered[] = [];
  const methods = methodsOf(options.template.method);
  if (methods !== null) for (const method of methods) chosen.push([method, "template_method"]);
  else if (options.defaultMethod !== undefined) chosen.push([options.defaultMethod, "deployment_default"]);
  for (const { id, isLocal, isOn } of options.channels)
    if (isLocal && isOn && methods?.includes(id) !== true) chosen.push([id, "inbox"]);
  return chosen;
}

/** Why nobody gets it. */
export const refusedByDeployment = ({
  id,
  isDisabled,
}: Pick<PlanTemplate, "id" | "isDisabled">): Reason | undefined =>
  isDisabled && !isAlwaysOn(id) ? "disabled_by_deployment" : undefined;
