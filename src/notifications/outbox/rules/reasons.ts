// Reason codes: why a message has its recipient and its channel, or why it was not sent; and a sentence for each.
import { describeRuleReason, type RuleReason } from "./rule-reasons.ts";

/** Stored with each message. */
export type Reason =
  // why this recipient
  | "to_self"
  | "named"
  | `role_${string}`
  | "workspace_owner"
  | "own_agent"
  | "own_account"
  | "own_digest"
  | "own_receiver"
  | "uses_template"
  | `source_${string}`
  | `group_${string}`
  | "owns_workspace"
  | "no_template_admin"
  | "everybody"
  // why this channel
  | "inbox"
  | "deployment_default"
  | "template_method"
  | "only_by_mail"
  | "chosen_by_user"
  | "receiver_filter"
  // why not, or not yet
  | "own_action"
  | "disabled_by_user"
  | "channel_disabled_by_user"
  | "muted_by_user"
  | "off_by_default"
  | "duplicate"
  | "suspended_user"
  | "no_address"
  | "recipient_refused"
  | "not_configured"
  | "paused"
  | "waits_for_turn"
  | "held_back"
  | "quiet_hours"
  | "digest"
  | "read_meanwhile"
  | "taken_back"
  | "resolved"
  | "reopened"
  | "withdrawn_by_owner"
  | "disabled_by_deployment"
  | "render_failed"
  | "endpoint_gone"
  | "receiver_disabled"
  | "attempts_exhausted"
  | "expired"
  | "page_visible"
  | "no_subscription"
  // of a rule, by its name
  | RuleReason;

/** What a reason explains: the recipient, the channel, how it was sent, or why it was delayed or not sent. */
export type Question = "who" | "channel" | "how" | "not";

export interface ReasonDescription {
  question: Question;
  /** A sentence without its full stop. */
  text: string;
  /** The same for the recipient, to follow "You get this because". */
  toRecipient?: string;
}

type Named = `role_${string}` | `source_${string}` | `group_${string}` | RuleReason;

const descriptions: Record<Exclude<Reason, Named>, ReasonDescription> = {
  to_self: { question: "who", text: "They sent it to themselves", toRecipient: "you sent it to yourself" },
  named: {
    question: "who",
    text: "The sender named them as a recipient",
    toRecipient: "the sender named you as a recipient",
  },
  workspace_owner: { question: "who", text: "They own the workspace", toRecipient: "you own the workspace" },
  own_agent: { question: "who", text: "It is their agent", toRecipient: "it is your agent" },
  own_account: {
    question: "who",
    text: "It is about their own account",
    toRecipient: "it is about your account",
  },
  own_receiver: {
    question: "who",
    text: "It is a chat of their own",
    toRecipient: "it is a chat of yours",
  },
  own_digest: {
    question: "who",
    text: "It is their email digest",
    toRecipient: "you chose an email digest for some kinds of notification",
  },
  uses_template: {
    question: "who",
    text: "They have a workspace of the template",
    toRecipient: "you have a workspace of the template",
  },
  owns_workspace: {
    question: "who",
    text: "They own a workspace that the sender chose",
    toRecipient: "you own a workspace that the sender chose",
  },
  no_template_admin: {
    question: "who",
    text: "There is no template admin, so owners are notified",
    toRecipient: "there is no template admin",
  },
  everybody: { question: "who", text: "A receiver gets each event once, for everybody who reads it" },
  inbox: { question: "channel", text: "Every notification goes to the inbox" },
  deployment_default: { question: "channel", text: "It is the deployment's default channel" },
  template_method: { question: "channel", text: "An owner chose this channel for this kind of notification" },
  only_by_mail: {
    question: "channel",
    text: "This kind is sent by email only, so that nobody else can read it",
  },
  own_action: {
    question: "how",
    text: "It was their own action, so it is in their inbox as read and not sent by other channels",
  },
  chosen_by_user: { question: "channel", text: "They turned on this channel for themselves" },
  receiver_filter: { question: "channel", text: "The receiver's filter matches this kind of notification" },
  disabled_by_user: { question: "not", text: "They turned off this kind of notification" },
  channel_disabled_by_user: {
    question: "not",
    text: "They turned off this channel for this kind of notification",
  },
  muted_by_user: { question: "not", text: "They muted the workspace, session, template or preset" },
  off_by_default: {
    question: "not",
    text: "This kind is off by default, and the recipient has not turned it on",
  },
  duplicate: { question: "not", text: "They already got the same notification" },
  suspended_user: { question: "not", text: "Their account is suspended or deleted" },
  no_address: { question: "not", text: "They have no valid email address" },
  recipient_refused: { question: "not", text: "The mail server rejected their address" },
  not_configured: { question: "not", text: "This channel is not configured" },
  paused: { question: "not", text: "Notifications were paused when it was created" },
  waits_for_turn: {
    question: "not",
    text: "It waited for its turn: a limited number of people a minute get a custom notification",
  },
  held_back: { question: "not", text: "It was delayed, in case the state changed back" },
  digest: { question: "not", text: "It is part of their email digest" },
  quiet_hours: { question: "not", text: "It waited for the end of their quiet hours" },
  read_meanwhile: { question: "not", text: "They read it in their inbox before it was due" },
  taken_back: {
    question: "not",
    text: "It was withdrawn: the state changed back before anybody was notified",
  },
  resolved: { question: "not", text: "The problem was resolved before the notification was sent" },
  reopened: {
    question: "not",
    text: "It happened again less than 15 minutes after it was resolved, so nobody was notified again",
  },
  withdrawn_by_owner: { question: "not", text: "An owner withdrew it before it was sent" },
  disabled_by_deployment: {
    question: "not",
    text: "An owner disabled this kind of notification for everybody",
  },
  render_failed: {
    question: "how",
    text: "The template could not be rendered, so its values were sent as a list",
  },
  endpoint_gone: {
    question: "not",
    text: "The receiver responded 410 Gone; a successful test notification enables it again",
  },
  receiver_disabled: { question: "not", text: "The receiver was disabled or deleted" },
  attempts_exhausted: { question: "not", text: "All attempts failed" },
  expired: { question: "not", text: "It expired before it could be sent" },
  page_visible: { question: "not", text: "They had a page of Belfry open and visible" },
  no_subscription: { question: "not", text: "They have no subscribed browser" },
};

