// Parameters and presets of a version on the wire: as they are returned, sensitive values maskIfSensitive, and as they are sent.
import * as z from "zod";
import { prebuildStatuses } from "../../db/schema.ts";
import { maskIfSensitive, parseRules } from "../workspaces/templates/rules/parameter-values.ts";
import type {
  listPresetParameters,
  listPresets,
  listPresetSchedules,
  listParameters,
} from "../workspaces/templates/store/versions.ts";
import { text } from "../http/schemas.ts";
import { boolean, field, fixed, list, optional, shape, string } from "../http/wire.ts";

type PresetRow = ReturnType<typeof listPresets>["_"]["result"][number];
type ParameterRow = ReturnType<typeof listParameters>["_"]["result"][number];

const optionShape = shape<{ name: string; value: string }>()({
  name: string((option) => option.name),
  description: fixed(""),
  value: string((option) => option.value),
  icon: fixed(""),
});

interface ParameterView extends ParameterRow {
  allowed: ReturnType<typeof parseRules>;
}
export const parameterShape = shape<ParameterView>("TemplateVersionParameter")({
  name: string((row) => row.name),
  display_name: string((row) => row.name),
  description: string((row) => row.description),
  description_plaintext: string((row) => row.description),
  type: field(z.enum(["string", "number"]), ({ allowed: { min, max } }) =>
    min === null && max === null ? "string" : "number",
  ),
  form_type: field(z.enum(["input", "dropdown"]), ({ allowed }) =>
    allowed.options.length === 0 ? "input" : "dropdown",
  ),
  mutable: fixed(true),
  default_value: string((row) => maskIfSensitive(row.name, row.defaultValue ?? "", [row])),
  icon: fixed(""),
  options: list(optionShape, ({ allowed }) => allowed.options),
  required: boolean(
    (row) => row.required && row.defaultValue === null,
    "a build needs a value; there is no default",
  ),
  ephemeral: fixed(false),
  sensitive: boolean((row) => row.sensitive),
  validation_min: optional(z.number(), ({ allowed }) => allowed.min),
  validation_max: optional(z.number(), ({ allowed }) => allowed.max),
  validation_regex: optional(z.string(), ({ allowed }) => allowed.regex),
  validation_error: optional(z.string(), ({ allowed: { regex, error } }) => (regex === null ? null : error)),
});
export const toParameter = (row: ParameterRow) =>
  parameterShape.from({ ...row, allowed: parseRules(row.rules) });

interface PresetView extends PresetRow {
  values: { name: string; value: string }[];
  schedule: { cron: string; instances: number }[];
}

const prebuildsSchema = z.object({
  instances: z.number(),
  expiration_policy: z.object({ ttl: z.number() }).optional(),
  scheduling: z
    .object({
      timezone: z.string(),
      schedule: z.array(z.object({ cron: z.string(), instances: z.number() })),
    })
    .optional(),
});
const prebuildsOf = (row: PresetView): z.infer<typeof prebuildsSchema> | null =>
  row.desiredInstances === null
    ? null
    : {
        instances: row.desiredInstances,
        ...(row.ttlSeconds === null ? {} : { expiration_policy: { ttl: row.ttlSeconds } }),
        ...(row.schedulingTimezone === null
          ? {}
          : { scheduling: { timezone: row.schedulingTimezone, schedule: row.schedule } }),
      };

