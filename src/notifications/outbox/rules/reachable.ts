// Whether a channel can deliver to a recipient, and whether it should: what they did themselves is no news.
import { isQuietForInitiator, reachesSuspended } from "../../kinds/kinds.ts";
import type { PlanChannel, PlanOptions, Recipient } from "./plan.ts";
import { ownAction, type Reason } from "./reasons.ts";

/** Nobody else who has no access gets anything. */
export const refusedAsSuspended = ({ status }: Recipient, templateId: string): Reason | undefined =>
  status !== "active" && !reachesSuspended(templateId) ? "suspended_user" : undefined;

/** Why this channel can't deliver to them. */
export function unreachableBy(
  recipient: Recipient,
  channel: PlanChannel | undefined,
  options: Pick<PlanOptions, "template" | "initiatorId">,
): Reason | undefined {
  if (channel?.isConfigured !== true) return "not_configured";
  return isOwnAction(recipient, options) && !channel.isLocal ? ownAction : channel.unreachable(recipient);
}

/** What the recipient did themselves, of a kind that is no news then. */
export const isOwnAction = (
  { userId, ownActionsNotify }: Recipient,
  { template, initiatorId }: Pick<PlanOptions, "template" | "initiatorId">,
): boolean => userId === initiatorId && !ownActionsNotify && isQuietForInitiator(template.id);
