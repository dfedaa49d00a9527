// Plans the messages of an event to a receiver: one for everybody, or one for each recipient.
import { everybodyUser } from "../../../../db/schema.ts";
import type { RuleDecision } from "../../routing/rules/decision.ts";
import { quietUntil } from "../../preferences/rules/quiet-hours.ts";
import { refusedByDeployment } from "./by-deployment.ts";
import { refusedByPerson } from "./by-person.ts";
import { delayedByRules, receiverRefusedByRules } from "./by-rules.ts";
import { dedupeForReceiver } from "./duplicates.ts";
import type { DeliveryPlan, PlanOptions, PlanReceiver, Recipient, Timing } from "./plan.ts";
import { isOwnAction, refusedAsSuspended } from "./reachable.ts";
import { ownAction, type Reason } from "./reasons.ts";
import { whenForReceiver } from "./when.ts";

const method = "receiver";
const everybody = {
  userId: everybodyUser.id,
  username: everybodyUser.username,
  name: "Everybody",
  email: "",
};

/** One message, however many people are notified; what they have chosen for themselves doesn't matter. */
export function decideForReceiver(
  receiver: PlanReceiver,
  why: Reason,
  decision: RuleDecision,
  options: PlanOptions,
): DeliveryPlan {
  const against = refusedByDeployment(options.template) ?? receiverRefusedByRules(decision, receiver.id);
  const to = { recipient: everybody, method, receiver };
  return planned(to, ["everybody", why], against, decision, options);
}

/** The message names its recipient: what they have chosen for themselves holds. */
export function decideForEach(
  receiver: PlanReceiver,
  why: Reason,
  recipient: Recipient,
  decision: RuleDecision,
  options: PlanOptions,
): DeliveryPlan {
  const against =
    refusedAsSuspended(recipient, options.template.id) ??
    refusedByDeployment(options.template) ??
    refusedByPerson(recipient, method, options) ??
    receiverRefusedByRules(decision, receiver.id) ??
    (isOwnAction(recipient, options) ? ownAction : undefined);
  const to = { recipient, method, receiver };
  return planned(to, [...recipient.why, why], against, decision, options, recipient);
}

export function planned(
  to: Pick<DeliveryPlan, "recipient" | "method"> & { receiver: PlanReceiver },
  reasons: readonly Reason[],
  against: Reason | undefined,
  decision: RuleDecision,
  options: PlanOptions,
  person?: Recipient,
): DeliveryPlan {
  if (against !== undefined)
    return { ...to, status: "inhibited", dueAt: null, reasons: [...reasons, against], dedupeKey: null };
  const delayed = delayedByRules(decision, options);
  const timing = whenForReceiver(to.receiver, delayed.options);
  const { status, dueAt, reasons: waits } = person === undefined ? timing : quiet(person, timing, options);
  const dedupeKey = dedupeForReceiver(to.receiver.id, options, person?.userId);
  return { ...to, status, dueAt, reasons: [...reasons, ...delayed.reasons, ...waits], dedupeKey };
}

/** What waits for something else waits for the end of quiet hours when it is claimed. */
function quiet(person: Recipient, timing: Timing, { template, now }: PlanOptions): Timing {
  const until = timing.reasons.length > 0 ? now : quietUntil(person, template, now);
  return until > now
    ? { ...timing, dueAt: Math.max(until, timing.dueAt!), reasons: ["quiet_hours"] }
    : timing;
}
