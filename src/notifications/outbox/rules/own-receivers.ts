// Plans the messages of an event to the chats of its recipients.
import { isPushed } from "../../channels/push/rules/push.ts";
import { includesMethod } from "../../channels/rules/methods.ts";
import { ownMethod } from "../../receivers/rules/own.ts";
import type { SeverityChoice } from "../../kinds/kinds.ts";
import { canReceive } from "../../receivers/rules/filter.ts";
import type { RuleDecision } from "../../routing/rules/decision.ts";
import { refusedByDeployment } from "./by-deployment.ts";
import { refusedByPerson } from "./by-person.ts";
import { refusedByRules } from "./by-rules.ts";
import type { DeliveryPlan, PlanOptions, PlanReceiver, Recipient } from "./plan.ts";
import { isOwnAction, refusedAsSuspended } from "./reachable.ts";
import { ownAction } from "./reasons.ts";
import { planned } from "./receiver-plan.ts";

export interface OwnReceiver {
  id: string;
  name: string;
  /** Epoch milliseconds: it fails or asked to wait until then. */
  resumeAt: number;
}

export const parseOwnReceivers = (text: string | null | undefined): OwnReceiver[] =>
  text == null ? [] : (JSON.parse(text) as OwnReceiver[]);

/** Without a choice, a chat gets what a browser gets. */
export const isUsualForOwn = (template: SeverityChoice): boolean =>
  isPushed(template) && canReceive(template.id);

/** The chats that get this kind unless something is against it. */
export const considerOwn = (
  { ownReceivers, addedMethods }: Pick<Recipient, "ownReceivers" | "addedMethods">,
  template: SeverityChoice,
): PlanReceiver[] =>
  parseOwnReceivers(ownReceivers)
    .filter(
      ({ id }) =>
        isUsualForOwn(template) || (canReceive(template.id) && includesMethod(addedMethods, ownMethod(id))),
    )
    .map(({ id, resumeAt }) => ({
      id,
      resumeAt,
      kinds: null,
      minSeverity: "info",
      recipients: "each",
      followsSituations: false,
    }));

export function decideForOwn(
  receiver: PlanReceiver,
  recipient: Recipient,
  decision: RuleDecision,
  options: PlanOptions,
): DeliveryPlan {
  const against =
    refusedAsSuspended(recipient, options.template.id) ??
    refusedByDeployment(options.template) ??
    refusedByPerson(recipient, ownMethod(receiver.id), options) ??
    refusedByRules(decision, "receiver") ??
    (isOwnAction(recipient, options) ? ownAction : undefined);
  const to = { recipient, method: "receiver", receiver };
  return planned(to, [...recipient.why, "chosen_by_user"], against, decision, options, recipient);
}
