// Which preset a request means that names none. Creating a workspace calls it.
import type { ParameterValue } from "../../builds/rules/next-build.ts";

/**
 * The preset with the most parameters of those whose every parameter has the requested value, as Coder finds it; a preset
 * without parameters never matches. The first of several wins.
 */
export function matchingPreset<T extends { values: readonly ParameterValue[] }>(
  presets: readonly T[],
  requested: readonly ParameterValue[],
): T | undefined {
  const given = new Map(requested.map(({ name, value }) => [name, value]));
  const isMet = ({ values }: T) =>
    values.length > 0 && values.every(({ name, value }) => given.get(name) === value);
  return presets.filter(isMet).toSorted((a, b) => b.values.length - a.values.length)[0];
}
