// A channel delivers notifications: the inbox, email, a webhook, push. Everything that plans, sends, shows or checks uses this
// interface; `index.ts` lists the channels.
import type * as z from "zod";
import type { Action } from "../../../db/schema.ts";
import type { SeverityChoice } from "../kinds/kinds.ts";
import type { Post, Reach, MailPool } from "../../kernel/ports.ts";
import type { Finding } from "../../kernel/rules/finding.ts";
import type { Reason } from "../outbox/rules/reasons.ts";
import type { PushAccess } from "./push/state.ts";
import type { FailureSubject } from "./mail/rules/mail-reply.ts";

/** The result of one attempt. */
export type Outcome =
  /** `pause`: milliseconds until the receiver accepts the next message, if it says so. */
  | { kind: "sent"; detail: string; pause?: number }
  /** Will be retried; `retryAfter` in milliseconds if the receiver named a time. */
  | { kind: "temporary"; detail: string; retryAfter?: number; about?: FailureSubject }
  /** A retry would fail too; `gone` if the receiver responded 410 Gone. */
  | { kind: "permanent"; detail: string; reason?: Reason; gone?: boolean; about?: FailureSubject }
  /** Must not be sent any more. */
  | { kind: "inhibited"; detail: string; reason: Reason };

/** A rendered notification for one recipient. */
export interface OutgoingMessage {
  /** The same at each attempt. */
  id: string;
  recipient: { id: string; username: string; /** For people; never empty. */ name: string; email: string };
  template: SeverityChoice & { name: string };
  /** Reason codes: why this recipient, why this channel. */
  reasons: readonly string[];
  /** Markdown, both. */
  title: string;
  body: string;
  actions: readonly Action[];
  labels: Record<string, string>;
  data: Record<string, unknown> | null;
  /** UUIDs of what it is about. */
  targets: readonly string[];
  /** The page that disables this kind for the recipient, also by a POST (RFC 8058); null for kinds that can't be disabled. */
  unsubscribeUrl: string | null;
  /** Epoch milliseconds after which it must not be sent; null for no limit. */
  expiresAt: number | null;
  /** The header with the trace that the event belongs to; null for none. */
  traceparent?: string | null;
}

/** What a channel needs to send. */
export interface ChannelContext {
  /** Epoch milliseconds. */
  now: () => number;
  /** Without a trailing slash. */
  accessUrl: string;
  post: Post;
  /** Sessions with the mail server; null if mail is not configured. */
  mail: MailPool | null;
  /** The browsers that get push messages. */
  push: PushAccess;
}

export interface ProbeContext extends Omit<ChannelContext, "push"> {
  reach: Reach;
}

export interface ProbeResult {
  findings: Finding[];
  /** The receiver's clock in epoch milliseconds, if it says so. */
  receiverTime?: number;
}

/** What settings depend on besides the channel's variables. */
export interface SettingsContext {
  /** Milliseconds for an attempt. */
  dispatchTimeout: number;
  problem: (message: string) => void;
  warn: (message: string) => void;
}

/** What a user has chosen; 1 is yes. */
export interface Chooser {
  /** Whether a browser of theirs gets push messages. */
  hasPush?: number;
  /** JSON array of the channels that they have enabled for this kind besides those of the deployment. */
  addedMethods?: string | null;
}

type Variables = Record<string, z.ZodType>;

export interface Channel<
  Id extends string = string,
  Settings = unknown,
  Environment extends Variables = Variables,
> {
  /** Coder's `method`, in the API and in the database: it must never change. */
  id: Id;
  /** Its name for people. */
  label: string;
  /** Its messages stay in Belfry's database: they are written with their event. */
  isLocal: boolean;
  /** Of a channel for those who chose it: whether it sends them this kind, besides the other channels. It can't be a default. */
  accompanies?(recipient: Chooser, template: SeverityChoice): boolean;
  /** Whether users can enable it for kinds that the deployment sends by others. */
  canBeAdded?: true;

  /** Its environment variables. */
  variables: Environment;
  /** The variables that configure it. */
  needs: readonly string[];
  /** Undefined if it is not configured. */
  toSettings(env: z.infer<z.ZodObject<Environment>>, context: SettingsContext): Settings | undefined;
  /** False if an operator disabled it; a template can still use it. */
  isOn(settings: Settings): boolean;
  /** Milliseconds for one attempt. */
  timeout(settings: Settings): number;

  /** The host that receives messages, for people and logs: never a path or a secret. */
  receiver(settings: Settings): string | undefined;
  /** The whole URL, if the receiver can respond 410 Gone. */
  endpoint?(settings: Settings): string;
  /** Properties of its configuration that an owner should know. */
  traits(settings: Settings): string[];
  /** Where a user's messages go, after "Delivered": `by email to ada@example.com`. */
  destination(email: string | undefined): string;
  /** Why it can't reach this user. */
  unreachable(recipient: { email: string }): Reason | undefined;

  /** The message as the receiver gets it, without secrets. */
  payload(message: OutgoingMessage, settings: Settings, context: ChannelContext): string;
  /** One attempt. Failures of the outside world are outcomes, never exceptions. */
  send(message: OutgoingMessage, settings: Settings, context: ChannelContext): Promise<Outcome>;
  /** Checks that it works, without sending anything. */
  probe(settings: Settings | undefined, context: ProbeContext): Promise<ProbeResult>;
  /** What to do about the response of a failed attempt. */
  advice(answer: string): string;
}

export type SettingsOf<C> = C extends Channel<string, infer Settings, infer _> ? Settings : never;

/** The channel, type-checked. */
export const defineChannel = <const Id extends string, Settings, Environment extends Variables>(
  channel: Channel<Id, Settings, Environment>,
): Channel<Id, Settings, Environment> => channel;
