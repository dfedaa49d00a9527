// Allowed values of a parameter, as Terraform's `coder_parameter` has them: options, a range, a pattern. Patterns run on
// people's input, so only those are accepted that are fast on every value.

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
export const formatRules = ({ options, min, max, regex, error }: ParameterRules): string | null =>
  options.length === 0 && min === null && max === null && regex === null
    ? null
    : JSON.stringify({ options, min, max, regex, error });

export const noRules: ParameterRules = { options: [], min: null, max: null, regex: null, error: "" };

/** Of what is stored. */
export const parseRules = (stored: string | null | undefined): ParameterRules =>
  stored == null ? noRules : { ...noRules, ...(JSON.parse(stored) as Partial<ParameterRules>) };

/** Words that follow the parameter's name; undefined for a value that it may have. */
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
  if (new Set(values).size < values.length) return "has two options of the same value";
  if (min !== null && max !== null && min > max)
    return `has a minimum of ${min}, above its maximum of ${max}`;
  const problem = regex === null ? undefined : problemWithPattern(regex);
  return problem === undefined ? undefined : `has a pattern that ${problem}`;
}

/** Characters of a value that a pattern is tried on. */
export const maxPatternValueLength = 256;
const maxPatternLength = 500;
/** In a pattern that begins at the value's beginning; one that may begin anywhere has one less. */
const maxRepeats = 3;

const tokens = /\\.|\[(?:\\.|[^\]\\])*\]|\(\?|[()|]|[*+]|\{\d+(?:,\d*)?\}|\?|[^]/g;
const isRepeat = (token: string) => /^([*+]|\{.*\})$/.test(token) && token !== "{1}" && token !== "{0,1}";

/** Words that follow the pattern; undefined for one that may be used. */
export function problemWithPattern(pattern: string): string | undefined {
  if (pattern.length > maxPatternLength) return `is longer than ${maxPatternLength} characters`;
  if (!compiles(pattern)) return "is no regular expression";
  const all: string[] = pattern.replaceAll("(?:", "(").match(tokens) ?? [];
  if (all.includes("(?")) return "must not look around, name groups or set flags";
  if (all.some((token) => /^\\[1-9k]/.test(token))) return "must not refer to groups";
  const most = all[0] === "^" && !all.includes("|") ? maxRepeats : maxRepeats - 1;
  if (all.filter(isRepeat).length > most) return `must not have more than ${most} repeats`;
  return hasNestedRepeats(all) ? "must not repeat a group that repeats or has alternatives" : undefined;
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
