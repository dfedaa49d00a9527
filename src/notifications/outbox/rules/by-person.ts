// Second decision on a message: what its recipient has chosen.
import { includesMethod } from "../../channels/rules/methods.ts";
import { isAlwaysOn, isOnlyByMail } from "../../kinds/kinds.ts";
import { isMuted } from "./mutes.ts";
import type { Considered, PlanChannel, PlanOptions, PlanTemplate, Recipient } from "./plan.ts";
import type { Reason } from "./reasons.ts";

/** The channels that this recipient has chosen for themselves, besides those of the deployment. */
export const chosenByPerson = (
  recipient: Recipient,
  ofDeployment: readonly Considered[],
  { channels, template }: Pick<PlanOptions, "channels" | "template">,
): Considered[] =>
  channels
    .filter(
      (channel) =>
        channel.isOn &&
        isChosen(recipient, channel, template) &&
        !ofDeployment.some(([method]) => method === channel.id),
    )
    .map(({ id }) => [id, "chosen_by_user"]);

const isChosen = (recipient: Recipient, channel: PlanChannel, template: PlanTemplate): boolean =>
  channel.accompanies === undefined
    ? channel.canBeAdded === true &&
      includesMethod(recipient.addedMethods, channel.id) &&
      !isOnlyByMail(template.id)
    : channel.accompanies(recipient, template);

export const isChannelDisabled = (
  { disabledMethods }: { disabledMethods?: string | null },
  method: string,
): boolean => includesMethod(disabledMethods, method);

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
