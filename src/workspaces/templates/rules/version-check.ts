// Checks a version's parameters and presets when it is created. Each problem names the path of its field.
import type { Validation } from "../../../kernel/errors.ts";
import {
  isTimeZone,
  overlap,
  parseSchedule,
  type PresetSchedule,
} from "../../autostart/rules/cron-schedule.ts";
import { validateOneLine } from "../../../kernel/rules/text.ts";
import { problemWithRules, problemWithValue, type ParameterRules } from "./parameter-values.ts";
import { problemWithParameterName } from "./names.ts";

export interface ParameterInput {
  name: string;
  required: boolean;
  defaultValue: string | null;
  rules: ParameterRules;
}

export interface PresetInput {
  name: string;
  isDefault: boolean;
  parameters: { name: string; value: string }[];
  /** Null: it keeps no pool. */
  prebuilds: {
    instances: number;
    ttlSeconds: number | null;
    scheduling: { timezone: string; schedule: { cron: string; instances: number }[] } | null;
  } | null;
}

export interface VersionInput {
  parameters: ParameterInput[];
  presets: PresetInput[];
}

/** Empty: all is well. */
export const checkVersion = ({ parameters, presets }: VersionInput): Validation[] => [
  ...parameters.flatMap(({ name, defaultValue, rules }, index) => [
    ...problem(
      `parameters.${index}.name`,
      problemWithParameterName(name) ?? duplicateName(parameters, index),
    ),
    ...problem(`parameters.${index}`, problemWithRules(rules)),
    ...problem(
      `parameters.${index}.default_value`,
      defaultValue === null ? undefined : problemWithValue(rules, defaultValue),
    ),
  ]),
  ...presets.flatMap((preset, index) => [
    ...problem(`presets.${index}.name`, problemWithPresetName(preset.name) ?? duplicateName(presets, index)),
    ...problem(`presets.${index}.default`, duplicateDefault(presets, index)),
    ...presetValueProblems(`presets.${index}`, preset, parameters),
    ...poolProblems(`presets.${index}.prebuilds`, preset.prebuilds),
  ]),
];

const problem = (field: string, detail: string | undefined): Validation[] =>
  detail === undefined ? [] : [{ field, detail }];

/** Names differ by more than the size of their letters. */
function duplicateName(all: readonly { name: string }[], index: number): string | undefined {
  const name = all[index]!.name.toLowerCase();
  const first = all.findIndex((one) => one.name.toLowerCase() === name);
  return first < index ? `duplicate name "${all[index]!.name}"` : undefined;
}

function duplicateDefault(presets: readonly PresetInput[], index: number): string | undefined {
  const first = presets.findIndex(({ isDefault }) => isDefault);
  return presets[index]!.isDefault && first < index
    ? `only one preset can be the default; "${presets[first]!.name}" already is`
    : undefined;
}

function problemWithPresetName(name: string): string | undefined {
  if (name.trim() === "" || name.length > 128) return "must have 1 to 128 characters";
  return validateOneLine(name);
}

function presetValueProblems(path: string, preset: PresetInput, parameters: ParameterInput[]): Validation[] {
  const known = parameters.map(({ name }) => name);
  const available = known.length === 0 ? "the version has none" : `the version has ${known.join(", ")}`;
  const given = preset.parameters.map(({ name }) => name);
  return [
    ...given.flatMap((name, index) =>
      problem(
        `${path}.parameters.${index}.name`,
        !known.includes(name)
          ? `unknown parameter "${name}"; ${available}`
          : given.indexOf(name) < index
            ? `duplicate parameter "${name}"`
            : undefined,
      ),
    ),
    // A pool is left alone until its values are right; people would be refused each time.
    ...(preset.prebuilds === null ? presetRuleProblems(path, preset, parameters) : []),
  ];
}

function presetRuleProblems(path: string, preset: PresetInput, parameters: ParameterInput[]): Validation[] {
  return preset.parameters.flatMap(({ name, value }, index) => {
    const definition = parameters.find((parameter) => parameter.name === name);
    const detail = definition && problemWithValue(definition.rules, value);
    return problem(`${path}.parameters.${index}.value`, detail && `"${name}" ${detail}`);
  });
}

/** What keeps the pool of a preset from being filled: the version is taken, and its template admins are notified. */
export const versionWarnings = ({ parameters, presets }: VersionInput): string[] =>
  presets.flatMap((preset) => {
    if (preset.prebuilds === null) return [];
    const given = preset.parameters.map(({ name }) => name);
    const missing = parameters.filter(
      ({ name, required, defaultValue }) => required && defaultValue === null && !given.includes(name),
    );
    return [
      ...missing.map(({ name }) => `"${name}" is required and has no value`),
      ...presetRuleProblems("", preset, parameters).map(({ detail }) => detail),
    ].map((reason) => `Prebuilds can't be created for preset "${preset.name}": ${reason}.`);
  });

function poolProblems(path: string, prebuilds: PresetInput["prebuilds"]): Validation[] {
  if (prebuilds === null) return [];
  const { instances, ttlSeconds, scheduling } = prebuilds;
  return [
    ...problem(`${path}.instances`, problemWithCount(instances)),
    ...problem(`${path}.expiration_policy.ttl`, problemWithCount(ttlSeconds ?? 0)),
    ...(scheduling === null ? [] : schedulingProblems(`${path}.scheduling`, scheduling)),
  ];
}

const problemWithCount = (count: number) =>
  Number.isSafeInteger(count) && count >= 0
    ? undefined
    : `must be a whole number of at least 0, not ${count}`;

function schedulingProblems(
  path: string,
  { timezone, schedule }: { timezone: string; schedule: { cron: string; instances: number }[] },
): Validation[] {
  const read: { index: number; cron: string; schedule: PresetSchedule }[] = [];
  const problems = problem(
    `${path}.timezone`,
    isTimeZone(timezone)
      ? undefined
      : `unknown time zone "${timezone}", use a name like Europe/Berlin or UTC`,
  );
  for (const [index, { cron, instances }] of schedule.entries()) {
    const verdict = parseSchedule(cron);
    const other = verdict.ok ? read.find((one) => overlap(one.schedule, verdict.schedule)) : undefined;
    problems.push(
      ...problem(
        `${path}.schedule.${index}.cron`,
        !verdict.ok
          ? verdict.problem
          : other === undefined
            ? undefined
            : `overlaps with "${other.cron}" (schedule ${other.index}): only one can be active at a time`,
      ),
      ...problem(`${path}.schedule.${index}.instances`, problemWithCount(instances)),
    );
    if (verdict.ok) read.push({ index, cron, schedule: verdict.schedule });
  }
  return problems;
}
