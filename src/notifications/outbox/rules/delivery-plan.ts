// Decides for one event who gets it, how, now or later, and why: one row for each person and method considered.
import { createHash } from "node:crypto";
import type { UserStatus } from "../../../../db/schema.ts";
import type { Channel } from "../../channels/channel.ts";
import { canonicalJson } from "../../../kernel/rules/json.ts";
import type { Reason } from "./reasons.ts";
import { isAlwaysOn, isOnlyByMail, reachesSuspended } from "../../kinds/kinds.ts";

export interface Recipient {
  userId: string;
  username: string;
  name: string;
  email: string;
  status: UserStatus;
  /** The person's own choice for this template; null when there is none. */
  disabled: boolean | null;
  /** Why they are told at all. */
  why: Reason[];
}

/** A channel as this deployment has it. */
export interface PlanChannel extends Pick<Channel, "id" | "isLocal" | "unreachable"> {
  isConfigured: boolean;
  /** A local one that is on gets everything; the others get what they are chosen for. */
  isOn: boolean;
}

export interface PlanOptions {
  template: { id: string; method: string | null; enabledByDefault: boolean };
  defaultMethod: string | undefined;
  /** All channels: a template may name one that is not set up. */
  channels: readonly PlanChannel[];
  paused: boolean;
  /** Epoch milliseconds before which nobody is told; undefined: at once. */
  holdUntil?: number | undefined;
  /** What makes the event itself, for duplicates. */
  identity: string;
  now: number;
}

export interface DeliveryPlan {
  recipient: Recipient;
  method: string;
  status: "pending" | "sent" | "inhibited";
  dueAt: number | null;
  reasons: Reason[];
  dedupeKey: string | null;
}

export function planDeliveries(recipients: readonly Recipient[], options: PlanOptions): DeliveryPlan[] {
  return recipients.flatMap((recipient) =>
    chooseChannels(options).map(([method, why]) => decide(recipient, method, why, options)),
  );
}

/** The ways that this deployment uses for this template. A way that it doesn't use is not considered. */
export function chooseChannels(
  options: Pick<PlanOptions, "template" | "defaultMethod" | "channels">,
): [method: string, why: Reason][] {
  if (isOnlyByMail(options.template.id)) return [["smtp", "only_by_mail"]];
  const chosen: [string, Reason][] = [];
  if (options.template.method !== null) chosen.push([options.template.method, "template_method"]);
  else if (options.defaultMethod !== undefined) chosen.push([options.defaultMethod, "deployment_default"]);
  for (const { id, isLocal, isOn } of options.channels)
    if (isLocal && isOn && options.template.method !== id) chosen.push([id, "inbox"]);
  return chosen;
}

/** Milliseconds. What is due longest goes first: before a passcode nothing is. */
const headStart = 86_400_000;

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
  const dedupeKey = hash([options.template.id, recipient.userId, method, options.identity]);
  const { paused, now, holdUntil = -Infinity } = options;
  const isHeldBack = holdUntil > now;
  if (channel?.isLocal === true && !paused && !isHeldBack) {
    return { recipient, method, status: "sent", dueAt: null, reasons, dedupeKey };
  }
  if (paused) reasons.push("paused");
  if (isHeldBack) reasons.push("held_back");
  const dueAt = Math.max(isOnlyByMail(options.template.id) ? now - headStart : now, holdUntil);
  return { recipient, method, status: "pending", dueAt, reasons, dedupeKey };
}

function reasonAgainst(
  recipient: Recipient,
  channel: PlanChannel | undefined,
  options: PlanOptions,
): Reason | undefined {
  if (recipient.status !== "active" && !reachesSuspended(options.template.id)) return "suspended_user";
  if (!isAlwaysOn(options.template.id)) {
    if (recipient.disabled === true) return "disabled_by_user";
    if (recipient.disabled === null && !options.template.enabledByDefault) return "off_by_default";
  }
  return channel?.isConfigured === true ? channel.unreachable(recipient) : "not_configured";
}

/**
 * What makes an event the same as another: the identity its producer gives (a build, an episode), else its content on
 * one UTC day (Coder's rule; a producer that means every occurrence puts `dedupe_bypass_ts` into the data).
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

/** The value of `dedupe_bypass_ts`: RFC 3339 without fractions, the seconds cut off. */
export const minuteBucket = (now: number): string =>
  new Date(now - (now % 60_000)).toISOString().replace(".000Z", "Z");

const hash = (parts: string[]) => createHash("sha256").update(JSON.stringify(parts)).digest("hex");
