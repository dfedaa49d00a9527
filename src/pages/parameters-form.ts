// The parameters of a build that can't run with the values that it has: asked for on the workspace's page.
import { ApiError } from "../kernel/errors.ts";
import type { BuildAnswers } from "../workspaces/builds/decide-build.ts";
import {
  parameterProblems,
  type ParameterProblem,
  type ParameterValue,
} from "../workspaces/builds/rules/next-build.ts";
import {
  maskIfSensitive,
  parseRules,
  type ParameterRules,
} from "../workspaces/templates/rules/parameter-values.ts";
import { fields, problem, type Field } from "./form.ts";
import { html } from "./html.ts";
import type { Html } from "./layout.ts";

/** As the API allows. */
const maxValueLength = 65_536;

type Definition = BuildAnswers["definitions"][number];

export interface ParameterDraft {
  /** The name of the version that the build runs. */
  version: string;
  definitions: readonly Definition[];
  previous: readonly ParameterValue[];
  /** Of the form; undefined where it was not shown yet. */
  sent: readonly ParameterValue[] | undefined;
  problems: readonly ParameterProblem[];
}

const fieldName = (parameter: string) => `parameter.${parameter}`;

/** A required parameter whose field is empty has no value. */
export function parameterDraft(
  { version, definitions, previous }: Pick<BuildAnswers, "version" | "definitions" | "previous">,
  form: Record<string, unknown>,
): ParameterDraft {
  const sent = definitions.flatMap(({ name }) => {
    const value = form[fieldName(name)];
    // Browsers send the line ends of networks.
    return typeof value === "string" ? [{ name, value: value.replaceAll("\r\n", "\n") }] : [];
  });
  const empty = definitions.filter(({ required }) => required).map(({ name }) => name);
  const isEmpty = (name: string) =>
    empty.includes(name) && sent.some((one) => one.name === name && one.value === "");
  const problems = parameterProblems({
    definitions: definitions.map((one) => (isEmpty(one.name) ? { ...one, defaultValue: null } : one)),
    previous: previous.filter(({ name }) => !isEmpty(name)),
    preset: [],
    requested: sent.filter(({ name }) => !isEmpty(name)),
  });
  return {
    version: version[0]?.name ?? "",
    definitions,
    previous,
    sent: sent.length === 0 ? undefined : sent,
    problems: [...problems, ...sent.filter(isTooLong).map(({ name }) => tooLong(name))],
  };
}

const isTooLong = ({ value }: ParameterValue): boolean => value.length > maxValueLength;
const tooLong = (name: string): ParameterProblem => ({
  name,
  problem: `must have at most ${maxValueLength} characters`,
  isMissing: false,
});

/** What the form says before its fields. */
export function missingText({ problems, version }: ParameterDraft): string {
  const listed = (isMissing: boolean) =>
    problems.filter((one) => one.isMissing === isMissing).map(({ name }) => name);
  const [missing, refused] = [listed(true), listed(false)];
  return [
    ...(missing.length === 0 ? [] : [`Version ${version} requires a value for ${missing.join(", ")}.`]),
    ...(refused.length === 0
      ? []
      : [`Version ${version} doesn't allow the current value of ${refused.join(", ")}.`]),
  ].join(" ");
}

export function parameterFields(draft: ParameterDraft): Html {
  const all = draft.definitions.map((one) => toField(one, draft));
  // What nobody was asked for yet is not a mistake.
  const marked = draft.problems.filter(({ isMissing }) => !isMissing || draft.sent !== undefined);
  const error = new ApiError(400, "Fix the fields marked below.", {
    validations: marked.map(({ name, problem, isMissing }) => ({
      field: fieldName(name),
      detail: isMissing ? "enter a value" : problem,
    })),
  });
  return html`${draft.sent === undefined ? "" : problem(error, all)}${fields(all, error)}`;
}

function toField(definition: Definition, { previous, sent = [] }: ParameterDraft): Field {
  const { name, required, sensitive, description, defaultValue } = definition;
  const rules = parseRules(definition.rules);
  const valueIn = (values: readonly ParameterValue[]) => values.find((one) => one.name === name)?.value;
  const known = maskIfSensitive(name, valueIn(previous) ?? defaultValue ?? "", [{ name, sensitive }]);
  const value = valueIn(sent) ?? known;
  const hint = [description, rangeHint(rules)].filter((one) => one !== "").join(" ");
  return {
    name: fieldName(name),
    label: name,
    type: typeOf(rules, sensitive, value),
    autocomplete: "off",
    optional: !required,
    value,
    ...(hint === "" ? {} : { hint }),
    options: optionsOf(rules, value),
  };
}

function typeOf({ options, min, max }: ParameterRules, sensitive: boolean, value: string): Field["type"] {
  if (options.length > 0) return "select";
  if (sensitive) return "password";
  if (min !== null || max !== null) return "number";
  return value.includes("\n") ? "lines" : "text";
}

/** Nothing is selected for a value that is none of the options. */
function optionsOf({ options }: ParameterRules, value: string): NonNullable<Field["options"]> {
  const all = options.map((option) => ({ value: option.value, label: option.name || option.value }));
  return all.some((option) => option.value === value)
    ? all
    : [{ value: "", label: "Select a value" }, ...all];
}

function rangeHint({ min, max }: ParameterRules): string {
  if (min !== null && max !== null) return `${min} to ${max}.`;
  if (min !== null) return `At least ${min}.`;
  return max === null ? "" : `At most ${max}.`;
}
