// The parameters of a request as messages carry them: sensitive values masked, long ones cut, and not too many. Events of
// workspaces call it.
import { masked } from "../../templates/rules/mask.ts";
import type { ParameterValue } from "./next-build.ts";

/** Characters of one value, and of the JSON of all that a message carries. */
const longestValue = 1_000;
const mostCharacters = 50_000;

/** What did not fit is counted. */
export function shownParameters(
  parameters: readonly ParameterValue[],
  definitions: readonly { name: string; sensitive: boolean }[],
): { parameters: ParameterValue[]; parameters_left_out: number } {
  const shown: ParameterValue[] = [];
  let left = mostCharacters;
  for (const { name, value: whole } of parameters) {
    const value = masked(name, whole, definitions);
    const cut = value.length > longestValue ? `${value.slice(0, longestValue - 1)}…` : value;
    const parameter = { name, value: cut };
    left -= JSON.stringify(parameter).length;
    if (left < 0) break;
    shown.push(parameter);
  }
  return { parameters: shown, parameters_left_out: parameters.length - shown.length };
}
