// The next build of a workspace: its number, preset, parameters, and the generation of its agents' tokens.
import type { Transition } from "../../../../db/schema.ts";
import type { Validation } from "../../../kernel/errors.ts";
import { maskedValue, problemWithValue, parseRules } from "../../templates/rules/parameter-values.ts";

export interface ParameterDefinition {
  name: string;
  required: boolean;
  defaultValue: string | null;
  sensitive?: boolean;
  /** As stored. */
  rules?: string | null;
}
export interface ParameterValue {
  name: string;
  value: string;
}
export type ParameterResult =
  | { ok: true; parameters: ParameterValue[] }
  | { ok: false; validations: Validation[] };

const fieldName = "rich_parameter_values";

interface ParameterSources {
  definitions: readonly ParameterDefinition[];
  previous: readonly ParameterValue[];
  preset: readonly ParameterValue[];
  requested: readonly ParameterValue[];
}

/** By name. Later ones win: the previous build's value, the request's, the preset's. */
function givenValues({ definitions, previous, preset, requested }: ParameterSources): Map<string, string> {
  const secret = new Set(definitions.filter(({ sensitive }) => sensitive).map(({ name }) => name));
  // Who sends back the mask of a sensitive value means the one that it stands for.
  const plain = requested.filter(({ name, value }) => value !== maskedValue || !secret.has(name));
  return new Map([...previous, ...plain, ...preset].map(({ name, value }) => [name, value]));
}

export interface ParameterProblem {
  name: string;
  /** Follows the parameter's name. */
  problem: string;
  isMissing: boolean;
}

/** What keeps a build from running with these values, by parameter. */
export function parameterProblems(from: ParameterSources): ParameterProblem[] {
  const given = givenValues(from);
  return from.definitions.flatMap(({ name, required, defaultValue, rules }): ParameterProblem[] => {
    const value = given.get(name) ?? defaultValue;
    if (value === null)
      return required ? [{ name, problem: "is required and has no value", isMissing: true }] : [];
    const problem = problemWithValue(parseRules(rules), value);
    return problem === undefined ? [] : [{ name, problem, isMissing: false }];
  });
}

/** The given values, or the defaults. */
export function nextParameters(from: ParameterSources): ParameterResult {
  const validations = [
    ...problemsWithNames(from.definitions, from.requested),
    ...parameterProblems(from).map(({ name, problem }) => ({
      field: fieldName,
      detail: `the parameter "${name}" ${problem}`,
    })),
  ];
  if (validations.length > 0) return { ok: false, validations };
  const given = givenValues(from);
  const parameters = from.definitions.map(({ name, defaultValue }) => ({
    name,
    value: given.get(name) ?? defaultValue ?? "",
  }));
  return { ok: true, parameters };
}

function problemsWithNames(
  definitions: readonly ParameterDefinition[],
  requested: readonly ParameterValue[],
): Validation[] {
  const known = definitions.map(({ name }) => name);
  const available = `the template version has ${known.length === 0 ? "none" : known.join(", ")}`;
  return requested.flatMap(({ name }, index) => {
    const field = `${fieldName}.${index}.name`;
    if (!known.includes(name)) return [{ field, detail: `unknown parameter "${name}"; ${available}` }];
    const isSecond = requested.findIndex((other) => other.name === name) < index;
    return isSecond ? [{ field, detail: `duplicate parameter "${name}"` }] : [];
  });
}

export interface PreviousBuild {
  number: number;
  transition: Transition;
  agentGeneration: string;
}

export const nextNumber = (previous: PreviousBuild | undefined): number => (previous?.number ?? 0) + 1;

/** Tokens of agents are the same from a start to the stop after it; a start after a stop gets new ones. */
export const nextGeneration = (
  previous: PreviousBuild | undefined,
  transition: Transition,
  fresh: string,
): string =>
  previous === undefined || (transition === "start" && previous.transition !== "start")
    ? fresh
    : previous.agentGeneration;

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
