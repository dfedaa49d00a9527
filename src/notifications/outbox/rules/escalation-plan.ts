// Whether an event escalates, if nobody reads it in time. What nobody gets doesn't.
import { decideForEveryone } from "./by-rules.ts";
import type { DeliveryPlan, PlanOptions } from "./plan.ts";

export interface EscalationPlan {
  dueAt: number;
  /** The code of the rule. */
  rule: string;
  /** JSON. */
  targets: string;
}

type Options = Pick<PlanOptions, "template" | "about" | "rules" | "notBefore" | "now">;

export function planEscalation(
  deliveries: readonly Pick<DeliveryPlan, "status">[],
  options: Options,
): EscalationPlan | undefined {
  const { rules = [], notBefore = -Infinity, now } = options;
  if (!rules.some(({ actions }) => actions.escalate !== undefined)) return undefined;
  const { escalate } = decideForEveryone(options);
  if (escalate === undefined || deliveries.every(({ status }) => status === "inhibited")) return undefined;
  const { value, by } = escalate;
  return { dueAt: Math.max(now, notBefore) + value.afterMs, rule: by, targets: JSON.stringify(value.to) };
}
