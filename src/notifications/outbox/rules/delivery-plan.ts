// Plans the deliveries of an event: for each recipient and channel, whether it is sent, when, and why.
import { hash } from "node:crypto";
import type { UserStatus } from "../../../../db/schema.ts";
import type { Channel, Chooser } from "../../channels/channel.ts";
import { canonicalJson } from "../../../kernel/rules/json.ts";
import { everybodyUser } from "../../../../db/schema.ts";
import { matches, type ReceiverFilter } from "../../receivers/rules/filter.ts";
import { isMuted, type MuteSubject } from "./mutes.ts";
import { ownAction, type Reason } from "./reasons.ts";
import { isAlwaysOn, isOnlyByMail, isQuietForInitiator, reachesSuspended } from "../../kinds/kinds.ts";

export interface Recipient extends Chooser {
  userId: string;
  username: string;
  name: string;
  email: string;
  status: UserStatus;
  /** The user's preference for this template; null if they have none. */
  disabled: boolean | null;
  /** What they did themselves is news to them too. */
  ownActionsNotify: boolean;
  /** JSON array of the channels that the user has disabled for it. */
  disabledMethods?: string | null;
  /** What they have muted, as `isMuted` reads it. */
  mutes: string | null;
  /** Why they are a recipient. */
  why: Reason[];
}

/** A channel as it is configured in this deployment. */
export interface PlanChannel extends Pick<Channel, "id" | "isLocal" | "unreachable" | "accompanies"> {
  isConfigured: boolean;
  /** A local channel that is on gets every notification; others only those that use them. */
  isOn: boolean;
}

/** An enabled receiver. */
export interface PlanReceiver extends ReceiverFilter {
  id: string;
  /** It is notified of the end of what is the matter at once, and each time that it recurs. */
  followsSituations: boolean;
  /** Epoch milliseconds: it fails or asked to wait until then. */
  resumeAt: number;
}

/** A shorter pause is only the spacing of its messages. */
const minPauseMs = 5_000;

export interface PlanOptions {
  template: { id: string; method: string | null; enabledByDefault: boolean; isDisabled: boolean };
  defaultMethod: string | undefined;
  /** All channels: a template can use one that is not configured. */
  channels: readonly PlanChannel[];
  receivers?: readonly PlanReceiver[];
  isPaused: boolean;
  /** Epoch milliseconds before which nobody is notified; undefined: no delay. */
  notBefore?: number | undefined;
  /** From `identityOf`: events with the same one are duplicates. */
  identity: string;
  about: Pick<MuteSubject, "targets" | "labels">;
  /** The user whose own act the event is. */
  initiatorId?: string | undefined;
  /** What it is about: channels that accompany others send about it once a minute at most. */
  thing: string;
  now: number;
}

const accompanyingWindowMs = 60_000;

export interface DeliveryPlan {
  recipient: Pick<Recipient, "userId" | "username" | "name" | "email">;
  method: string;
  /** Of a message that goes to a receiver, not to a person. */
  receiver?: PlanReceiver;
  status: "pending" | "sent" | "inhibited";
  dueAt: number | null;
  reasons: Reason[];
  dedupeKey: string | null;
  /** For how long another one with the same key is a duplicate; without it, as long as the event says. */
  windowMs?: number;
}

export function planDeliveries(recipients: readonly Recipient[], options: PlanOptions): DeliveryPlan[] {
  const { receivers = [], template } = options;
  const toPeople = recipients.flatMap((recipient) =>
    [...chooseChannels(options), ...chosenBy(recipient, options)].map(([method, why]) =>
      decide(recipient, method, why, options),
    ),
  );
  const toReceivers = receivers
    .filter((receiver) => matches(receiver, template))
    .map((receiver) => decideForReceiver(receiver, options));
  return [...toPeople, ...toReceivers];
}

const everybody = {
  userId: everybodyUser.id,
  username: everybodyUser.username,
  name: "Everybody",
  email: "",
};

/** One message, however many people are notified; what they have chosen for themselves doesn't matter. */
function decideForReceiver(receiver: PlanReceiver, options: PlanOptions): DeliveryPlan {
  const { template, identity, isPaused, now, notBefore = -Infinity } = options;
  const reasons: Reason[] = ["everybody", "receiver_filter"];
  const to = { recipient: everybody, method: "receiver", receiver };
  if (template.isDisabled && !isAlwaysOn(template.id)) {
    reasons.push("disabled_by_deployment");
    return { ...to, status: "inhibited", dueAt: null, reasons, dedupeKey: null };
  }
  if (isPaused) reasons.push("paused");
  if (notBefore > now) reasons.push("held_back");
  const same = [template.id, receiver.id, "receiver", identity];
  const dedupeKey = hash("sha256", JSON.stringify(same), "hex");
  const resumeAt = receiver.resumeAt > now + minPauseMs ? receiver.resumeAt : now;
  return { ...to, status: "pending", dueAt: Math.max(resumeAt, notBefore), reasons, dedupeKey };
}

/** The channels that this recipient has chosen for themselves. */
const chosenBy = (recipient: Recipient, { channels, template }: PlanOptions): [string, Reason][] =>
  channels
    .filter(({ isOn, accompanies }) => isOn && accompanies?.(recipient, template.id) === true)
    .map(({ id }) => [id, "chosen_by_user"]);

