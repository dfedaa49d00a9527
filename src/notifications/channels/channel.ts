// What a channel is: a way by which notifications reach people. Everything that sends, plans, shows or examines goes by
// this interface; `index.ts` lists the channels.
import type * as z from "zod";
import type { Action } from "../../../db/schema.ts";
import type { Post, Reach, MailPool } from "../../kernel/ports.ts";
import type { Finding } from "../../kernel/rules/finding.ts";
import type { Reason } from "../outbox/rules/reasons.ts";
import type { FailureSubject } from "./mail/rules/mail-reply.ts";

/** What came of one try. */
export type Outcome =
  | { kind: "sent"; detail: string }
  /** Worth another try; `retryAfter` in milliseconds if the receiver named a time. */
  | { kind: "temporary"; detail: string; retryAfter?: number; about?: FailureSubject }
  /** Another try would end the same; `gone` when the receiver wants nothing more at all. */
  | { kind: "permanent"; detail: string; reason?: Reason; gone?: boolean; about?: FailureSubject }
  /** Not to be sent any more. */
  | { kind: "inhibited"; detail: string; reason: Reason };

/** A rendered notification for one person. */
export interface OutgoingMessage {
  /** The same at each try. */
  id: string;
  recipient: { id: string; username: string; /** For people; never empty. */ name: string; email: string };
  /** `audience`: who gets this kind, as words; undefined for a kind that doesn't ship. */
  template: { id: string; name: string; audience: string | undefined };
  /** Markdown, both. */
  title: string;
  body: string;
  actions: readonly Action[];
  labels: Record<string, string>;
  data: Record<string, unknown> | null;
  /** UUIDs of what it is about. */
  targets: readonly string[];
  /** The page that disables this kind for this person, by a POST too (RFC 8058); null for kinds that can't be disabled. */
  unsubscribeUrl: string | null;
  /** Epoch milliseconds from which on it must not be sent; null for never. */
  expiresAt: number | null;
}

/** What a channel needs of the world. */
export interface ChannelContext {
  /** Epoch milliseconds. */
  now: () => number;
  /** Without a trailing slash. */
  accessUrl: string;
  post: Post;
  /** Sessions with the mail server; null when mail is not set up. */
  mail: MailPool | null;
}

export interface ProbeContext extends ChannelContext {
  reach: Reach;
}

export interface ProbeResult {
  findings: Finding[];
  /** What time it is for the receiver, in epoch milliseconds, where it says so. */
  receiverTime?: number;
}

/** What settings are made of besides the channel's own variables. */
export interface SettingsContext {
  /** Milliseconds for a try. */
  dispatchTimeout: number;
  problem: (message: string) => void;
  warn: (message: string) => void;
}

type Variables = Record<string, z.ZodType>;

export interface Channel<
  Id extends string = string,
  Settings = unknown,
  Environment extends Variables = Variables,
> {
  /** Coder's `method`: on the wire and in the database, for ever. */
  id: Id;
  /** Its name for people. */
  label: string;
  /** Its messages lie in Belfry's own database: they are written with their event, and nothing leaves. */
  isLocal: boolean;

  /** Its variables of the environment. */
  variables: Environment;
  /** Those that set it up. */
  needs: readonly string[];
  /** Undefined when it is not set up. */
  toSettings(env: z.infer<z.ZodObject<Environment>>, context: SettingsContext): Settings | undefined;
  /** False where an operator has disabled it, though a template may still name it. */
  isOn(settings: Settings): boolean;
  /** Milliseconds that one try may take at most. */
  timeout(settings: Settings): number;

  /** The host that messages go to, for people and logs: never a path or a secret. Undefined for none. */
  receiver(settings: Settings): string | undefined;
  /** The whole address, where a receiver can say that it wants nothing more (410 Gone). */
  endpoint?(settings: Settings): string;
  /** What else an owner should know of how it is set up, in a few words each. */
  traits(settings: Settings): string[];
  /** Where a person's messages go, to follow "Delivered": `by email to ada@example.com`. */
  destination(email: string | undefined): string;
  /** Why nothing can reach this person by it. */
  unreachable(recipient: { email: string }): Reason | undefined;

  /** The message as the receiver gets it, secrets of the set-up left out. */
  payload(message: OutgoingMessage, settings: Settings, context: ChannelContext): string;
  /** One try. What the world does wrong is an outcome, never an exception. */
  send(message: OutgoingMessage, settings: Settings, context: ChannelContext): Promise<Outcome>;
  /** Whether it would work now; sends nothing to anybody. */
  probe(settings: Settings | undefined, context: ProbeContext): Promise<ProbeResult>;
  /** What to do about what a failed try brought back. */
  advice(answer: string): string;
}

export type SettingsOf<C> = C extends Channel<string, infer Settings, infer _> ? Settings : never;

/** The channel as it is, checked. */
export const defineChannel = <const Id extends string, Settings, Environment extends Variables>(
  channel: Channel<Id, Settings, Environment>,
): Channel<Id, Settings, Environment> => channel;
