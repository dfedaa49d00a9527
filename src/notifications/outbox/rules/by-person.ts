// Second decision on a message: what its recipient has chosen.
import { isAlwaysOn } from "../../kinds/kinds.ts";
import { isMuted } from "./mutes.ts";
import type { Considered, PlanOptions, Recipient } from "./plan.ts";
import type { Reason } from "./reasons.ts";

/** The channels that this recipient has chosen for themselves. */
export const chosenByPerson = (
  recipient: Recipient,
  { channels, template }: Pick<PlanOptions, "channels" | "template">,
): Considered[] =>
  channels
    .filter(({ isOn, accompanies }) => isOn && accompanies?.(recipient, template.id) === true)
    .map(({ id }) => [id, "chosen_by_user"]);

/** Without parsing: most users have disabled none, and a channel's id needs no escape. */
export const isChannelDisabled = (
  { disabledMethods }: { disabledMethods?: string | null },
  method: string,
): boolean => disabledMethods?.includes(`"${method}"`) === true;

/** Why they don't get it by this channel. */
export function refusedByPerson(
  recipient: Recipient,
  method: string,
  { template, about }: Pick<PlanOptions, "template" | "about">,
): Reason | undefined {
  if (isAlwaysOn(template.id)) return undefined;
  if (recipient.disabled === true) return "disabled_by_user";
  if (recipient.disabled === null && !template.enabledByDefault) return "off_by_default";
  if (isChannelDisabled(recipient, method)) return "channel_disabled_by_user";
  return isMuted(recipient.mutes, recipient.why, { templateId: template.id, ...about })
    ? "muted_by_user"
    : undefined;
}
