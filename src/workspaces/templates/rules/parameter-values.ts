// Allowed values of a parameter, as Terraform's `coder_parameter` has them: options, a range, a pattern. Patterns run on
// people's input, so only those are accepted that are fast on every value.

export interface ParameterRules {
  /** Empty: any value. */
  options: { name: string; value: string }[];
  min: number | null;
  max: number | null;
  /** Matches somewhere in the value; null: any text. */
  regex: string | null;
  /** Shown for a value that doesn't match; empty: the pattern itself. */
  error: string;
}

/** Null for a parameter that allows any value. */
export const formatRules = ({ options, min, max, regex, error }: ParameterRules): string | null =>
  options.length === 0 && min === null && max === null && regex === null
    ? null
    : JSON.stringify({ options, min, max, regex, error });

export const noRules: ParameterRules = { options: [], min: null, max: null, regex: null, error: "" };

/** Of what is stored. */
export const parseRules = (stored: string | null | undefined): ParameterRules =>
  stored == null ? noRules : { ...noRules, ...(JSON.parse(stored) as Partial<ParameterRules>) };

/** Follows the parameter's name; undefined for a value that is allowed. */
export function problemWithValue(rules: ParameterRules, value: string): string | undefined {
  const { options, min, max, regex, error } = rules;
  const values = options.map((option) => option.value);
  if (values.length > 0 && !values.includes(value)) return `must be one of ${values.join(", ")}`;
  if (regex !== null && value.length > maxPatternValueLength)
    return `must have at most ${maxPatternValueLength} characters`;
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
  if (new Set(values).size < values.length) return "two options have the same value";
  if (min !== null && max !== null && min > max) return `minimum ${min} is above maximum ${max}`;
  const problem = regex === null ? undefined : problemWithPattern(regex);
  return problem === undefined ? undefined : `invalid pattern: ${problem}`;
}

/** Characters of a value that a pattern is tried on. */
export const maxPatternValueLength = 256;
const maxPatternLength = 500;
/** In a pattern that is anchored at the beginning; others can have one less. */
const maxRepeats = 3;

const tokens = /\\.|\[(?:\\.|[^\]\\])*\]|\(\?|[()|]|[*+]|\{\d+(?:,\d*)?\}|\?|[^]/g;
const isRepeat = (token: string) => /^([*+]|\{.*\})$/.test(token) && token !== "{1}" && token !== "{0,1}";

/** Undefined for a pattern that is allowed. */
export function problemWithPattern(pattern: string): string | undefined {
  if (pattern.length > maxPatternLength)
    return `${pattern.length} characters, at most ${maxPatternLength} allowed`;
  if (!compiles(pattern)) return "not a regular expression";
  const all: string[] = pattern.replaceAll("(?:", "(").match(tokens) ?? [];
  if (all.includes("(?")) return "lookaround, named groups and flags are not supported";
  if (all.some((token) => /^\\[1-9k]/.test(token))) return "references to groups are not supported";
  const maximum = all[0] === "^" && !all.includes("|") ? maxRepeats : maxRepeats - 1;
  const repeats = all.filter(isRepeat).length;
  if (repeats > maximum) return `${repeats} repeats, at most ${maximum} allowed`;
  return hasNestedRepeats(all) ? "a repeated group can't contain repeats or alternatives" : undefined;
}

/** What matches somewhere in the value, as in Go. */
export const matches = (pattern: string, value: string): boolean => new RegExp(pattern).test(value);

function compiles(pattern: string): boolean {
  try {
    return new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
}

function hasNestedRepeats(all: readonly string[]): boolean {
  const open: boolean[] = [];
  return all.some((token, at) => {
    const last = open.length - 1;
    if (token === "(") open.push(false);
    else if (token === ")") {
      const isComplex = open.pop() === true;
      if (isComplex && isRepeat(all[at + 1] ?? "")) return true;
      if (isComplex && last > 0) open[last - 1] = true;
    } else if (last >= 0 && (token === "|" || isRepeat(token))) open[last] = true;
    return false;
  });
}

export const maskedValue = "********";

/** The value itself, unless one of the parameters of this name is sensitive. */
export const maskIfSensitive = (
  name: string,
  value: string,
  parameters: readonly { name: string; sensitive: boolean }[],
): string =>
  parameters.some((parameter) => parameter.name === name && parameter.sensitive) && value !== ""
    ? maskedValue
    : value;
