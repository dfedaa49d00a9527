// A kind that is off by default has hundreds of recipients by their role, of whom few have turned it on. The others are counted
// with the event: a message for each of them and channel would be most of what is stored. Who would get it for a reason of
// their own has a message that says so.
import { isAlwaysOn } from "../../kinds/kinds.ts";
import type { Recipient } from "./plan.ts";
import type { Reason } from "./reasons.ts";
import type { RecipientRule } from "./recipients.ts";

interface Kind {
  id: string;
  /** A sender of a custom notification learns of each recipient. */
  kind: "system" | "custom";
  enabledByDefault: boolean;
  isDisabled: boolean;
}

export function countOffByDefault<T extends Recipient>(
  recipients: readonly T[],
  { id, kind, enabledByDefault, isDisabled }: Kind,
): { planned: readonly T[]; offByDefault: number } {
  if (enabledByDefault || isDisabled || kind !== "system" || isAlwaysOn(id))
    return { planned: recipients, offByDefault: 0 };
  const planned = recipients.filter(
    ({ disabled, why }) => disabled !== null || !why.every((reason) => isOfRole(reason)),
  );
  return { planned, offByDefault: recipients.length - planned.length };
}

const isOfRole = (reason: Reason): boolean => reason.startsWith("role_") || reason === "no_template_admin";

/** The rule with the roles that are recipients: where nobody has one of `roles`, those that stand in for them. */
export const effectiveRule = (rule: RecipientRule, recipients: readonly Recipient[]): RecipientRule =>
  rule.fallbackRoles !== undefined && recipients.some(({ why }) => why.includes("no_template_admin"))
    ? { ...rule, roles: rule.fallbackRoles, fallbackRoles: [] }
    : rule;
