// Plans the deliveries of an event: for each recipient and channel, whether it is sent, when, and why. The decisions are made in
// this order: the deployment's, the recipient's, whether the channel reaches them, and when.
import { everybodyUser } from "../../../../db/schema.ts";
import { matches } from "../../receivers/rules/filter.ts";
import { chooseChannels, refusedByDeployment } from "./by-deployment.ts";
import { chosenByPerson, refusedByPerson } from "./by-person.ts";
import { dedupeForPerson, dedupeForReceiver } from "./duplicates.ts";
import type { Considered, DeliveryPlan, PlanChannel, PlanOptions, PlanReceiver, Recipient } from "./plan.ts";
import { isOwnAction, refusedAsSuspended, unreachableBy } from "./reachable.ts";
import { ownAction, type Reason } from "./reasons.ts";
import { whenForPerson, whenForReceiver } from "./when.ts";

export function planDeliveries(recipients: readonly Recipient[], options: PlanOptions): DeliveryPlan[] {
  const { receivers = [], template } = options;
  const ofDeployment = chooseChannels(options);
  const toPeople = recipients.flatMap((recipient) =>
    [...ofDeployment, ...chosenByPerson(recipient, options)].map((considered) =>
      decideForPerson(recipient, considered, options),
    ),
  );
  const toReceivers = receivers
    .filter((receiver) => matches(receiver, template))
    .map((receiver) => decideForReceiver(receiver, options));
  return [...toPeople, ...toReceivers];
}

function decideForPerson(
  recipient: Recipient,
  [method, why]: Considered,
  options: PlanOptions,
): DeliveryPlan {
  const channel = options.channels.find(({ id }) => id === method);
  const reasons: Reason[] = [...recipient.why, why];
  const against = refusal(recipient, method, channel, options);
  if (against !== undefined) {
    reasons.push(against);
    return { recipient, method, status: "inhibited", dueAt: null, reasons, dedupeKey: null };
  }
  if (isOwnAction(recipient, options)) reasons.push(ownAction);
  const { status, dueAt, reasons: waits } = whenForPerson(recipient, channel!, options);
  const same = dedupeForPerson(recipient.userId, channel!, options);
  return { recipient, method, status, dueAt, reasons: [...reasons, ...waits], ...same };
}

/** The first decision against it. */
const refusal = (
  recipient: Recipient,
  method: string,
  channel: PlanChannel | undefined,
  options: PlanOptions,
): Reason | undefined =>
  refusedAsSuspended(recipient, options.template.id) ??
  refusedByDeployment(options.template) ??
  refusedByPerson(recipient, method, options) ??
  unreachableBy(recipient, channel, options);

const everybody = {
  userId: everybodyUser.id,
  username: everybodyUser.username,
  name: "Everybody",
  email: "",
};

/** One message, however many people are notified; what they have chosen for themselves doesn't matter. */
function decideForReceiver(receiver: PlanReceiver, options: PlanOptions): DeliveryPlan {
  const to = { recipient: everybody, method: "receiver", receiver };
  const why: Reason[] = ["everybody", "receiver_filter"];
  const against = refusedByDeployment(options.template);
  if (against !== undefined)
    return { ...to, status: "inhibited", dueAt: null, reasons: [...why, against], dedupeKey: null };
  const { status, dueAt, reasons } = whenForReceiver(receiver, options);
  const dedupeKey = dedupeForReceiver(receiver.id, options);
  return { ...to, status, dueAt, reasons: [...why, ...reasons], dedupeKey };
}
