// Which values a parameter may have, as Terraform's `coder_parameter` says it: one of its options, a number of a range, a
// text that matches a pattern.
import { longestPatternValue, matches, problemWithPattern } from "./parameter-pattern.ts";

export interface ParameterRules {
  /** Empty: any value. */
  options: { name: string; value: string }[];
  min: number | null;
  max: number | null;
  /** Matches somewhere in the value; null: any text. */
  regex: string | null;
  /** What people are told about a value that it doesn't match; empty: the pattern itself. */
  error: string;
}

/** Null for a parameter that may have any value. */
export const storedRules = ({ options, min, max, regex, error }: ParameterRules): string | null =>
  options.length === 0 && min === null && max === null && regex === null
    ? null
    : JSON.stringify({ options, min, max, regex, error });

export const noRules: ParameterRules = { options: [], min: null, max: null, regex: null, error: "" };

/** Of what is stored. */
export const readRules = (stored: string | null | undefined): ParameterRules =>
  stored == null ? noRules : { ...noRules, ...(JSON.parse(stored) as Partial<ParameterRules>) };

/** Words that follow the parameter's name; undefined for a value that it may have. */
export function problemWithValue(rules: ParameterRules, value: string): string | undefined {
  const { options, min, max, regex, error } = rules;
  const values = options.map((option) => option.value);
  if (values.length > 0 && !values.includes(value)) return `must be one of ${values.join(", ")}`;
  if (regex !== null && value.length > longestPatternValue)
    return `must have at most ${longestPatternValue} characters`;
  if (regex !== null && !matches(regex, value))
    return error === "" ? `must match ${regex}` : `is invalid: ${error}`;
  if (min === null && max === null) return undefined;
  const number = /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : NaN;
  if (Number.isNaN(number)) return "must be a number";
  if (min !== null && number < min) return `must be at least ${min}`;
  if (max !== null && number > max) return `must be at most ${max}`;
  return undefined;
}

/** What is wrong with the rules themselves. */
export function problemWithRules({ options, min, max, regex }: ParameterRules): string | undefined {
  const values = options.map((option) => option.value);
  if (new Set(values).size < values.length) return "has two options of the same value";
  if (min !== null && max !== null && min > max)
    return `has a minimum of ${min}, above its maximum of ${max}`;
  const problem = regex === null ? undefined : problemWithPattern(regex);
  return problem === undefined ? undefined : `has a pattern that ${problem}`;
}
