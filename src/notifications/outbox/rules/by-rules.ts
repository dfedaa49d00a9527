// Third decision on a message: what the rules of the deployment, then those of the recipient, say about its event. No rule
// decides about kinds that are always on.
import { isAlwaysOn } from "../../kinds/kinds.ts";
import { mayReceive, matches } from "../../receivers/rules/filter.ts";
import {
  decideByRules,
  ruleReasons,
  undecided,
  withOwn,
  type RuleDecision,
} from "../../routing/rules/decision.ts";
import { factsOf } from "../../routing/rules/facts.ts";
import type { Considered, PlanOptions, PlanReceiver, Recipient } from "./plan.ts";
import type { Reason } from "./reasons.ts";

type Ruled = Pick<PlanOptions, "template" | "about" | "rules">;

export const decideForEveryone = ({ template, about, rules = [] }: Ruled): RuleDecision =>
  rules.length === 0 || isAlwaysOn(template.id)
    ? undecided
    : decideByRules(rules, factsOf(template, about), false);

export const decideForRecipient = (
  deployment: RuleDecision,
  { ownRules = [] }: Pick<Recipient, "ownRules">,
  { template, about }: Ruled,
): RuleDecision =>
  ownRules.length === 0 || isAlwaysOn(template.id)
    ? deployment
    : withOwn(deployment, decideByRules(ownRules, factsOf(template, about), true));

/** The channels that would be used anyway, and those that a rule adds. */
export function considerChannels(usual: readonly Considered[], decision: RuleDecision): Considered[] {
  const { channels } = decision;
  if (channels === undefined) return [...usual];
  const added = channels.value.filter((method) => !usual.some(([one]) => one === method));
  return [...usual, ...added.map((method): Considered => [method, ruleReasons.chosen(channels)])];
}

/** Why the rules keep it from this channel. */
export function refusedByRules(decision: RuleDecision, method: string): Reason | undefined {
  const { suppress, channels } = decision;
  if (suppress !== undefined) return ruleReasons.suppressed(suppress);
  return channels === undefined || channels.value.includes(method)
    ? undefined
    : ruleReasons.leftOut(channels);
}

/** The receivers that would get it anyway, and those that a rule adds, with the reason for each. */
export function considerReceivers(
  { receivers = [], template, about }: Pick<PlanOptions, "receivers" | "template" | "about">,
  decision: RuleDecision,
): [receiver: PlanReceiver, why: Reason][] {
  const named = decision.receivers;
  return receivers.flatMap((receiver): [PlanReceiver, Reason][] => {
    if (matches(receiver, template, () => factsOf(template, about))) return [[receiver, "receiver_filter"]];
    return named?.value.includes(receiver.id) === true && mayReceive(receiver, template.id)
      ? [[receiver, ruleReasons.chosen(named)]]
      : [];
  });
}

/** Why the rules keep it from this receiver. */
export function receiverRefusedByRules(decision: RuleDecision, receiverId: string): Reason | undefined {
  const { suppress, receivers } = decision;
  if (suppress !== undefined) return ruleReasons.suppressed(suppress);
  return receivers === undefined || receivers.value.includes(receiverId)
    ? undefined
    : ruleReasons.leftOut(receivers);
}

/** What waits, as it would if the event itself had said so. */
export const delayedByRules = <T extends Pick<PlanOptions, "notBefore" | "now">>(
  { delayMs }: RuleDecision,
  options: T,
): { options: T; reasons: Reason[] } =>
  delayMs === undefined
    ? { options, reasons: [] }
    : {
        options: { ...options, notBefore: Math.max(options.notBefore ?? 0, options.now + delayMs.value) },
        reasons: [ruleReasons.delayed(delayMs)],
      };
