// A rule of the deployment or of a person, as planning reads it.
import type { Cache } from "../../../kernel/ports.ts";
import type { Escalation } from "./escalation.ts";
import type { Filter } from "./filter/language.ts";
import { parseFilter } from "./filter/parser.ts";

/** What it does with the events that match. What isn't named stays as it is. */
export interface RuleActions {
  /** Nobody gets it; by a person's own rule, they don't. */
  suppress?: true;
  /** The only channels to people; none if empty. */
  channels?: readonly string[];
  /** Ids of the only receivers; none if empty. */
  receivers?: readonly string[];
  /** By so many milliseconds; not in the inbox. */
  delayMs?: number;
  /** Emails are held for the recipient's digest. */
  digest?: "daily" | "weekly";
  /** To others, too, if nobody has read it by then; only of the deployment's. */
  escalate?: Escalation;
}

export interface Rule {
  name: string;
  /** Null: every event. */
  filter: Filter | null;
  /** The rules after it are asked, too. */
  continues: boolean;
  actions: RuleActions;
}

/** As `planRulesSql` writes it. */
interface StoredRule {
  name: string;
  filter: string | null;
  continues: number;
  actions: RuleActions;
}

/** Each text is parsed once in a process. */
export const parseRules = (cache: Cache, text: string): readonly Rule[] =>
  text === "[]" ? [] : cache(`rules ${text}`, () => (JSON.parse(text) as StoredRule[]).map(toRule));

const toRule = ({ name, filter, continues, actions }: StoredRule): Rule => ({
  name,
  filter: filter === null ? null : storedFilter(filter),
  continues: continues === 1,
  actions,
});

/** One that this release doesn't understand matches nothing. */
export function storedFilter(text: string): Filter {
  const parsed = parseFilter(text);
  return parsed.ok ? parsed.filter : { type: "or", parts: [] };
}

/** Most people have none. */
export const withOwnRules = <T extends { rules: string }>(
  cache: Cache,
  recipients: readonly T[],
): (T & { ownRules?: readonly Rule[] })[] =>
  recipients.map((recipient) =>
    recipient.rules === "[]" ? recipient : { ...recipient, ownRules: parseRules(cache, recipient.rules) },
  );

/** Whether a rule or a filter may ask for the facts of an event. */
export const asksForFacts = (
  rules: string,
  receivers: readonly { filter?: Filter | null }[],
  recipients: readonly { rules: string }[],
): boolean =>
  rules !== "[]" ||
  receivers.some(({ filter = null }) => filter !== null) ||
  recipients.some((recipient) => recipient.rules !== "[]");
