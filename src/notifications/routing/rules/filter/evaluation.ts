// Whether an event matches a filter, and if not, why.
import {
  severityRanks,
  type Comparison,
  type Facts,
  type FactWord,
  type Filter,
  type Severity,
} from "./language.ts";
import { printComparison } from "./print.ts";

export function evaluate(filter: Filter, facts: Facts): boolean {
  switch (filter.type) {
    case "and":
      return filter.parts.every((part) => evaluate(part, facts));
    case "or":
      return filter.parts.some((part) => evaluate(part, facts));
    case "not":
      return !evaluate(filter.part, facts);
    case "comparison":
      return compare(filter, facts);
  }
}

export const factOf = (fact: FactWord, facts: Facts): string => {
  if (!fact.startsWith("label.")) return facts[fact as keyof Facts] as string;
  const name = fact.slice("label.".length);
  return Object.hasOwn(facts.labels, name) ? facts.labels[name]! : "";
};

function compare({ fact, operator, values }: Comparison, facts: Facts): boolean {
  const actual = factOf(fact, facts);
  switch (operator) {
    case "=":
    case "in":
      return values.some((value) => isLike(actual, value));
    case "!=":
    case "not in":
      return !values.some((value) => isLike(actual, value));
  }
  const difference = rankOf(actual) - rankOf(values[0]!);
  if (operator === ">=") return difference >= 0;
  if (operator === ">") return difference > 0;
  return operator === "<=" ? difference <= 0 : difference < 0;
}

/** Of the fact, and of a value that was parsed: they are severities. */
const rankOf = (severity: string): number => severityRanks[severity as Severity];

/** Whatever their case; `*` stands for any text. Each part is looked for once, so that no pattern takes long. */
export function isLike(actual: string, pattern: string): boolean {
  const text = actual.toLowerCase();
  const parts = splitAtStars(pattern.toLowerCase());
  const first = parts[0]!;
  const last = parts.at(-1)!;
  if (parts.length === 1) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

function splitAtStars(pattern: string): string[] {
  const parts = [""];
  for (const [word] of pattern.matchAll(/\\.|\*|[^\\*]+/gs)) {
    if (word === "*") parts.push("");
    else parts.push(`${parts.pop()!}${word.startsWith("\\") ? word.slice(1) : word}`);
  }
  return parts;
}

/** What kept the event from matching: a sentence for each comparison that decided it, each once. */
export const whyNot = (filter: Filter, facts: Facts): string[] => [
  ...new Set(deciding(filter, facts, false).map((comparison) => describe(comparison, facts))),
];

/** The comparisons that make the filter what it is. */
function deciding(filter: Filter, facts: Facts, value: boolean): Comparison[] {
  if (filter.type === "comparison") return [filter];
  if (filter.type === "not") return deciding(filter.part, facts, !value);
  const agreeing = filter.parts.filter((part) => evaluate(part, facts) === value);
  // One that is false decides an `and`; one that is true an `or`. Otherwise all do.
  const isOneEnough = (filter.type === "and") === !value;
  return (isOneEnough ? agreeing.slice(0, 1) : agreeing).flatMap((part) => deciding(part, facts, value));
}

function describe(comparison: Comparison, facts: Facts): string {
  const actual = factOf(comparison.fact, facts);
  const is = actual === "" ? `it has no ${comparison.fact}` : `${comparison.fact} is "${actual}"`;
  return `${printComparison(comparison)} is ${compare(comparison, facts)}: ${is}`;
}