/** Coder writes a preset's members as Go names them; in lower case they stand beside, as in all other answers. */
export const presetShape = shape<PresetView>("Preset")({
  ID: string((row) => row.id),
  Name: string((row) => row.name),
  Parameters: field(z.array(z.object({ Name: z.string(), Value: z.string() })), (row) =>
    row.values.map(({ name, value }) => ({ Name: name, Value: value })),
  ),
  Default: boolean((row) => row.isDefault),
  DesiredPrebuildInstances: field(
    z.number().nullable().meta({ description: "null: no prebuilds" }),
    (row) => row.desiredInstances,
  ),
  Description: fixed(""),
  Icon: fixed(""),
  id: string((row) => row.id),
  name: string((row) => row.name),
  default: boolean((row) => row.isDefault),
  description: fixed(""),
  icon: fixed(""),
  parameters: field(z.array(z.object({ name: z.string(), value: z.string() })), (row) => row.values),
  prebuilds: field(prebuildsSchema.nullable().meta({ description: "null: no prebuilds" }), prebuildsOf),
  prebuild_status: field(z.enum(prebuildStatuses), (row) => row.prebuildStatus),
});

interface PresetRows {
  presets: PresetRow[];
  values: ReturnType<typeof listPresetParameters>["_"]["result"];
  schedules: ReturnType<typeof listPresetSchedules>["_"]["result"];
  parameters: ParameterRow[];
}

export const toPresets = ({ presets, values, schedules, parameters }: PresetRows) =>
  presets.map((row) => {
    const own = <T extends { presetId: string }>(rows: T[]) => rows.filter((one) => one.presetId === row.id);
    return presetShape.from({
      ...row,
      values: own(values).map(({ name, value }) => ({
        name,
        value: maskIfSensitive(name, value, parameters),
      })),
      schedule: own(schedules).map(({ cron, instances }) => ({ cron, instances })),
    });
  });

const maxParameters = 200;
const maxPresets = 200;
const maxSchedules = 50;

const value = text(16_384);
const newParameter = z
  .strictObject({
    name: text(1_024),
    required: z.boolean().nullish(),
    default_value: value.nullish(),
    description: text(16_384).nullish(),
    sensitive: z.boolean().nullish(),
    options: z
      .array(z.strictObject({ name: text(1_024), value }))
      .max(maxParameters)
      .nullish()
      .meta({ description: "the allowed values; any when left out" }),
    validation_min: z.number().nullish().meta({ description: "of a number" }),
    validation_max: z.number().nullish().meta({ description: "of a number" }),
    validation_regex: text(2_000)
      .nullish()
      .meta({ description: "a regular expression that matches somewhere in the value" }),
    validation_error: text(1_024).nullish().meta({ description: "what people read when it doesn't" }),
  })
  .transform(({ default_value, required, description, sensitive, ...rules }) => ({
    name: rules.name,
    required: required ?? false,
    defaultValue: default_value ?? null,
    description: description ?? "",
    sensitive: sensitive ?? false,
    rules: {
      options: rules.options ?? [],
      min: rules.validation_min ?? null,
      max: rules.validation_max ?? null,
      regex: rules.validation_regex || null,
      error: rules.validation_error ?? "",
    },
  }));
export const newParameters = z.array(newParameter).max(maxParameters);

/** The members of Terraform's `coder_workspace_preset`. Numbers are validated with the rest of the version. */
const newPreset = z
  .strictObject({
    name: text(1_024),
    default: z.boolean().nullish(),
    parameters: z
      .array(z.strictObject({ name: text(1_024), value }))
      .max(maxParameters)
      .nullish(),
    prebuilds: z
      .strictObject({
        instances: z.number(),
        expiration_policy: z.strictObject({ ttl: z.number().meta({ description: "seconds" }) }).nullish(),
        scheduling: z
          .strictObject({
            timezone: text(1_024),
            schedule: z.array(z.strictObject({ cron: text(1_024), instances: z.number() })).max(maxSchedules),
          })
          .nullish(),
      })
      .nullish(),
  })
  .transform(({ name, parameters, prebuilds, ...preset }) => ({
    name,
    isDefault: preset.default ?? false,
    parameters: parameters ?? [],
    prebuilds: prebuilds
      ? {
          instances: prebuilds.instances,
          ttlSeconds: prebuilds.expiration_policy?.ttl ?? null,
          scheduling: prebuilds.scheduling ?? null,
        }
      : null,
  }));
export const newPresets = z.array(newPreset).max(maxPresets);
