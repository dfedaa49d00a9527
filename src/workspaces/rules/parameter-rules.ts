// Which values a parameter may have, as Terraform's `coder_parameter` says it: one of its options, a number of a range.

export interface ParameterRules {
  /** Empty: any value. */
  options: { name: string; value: string }[];
  min: number | null;
  max: number | null;
}

/** Null for a parameter that may have any value. */
export const storedRules = ({ options, min, max }: ParameterRules): string | null =>
  options.length === 0 && min === null && max === null ? null : JSON.stringify({ options, min, max });

/** Of what is stored. */
export const readRules = (stored: string | null | undefined): ParameterRules =>
  stored == null ? { options: [], min: null, max: null } : (JSON.parse(stored) as ParameterRules);

/** Words that follow the parameter's name; undefined for a value that it may have. */
export function problemWithValue({ options, min, max }: ParameterRules, value: string): string | undefined {
  const values = options.map((option) => option.value);
  if (values.length > 0 && !values.includes(value)) return `must be one of ${values.join(", ")}`;
  if (min === null && max === null) return undefined;
  const number = /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : NaN;
  if (Number.isNaN(number)) return "must be a number";
  if (min !== null && number < min) return `must be at least ${min}`;
  if (max !== null && number > max) return `must be at most ${max}`;
  return undefined;
}

/** What is wrong with the rules themselves. */
export function problemWithRules({ options, min, max }: ParameterRules): string | undefined {
  const values = options.map((option) => option.value);
  if (new Set(values).size < values.length) return "has two options of the same value";
  if (min !== null && max !== null && min > max)
    return `has a minimum of ${min}, above its maximum of ${max}`;
  return undefined;
}
