// A filter as it is parsed, and the facts that it can ask for.
import { severities } from "../../../../../db/rules/template-file.ts";

/** Facts that are always one text; labels have names of their own: `label.NAME`. */
export const factNames = ["kind", "severity", "group", "template", "preset", "workspace", "owner"] as const;
export type FactName = (typeof factNames)[number];
export type Severity = (typeof severities)[number];

export const isFact = (word: string): word is FactName => (factNames as readonly string[]).includes(word);
export const isSeverity = (text: string): text is Severity =>
  (severities as readonly string[]).includes(text);

/** What an event says of itself. What it doesn't have is empty. */
export interface Facts extends Readonly<Record<FactName, string>> {
  labels: Readonly<Record<string, string>>;
}

/** The word of a fact in a filter. */
export type FactWord = FactName | `label.${string}`;

export type Operator = "=" | "!=" | ">=" | ">" | "<=" | "<" | "in" | "not in";

export interface Comparison {
  type: "comparison";
  fact: FactWord;
  operator: Operator;
  /** One, or those of a list. In strings, `*` stands for anything, and `\*` for itself. */
  values: readonly string[];
}

export type Filter =
  | Comparison
  | { type: "and" | "or"; parts: readonly Filter[] }
  | { type: "not"; part: Filter };

/** As receivers order them: a success is as important as an information. */
export const severityRanks: Readonly<Record<Severity, number>> = {
  info: 0,
  success: 0,
  warning: 1,
  critical: 2,
};
