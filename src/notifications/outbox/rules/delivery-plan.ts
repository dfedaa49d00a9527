// Plans the deliveries of an event: for each recipient and channel, whether it is sent, when, and why. The decisions are made in
// this order: the deployment's, the recipient's, those of rules, whether the channel reaches them, and when.
import type { RuleDecision } from "../../routing/rules/decision.ts";
import { chooseChannels, refusedByDeployment } from "./by-deployment.ts";
import {
  considerChannels,
  considerReceivers,
  decideForEveryone,
  decideForRecipient,
  delayedByRules,
  refusedByRules,
} from "./by-rules.ts";
import { chosenByPerson, refusedByPerson } from "./by-person.ts";
import { dedupeForPerson } from "./duplicates.ts";
import type { Considered, DeliveryPlan, PlanChannel, PlanOptions, Recipient } from "./plan.ts";
import { isOwnAction, refusedAsSuspended, unreachableBy } from "./reachable.ts";
import { ownAction, type Reason } from "./reasons.ts";
import { considerOwn, decideForOwn } from "./own-receivers.ts";
import { decideForEach, decideForReceiver } from "./receiver-plan.ts";
import { digestForPerson, whenForPerson } from "./when.ts";

/** What each recipient gets stands together: claims look for one's other messages of an event next to it. */
export function planDeliveries(recipients: readonly Recipient[], options: PlanOptions): DeliveryPlan[] {
  const ofDeployment = chooseChannels(options);
  const forEveryone = decideForEveryone(options);
  const receivers = considerReceivers(options, forEveryone);
  const forEach = receivers.filter(([receiver]) => receiver.recipients === "each");
  const forAll = receivers.filter(([receiver]) => receiver.recipients !== "each");
  const toPeople = recipients.flatMap((recipient) => {
    const decision = decideForRecipient(forEveryone, recipient, options);
    const usual = [...ofDeployment, ...chosenByPerson(recipient, ofDeployment, options)];
    return [
      ...considerChannels(usual, decision).map((considered) =>
        decideForPerson(recipient, considered, decision, options),
      ),
      ...considerOwn(recipient, options.template).map((receiver) =>
        decideForOwn(receiver, recipient, decision, options),
      ),
      ...forEach.map(([receiver, why]) => decideForEach(receiver, why, recipient, decision, options)),
    ];
  });
  return [
    ...toPeople,
    ...forAll.map(([receiver, why]) => decideForReceiver(receiver, why, forEveryone, options)),
  ];
}

function decideForPerson(
  recipient: Recipient,
  [method, why]: Considered,
  decision: RuleDecision,
  options: PlanOptions,
): DeliveryPlan {
  const channel = options.channels.find(({ id }) => id === method);
  const reasons: Reason[] = [...recipient.why, why];
  const against = refusal(recipient, method, channel, decision, options);
  if (against !== undefined) {
    reasons.push(against);
    return { recipient, method, status: "inhibited", dueAt: null, reasons, dedupeKey: null };
  }
  if (isOwnAction(recipient, options)) reasons.push(ownAction);
  const digest = digestForPerson(recipient, channel!, decision, options);
  const same = dedupeForPerson(recipient.userId, channel!, options);
  if (digest !== undefined)
    return { recipient, method: "digest", ...digest, reasons: [...reasons, ...digest.reasons], ...same };
  const delayed = channel!.isLocal ? { options, reasons: [] } : delayedByRules(decision, options);
  reasons.push(...delayed.reasons);
  const { status, dueAt, reasons: waits } = whenForPerson(recipient, channel!, delayed.options);
  return { recipient, method, status, dueAt, reasons: [...reasons, ...waits], ...same };
}

/** The first decision against it. */
const refusal = (
  recipient: Recipient,
  method: string,
  channel: PlanChannel | undefined,
  decision: RuleDecision,
  options: PlanOptions,
): Reason | undefined =>
  refusedAsSuspended(recipient, options.template.id) ??
  refusedByDeployment(options.template) ??
  refusedByPerson(recipient, method, options) ??
  refusedByRules(decision, method) ??
  unreachableBy(recipient, channel, options);