/** A recipient's own act. */
export const ownAction = "own_action" satisfies Reason;

/** The name of the source that named the recipient. */
export const sourceOf = (code: string): string | undefined => /^source_(.+)$/.exec(code)?.[1];
/** The name that the group of the recipient had. */
export const groupOf = (code: string): string | undefined => /^group_(.+)$/.exec(code)?.[1];
const roleOf = (code: string): string | undefined => /^role_(.+)$/.exec(code)?.[1];

/** A code of a later release is described by the code itself. */
export function describeReason(code: string): ReasonDescription {
  const role = roleOf(code);
  if (role !== undefined) return { question: "who", text: `They are ${aRole(role)}` };
  const source = sourceOf(code);
  if (source !== undefined)
    return {
      question: "who",
      text: `It came from source ${source}, which named them as the recipient`,
      toRecipient: `source ${source} sent it to you`,
    };
  const group = groupOf(code);
  if (group !== undefined)
    return {
      question: "who",
      text: `They are in the group ${group}`,
      toRecipient: `you are in the group ${group}`,
    };
  const ofRule = describeRuleReason(code);
  if (ofRule !== undefined) return ofRule;
  return Object.hasOwn(descriptions, code)
    ? descriptions[code as keyof typeof descriptions]
    : { question: "not", text: code };
}

/** The codes that a recipient can read as a sentence. */
export const recipientReasons = (codes: readonly string[]): string[] =>
  codes.filter((code) => describeReason(code).question === "who" || code === ownAction);

/** A sentence for the recipient; undefined if no code says why. */
export function whyYouGetThis(codes: readonly string[]): string | undefined {
  const roles = codes.flatMap((code) => roleOf(code) ?? []);
  const clauses = codes.flatMap((code) => describeReason(code).toRecipient ?? []);
  if (roles.length > 0) clauses.push(`you are ${roles.map(aRole).join(" and ")}`);
  if (clauses.length === 0) return undefined;
  const own = codes.includes(ownAction) ? " You did it yourself, so it is already read." : "";
  return `You get this because ${clauses.join(" and ")}.${own}`;
}

/** The noun of a role, such as `template admin`, and with its article. */
export const roleNoun = (role: string): string => role.replaceAll("-", " ");
export const aRole = (role: string): string => `${/^[aeio]/.test(role) ? "an" : "a"} ${roleNoun(role)}`;
