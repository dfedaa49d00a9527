// Reason codes of rules, which name the rule, and a sentence for each.
import { formatDuration } from "../../situations/rules/situation.ts";

/** A rule by its name; `own_` for the recipient's. */
export type RuleCode = `${"" | "own_"}rule_${string}`;
type Verb = keyof typeof byRule;
export type RuleReason = `${Verb}_by_${RuleCode}` | `escalated_after_${number}s_by_${RuleCode}`;

/** `rule` is the rule in words, `inTime` how long it waited. */
const byRule = {
  suppressed: ["not", (rule: string) => `${rule} suppressed it`],
  chosen: ["channel", (rule: string) => `${rule} chose this channel`],
  left_out: ["not", (rule: string) => `${rule} chose other channels`],
  delayed: ["not", (rule: string) => `${rule} delayed it`],
  digest: ["not", (rule: string) => `${rule} holds it for the digest`],
  escalated: [
    "who",
    (rule: string, inTime: string) => `${rule} escalated it, because nobody had read it ${inTime}`,
  ],
} as const;

/** Undefined for any other code. */
export function describeRuleReason(code: string) {
  const [, verb, seconds, own, name] = /^([a-z_]+?)(?:_after_(\d+)s)?_by_(own_)?rule_(.+)$/.exec(code) ?? [];
  if (verb === undefined || !Object.hasOwn(byRule, verb)) return undefined;
  const [question, text] = byRule[verb as Verb];
  const inTime = seconds === undefined ? "in time" : `within ${formatDuration(Number(seconds) * 1_000)}`;
  return {
    question,
    text: text(`${own === undefined ? "The" : "Their own"} rule ${name!}`, inTime),
    ...(question === "who" ? { toRecipient: `nobody had read it ${inTime} (rule ${name!})` } : {}),
  };
}

/** The name of the rule that escalated it to the recipient. */
export const escalationOf = (code: string): string | undefined =>
  /^escalated(?:_after_\d+s)?_by_rule_(.+)$/.exec(code)?.[1];
