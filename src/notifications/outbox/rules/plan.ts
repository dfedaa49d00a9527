// What the planning of deliveries works on, and what it returns.
import type { ReceiverRecipients, UserStatus } from "../../../../db/schema.ts";
import type { Channel, Chooser } from "../../channels/channel.ts";
import type { SeverityChoice } from "../../kinds/kinds.ts";
import type { ReceiverFilter } from "../../receivers/rules/filter.ts";
import type { DigestPerson } from "../../digest/rules/schedule.ts";
import type { QuietPerson } from "../../preferences/rules/quiet-hours.ts";
import type { ThingFacts } from "../../routing/rules/facts.ts";
import type { Rule } from "../../routing/rules/rule.ts";
import type { MuteSubject } from "./mutes.ts";
import type { Reason } from "./reasons.ts";

export interface Recipient extends Chooser, QuietPerson, DigestPerson {
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
  /** JSON of the chats of their own: `{id, name, resumeAt}`; null: none. */
  ownReceivers?: string | null;
  /** What they have muted, as `isMuted` reads it. */
  mutes: string | null;
  /** Their own, that are enabled. */
  ownRules?: readonly Rule[];
  /** Why they are a recipient. */
  why: Reason[];
}

/** A channel as it is configured in this deployment. */
export interface PlanChannel extends Pick<
  Channel,
  "id" | "isLocal" | "unreachable" | "accompanies" | "canBeAdded"
> {
  isConfigured: boolean;
  /** A local channel that is on gets every notification; others only those that use them. */
  isOn: boolean;
}

/** An enabled receiver. */
export interface PlanReceiver extends ReceiverFilter {
  id: string;
  /** One message, or one for each recipient. */
  recipients?: ReceiverRecipients;
  /** It is notified of the end of what is the matter at once, and each time that it recurs. */
  followsSituations: boolean;
  /** Epoch milliseconds: it fails or asked to wait until then. */
  resumeAt: number;
}

/** The kind, and what the deployment has decided about it. */
export interface PlanTemplate extends SeverityChoice {
  method: string | null;
  enabledByDefault: boolean;
  isDisabled: boolean;
}

export interface PlanOptions {
  template: PlanTemplate;
  defaultMethod: string | undefined;
  /** All channels: a template can use one that is not configured. */
  channels: readonly PlanChannel[];
  receivers?: readonly PlanReceiver[];
  /** The deployment's, that are enabled. */
  rules?: readonly Rule[];
  isPaused: boolean;
  /** Epoch milliseconds before which nobody is notified; undefined: no delay. */
  notBefore?: number | undefined;
  /** From `identityOf`: events with the same one are duplicates. */
  identity: string;
  about: Pick<MuteSubject, "targets" | "labels"> & { facts?: ThingFacts | undefined };
  /** The user whose own act the event is. */
  initiatorId?: string | undefined;
  /** What it is about: channels that accompany others send about it once a minute at most. */
  thing: string;
  now: number;
}

/** A channel that is considered, and why. */
export type Considered = [method: string, why: Reason];

/** When a message is sent. */
export interface Timing {
  status: "pending" | "sent";
  dueAt: number | null;
  /** Why not at once. */
  reasons: Reason[];
}

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
