// What a receiver is given of a notification, and how its texts are fitted into the limits of products.
import { everybodyUser, type Action, type MinSeverity } from "../../../../db/schema.ts";
import { findKind, kinds, severityOf } from "../../kinds/kinds.ts";
import type { OutgoingMessage } from "../../channels/channel.ts";
import { escapeMarkdown } from "../../../kernel/rules/text.ts";
import { toPlainText } from "../../texts/rules/markdown.ts";

export type Severity = MinSeverity | "success";

export interface ReceiverMessage {
  /** The same at each attempt. */
  id: string;
  /** Of what is the matter: that it is over has the same key. */
  key: string;
  isResolved: boolean;
  /** It lasts until it is resolved. */
  isOpen: boolean;
  severity: Severity;
  /** Plain text, one line. */
  title: string;
  /** Markdown. */
  body: string;
  facts: readonly (readonly [name: string, value: string])[];
  actions: readonly Action[];
  /** The page that has the whole text. */
  link: string;
  /** Epoch milliseconds. */
  at: number;
  /** The kind, for people. */
  kind: string;
  outgoing: OutgoingMessage;
}

export interface ReceiverTarget {
  address: string;
  headers: Readonly<Record<string, string>>;
  /** The one in force first. */
  secrets: readonly string[];
  /** Of the format `json`. */
  template?: string | null;
}

/** Of messages that go to a receiver and to nobody in particular. */
export const everybodyRecipient = {
  id: everybodyUser.id,
  username: everybodyUser.username,
  name: "Everybody",
  email: "",
};

/** One of no event: a test, a sample, a code. */
export const loneMessage = (
  given: Pick<OutgoingMessage, "id" | "recipient" | "template" | "title" | "body"> & Partial<OutgoingMessage>,
): OutgoingMessage => ({
  reasons: [],
  actions: [],
  labels: {},
  data: null,
  targets: [],
  unsubscribeUrl: null,
  expiresAt: null,
  ...given,
});

export interface ReceiverRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** Why there is no request: the message can't be rendered. */
export interface Unrendered {
  problem: string;
}

/** As products that page somebody call it. */
export const pagingSeverities = {
  critical: "critical",
  warning: "warning",
  success: "info",
  info: "info",
} as const satisfies Record<Severity, MinSeverity>;

/** For products that show no severity by themselves. */
export const severityMarks = { critical: "🚨", warning: "⚠️", success: "✅", info: "ℹ️" } as const;

/** What a message has buttons or links for: there is always a way to the whole text. */
export const shownActions = ({ actions, link }: ReceiverMessage): readonly Action[] =>
  actions.length === 0 ? [{ label: "Open Belfry", url: link }] : actions;

const maxFacts = 10;
const maxFactLength = 200;
const isResolvedKind = (id: string): boolean => id === kinds["situation-resolved"].id;

/** `situationId`: what it opened or resolves; `at`: when it happened. */
export function toReceiverMessage(
  outgoing: OutgoingMessage,
  { situationId, at, accessUrl }: { situationId: string | null; at: number; accessUrl: string },
): ReceiverMessage {
  const { id, recipient, template, title, body, labels, actions } = outgoing;
  const kind = findKind(template.id);
  return {
    id,
    key: `belfry/${situationId ?? id}`,
    isResolved: isResolvedKind(template.id),
    isOpen: situationId !== null && !isResolvedKind(template.id),
    severity: severityOf(template),
    title: toPlainText(title).replaceAll(/\s+/g, " ").trim(),
    body:
      recipient.id === everybodyUser.id
        ? body
        : `**For ${escapeMarkdown(personName(recipient))}**\n\n${body}`,
    facts: Object.entries(labels)
      .filter(([name, value]) => isFact(name, value))
      .slice(0, maxFacts)
      .map(([name, value]) => [factName(name), value] as const),
    actions,
    link: actions[0]?.url ?? `${accessUrl}/inbox`,
    at,
    kind: kind?.displayName ?? template.name,
    outgoing,
  };
}

/** A chat isn't theirs: a message for one of many says for whom it is. */
const personName = ({ name, username }: OutgoingMessage["recipient"]): string =>
  name === "" || name === username ? username : `${name} (${username})`;

/** Short values; a link or a whole text is in the body. */
const isFact = (name: string, value: string): boolean =>
  value !== "" &&
  value.length <= maxFactLength &&
  !value.includes("\n") &&
  !name.startsWith("custom_") &&
  !/^https?:/.test(value);

/** `template_version` → `Template version`. */
function factName(label: string): string {
  const words = label.replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * At most `max` characters: cut after a sentence, else after a word, with `…`. Never in the middle of a character that takes
 * two.
 */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const head = text.slice(0, Math.max(0, max - 2)).replace(/[\uD800-\uDBFF]$/, "");
  const sentence = lastEnd(head, /[.!?](?=\s)|\n/g);
  if (sentence > head.length / 2) return `${head.slice(0, sentence).trimEnd()} …`;
  const word = head.lastIndexOf(" ");
  return `${head.slice(0, word > head.length / 2 ? word : head.length).trimEnd()} …`;
}

function lastEnd(text: string, pattern: RegExp): number {
  let end = 0;
  for (const match of text.matchAll(pattern)) end = match.index + match[0].length;
  return end;
}

/**
 * The largest cut of a text whose result is accepted: cut in half until it is. For limits that count something else than the
 * text's characters.
 */
export function fitText<T>(
  text: string,
  max: number,
  build: (cut: string) => T,
  fits: (built: T) => boolean,
): T {
  let built = build(cutText(text, max));
  for (let length = Math.min(max, text.length); length > 1 && !fits(built); length = Math.floor(length * 0.8))
    built = build(cutText(text, length));
  return built;
}
