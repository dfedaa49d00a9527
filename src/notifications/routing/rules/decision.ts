// What rules decide about an event, and why each of them does or doesn't.
import type { Reason } from "../../outbox/rules/reasons.ts";
import type { RuleCode } from "../../outbox/rules/rule-reasons.ts";
import { evaluate, whyNot } from "./filter/evaluation.ts";
import type { Facts } from "./filter/language.ts";
import type { Rule, RuleActions } from "./rule.ts";

/** A choice, and the rule that made it. */
interface By<T> {
  value: T;
  by: RuleCode;
}

/** What no rule has decided is missing. */
export type RuleDecision = {
  [Action in keyof RuleActions]?: By<NonNullable<RuleActions[Action]>>;
};

export const undecided: RuleDecision = {};

const actionNames = [
  "suppress",
  "channels",
  "receivers",
  "delayMs",
  "digest",
  "escalate",
] as const satisfies (keyof RuleActions)[];

export const matchesRule = ({ filter }: Pick<Rule, "filter">, facts: Facts): boolean =>
  filter === null || evaluate(filter, facts);

/** In their order: the first that matches decides, and the next ones as long as each continues. What is decided stays so. */
export function decideByRules(rules: readonly Rule[], facts: Facts, isOwn: boolean): RuleDecision {
  const deciding: Rule[] = [];
  for (const rule of rules) {
    if (!matchesRule(rule, facts)) continue;
    deciding.push(rule);
    if (isLast(rule)) break;
  }
  return Object.assign({}, ...deciding.toReversed().map((rule) => toDecision(rule, isOwn))) as RuleDecision;
}

/** What is suppressed needs no other decision. */
const isLast = ({ continues, actions }: Rule): boolean => !continues || actions.suppress !== undefined;

function toDecision({ name, actions }: Rule, isOwn: boolean): RuleDecision {
  const by: RuleCode = `${isOwn ? "own_" : ""}rule_${name}`;
  const named = actionNames.filter((action) => actions[action] !== undefined);
  return Object.fromEntries(named.map((action) => [action, { value: actions[action], by }]));
}

/** A person's rules decide over the deployment's, except for what that suppresses. */
export const withOwn = (deployment: RuleDecision, own: RuleDecision): RuleDecision =>
  deployment.suppress === undefined ? { ...deployment, ...own } : deployment;

/** The reason codes of a decision; they name its rule. */
export const ruleReasons = {
  suppressed: ({ by }: By<unknown>): Reason => `suppressed_by_${by}`,
  chosen: ({ by }: By<unknown>): Reason => `chosen_by_${by}`,
  leftOut: ({ by }: By<unknown>): Reason => `left_out_by_${by}`,
  delayed: ({ by }: By<unknown>): Reason => `delayed_by_${by}`,
  digest: ({ by }: By<unknown>): Reason => `digest_by_${by}`,
};

export interface RuleTrace {
  name: string;
  verdict: "decided" | "no_match" | "not_asked";
  /** Why it doesn't match. */
  why: string[];
}

/** What became of each rule, in their order. */
export function traceRules(rules: readonly Rule[], facts: Facts): RuleTrace[] {
  let isOver = false;
  return rules.map((rule) => {
    const { name, filter } = rule;
    if (isOver) return { name, verdict: "not_asked", why: [] };
    if (filter !== null && !evaluate(filter, facts))
      return { name, verdict: "no_match", why: whyNot(filter, facts) };
    isOver = isLast(rule);
    return { name, verdict: "decided", why: [] };
  });
}