/** The channels that this deployment uses for this template. */
export function chooseChannels(
  options: Pick<PlanOptions, "defaultMethod" | "channels"> & {
    template: Pick<PlanOptions["template"], "id" | "method">;
  },
): [method: string, why: Reason][] {
  if (isOnlyByMail(options.template.id)) return [["smtp", "only_by_mail"]];
  const chosen: [string, Reason][] = [];
  if (options.template.method !== null) chosen.push([options.template.method, "template_method"]);
  else if (options.defaultMethod !== undefined) chosen.push([options.defaultMethod, "deployment_default"]);
  for (const { id, isLocal, isOn } of options.channels)
    if (isLocal && isOn && options.template.method !== id) chosen.push([id, "inbox"]);
  return chosen;
}

/** Messages are sent in the order of their due time: this puts passcodes first. */
const passcodeHeadStartMs = 86_400_000;

function decide(recipient: Recipient, method: string, why: Reason, options: PlanOptions): DeliveryPlan {
  const channel = options.channels.find(({ id }) => id === method);
  const reasons: Reason[] = [...recipient.why, why];
  const against = reasonAgainst(recipient, channel, options);
  if (against !== undefined) {
    return {
      recipient,
      method,
      status: "inhibited",
      dueAt: null,
      reasons: [...reasons, against],
      dedupeKey: null,
    };
  }
  const isAccompanying = channel?.accompanies !== undefined;
  const same = isAccompanying
    ? [recipient.userId, method, options.thing]
    : [options.template.id, recipient.userId, method, options.identity];
  const dedupeKey = hash("sha256", JSON.stringify(same), "hex");
  const window = isAccompanying ? { windowMs: accompanyingWindowMs } : {};
  if (isOwnAction(recipient, options)) reasons.push(ownAction);
  const { isPaused, now, notBefore = -Infinity } = options;
  const isDelayed = notBefore > now;
  if (channel?.isLocal === true && !isPaused && !isDelayed) {
    return { recipient, method, status: "sent", dueAt: null, reasons, dedupeKey };
  }
  if (isPaused) reasons.push("paused");
  if (isDelayed) reasons.push("held_back");
  const dueAt = Math.max(isOnlyByMail(options.template.id) ? now - passcodeHeadStartMs : now, notBefore);
  return { recipient, method, status: "pending", dueAt, reasons, dedupeKey, ...window };
}

/** Without parsing: most users have disabled none, and a channel's id needs no escape. */
export const isChannelDisabled = (
  { disabledMethods }: { disabledMethods?: string | null },
  method: string,
): boolean => disabledMethods?.includes(`"${method}"`) === true;

function reasonAgainst(
  recipient: Recipient,
  channel: PlanChannel | undefined,
  options: PlanOptions,
): Reason | undefined {
  if (recipient.status !== "active" && !reachesSuspended(options.template.id)) return "suspended_user";
  if (!isAlwaysOn(options.template.id)) {
    if (options.template.isDisabled) return "disabled_by_deployment";
    if (recipient.disabled === true) return "disabled_by_user";
    if (recipient.disabled === null && !options.template.enabledByDefault) return "off_by_default";
    if (channel !== undefined && isChannelDisabled(recipient, channel.id)) return "channel_disabled_by_user";
    const subject = { templateId: options.template.id, ...options.about };
    if (isMuted(recipient.mutes, recipient.why, subject)) return "muted_by_user";
  }
  if (channel?.isConfigured !== true) return "not_configured";
  return isOwnAction(recipient, options) && !channel.isLocal ? ownAction : channel.unreachable(recipient);
}

/** What the recipient did themselves, of a kind that is no news then. */
const isOwnAction = (
  { userId, ownActionsNotify }: Recipient,
  { template, initiatorId }: PlanOptions,
): boolean => userId === initiatorId && !ownActionsNotify && isQuietForInitiator(template.id);

/**
 * Events with the same identity are duplicates. A producer gives it (a build, an episode); otherwise it is the content on
 * one UTC day, as in Coder, where `dedupe_bypass_ts` in the data makes every occurrence different.
 */
export function identityOf(
  event: {
    labels: Record<string, string>;
    data: Record<string, unknown> | null;
    targets: string[];
    identity?: string;
  },
  now: number,
): string {
  if (event.identity !== undefined) return `identity ${event.identity}`;
  const day = new Date(now).toISOString().slice(0, 10);
  return canonicalJson([event.labels, event.data, event.targets, day]);
}

/** The value of `dedupe_bypass_ts`: the minute in RFC 3339, without fractions. */
export const minuteBucket = (now: number): string =>
  new Date(now - (now % 60_000)).toISOString().replace(".000Z", "Z");

/** The keys that stand for a time only: `eventMs`, as the event says, or the channel's own. */
export const duplicateWindows = (
  deliveries: readonly DeliveryPlan[],
  eventMs: number | undefined,
  now: number,
) =>
  deliveries.flatMap(({ dedupeKey, windowMs = eventMs }) =>
    dedupeKey === null || windowMs === undefined ? [] : [{ dedupeKey, until: now - windowMs }],
  );
