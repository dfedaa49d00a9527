// Parameters and presets of a version on the wire. Values that are sensitive are masked.
import * as z from "zod";
import { prebuildStatuses } from "../../db/schema.ts";
import { masked, readRules } from "../workspaces/templates/rules/parameter-values.ts";
import type {
  listPresetParameters,
  listPresets,
  listPresetSchedules,
  listParameters,
} from "../workspaces/templates/store/versions.ts";
type ParameterRow = ReturnType<typeof listParameters>["_"]["result"][number];

export const parameterSchema = z
  .object({
    name: z.string(),
    display_name: z.string(),
    description: z.string(),
    description_plaintext: z.string(),
    type: z.enum(["string", "number"]),
    form_type: z.enum(["input", "dropdown"]),
    mutable: z.boolean(),
    default_value: z.string(),
    icon: z.string(),
    options: z.array(
      z.object({ name: z.string(), description: z.string(), value: z.string(), icon: z.string() }),
    ),
    required: z.boolean().meta({ description: "a build needs a value; there is no default" }),
    ephemeral: z.boolean(),
    sensitive: z.boolean(),
    validation_min: z.number().optional(),
    validation_max: z.number().optional(),
    validation_regex: z.string().optional(),
    validation_error: z.string().optional(),
  })
  .meta({ id: "TemplateVersionParameter" });

export function toParameter(row: ParameterRow): z.infer<typeof parameterSchema> {
  const { options, min, max, regex, error } = readRules(row.rules);
  return {
    name: row.name,
    display_name: row.name,
    description: row.description,
    description_plaintext: row.description,
    type: min === null && max === null ? "string" : "number",
    form_type: options.length === 0 ? "input" : "dropdown",
    mutable: true,
    default_value: masked(row.name, row.defaultValue ?? "", [row]),
    icon: "",
    options: options.map(({ name, value }) => ({ name, value, description: "", icon: "" })),
    required: row.required && row.defaultValue === null,
    ephemeral: false,
    sensitive: row.sensitive,
    ...(min === null ? {} : { validation_min: min }),
    ...(max === null ? {} : { validation_max: max }),
    ...(regex === null ? {} : { validation_regex: regex, validation_error: error }),
  };
}

const coderParameter = z.object({ Name: z.string(), Value: z.string() });

/** Coder writes a preset's members as Go names them; in lower case they stand beside, as in all other answers. */
export const presetSchema = z
  .object({
    ID: z.string(),
    Name: z.string(),
    Parameters: z.array(coderParameter),
    Default: z.boolean(),
    DesiredPrebuildInstances: z.number().nullable().meta({ description: "null: no prebuilds" }),
    Description: z.string(),
    Icon: z.string(),
    id: z.string(),
    name: z.string(),
    default: z.boolean(),
    description: z.string(),
    icon: z.string(),
    parameters: z.array(z.object({ name: z.string(), value: z.string() })),
    prebuilds: z
      .object({
        instances: z.number(),
        expiration_policy: z.object({ ttl: z.number() }).optional(),
        scheduling: z
          .object({
            timezone: z.string(),
            schedule: z.array(z.object({ cron: z.string(), instances: z.number() })),
          })
          .optional(),
      })
      .nullable()
      .meta({ description: "null: no prebuilds" }),
    prebuild_status: z.enum(prebuildStatuses),
  })
  .meta({ id: "Preset" });

interface PresetRows {
  presets: ReturnType<typeof listPresets>["_"]["result"];
  values: ReturnType<typeof listPresetParameters>["_"]["result"];
  schedules: ReturnType<typeof listPresetSchedules>["_"]["result"];
  parameters: ParameterRow[];
}

export const toPresets = ({ presets, values, schedules, parameters }: PresetRows) =>
  presets.map((row): z.infer<typeof presetSchema> => {
    const own = <T extends { presetId: string }>(rows: T[]) => rows.filter((one) => one.presetId === row.id);
    const schedule = own(schedules).map(({ cron, instances }) => ({ cron, instances }));
    const shown = own(values).map(({ name, value }) => ({ name, value: masked(name, value, parameters) }));
    return {
      ID: row.id,
      Name: row.name,
      Parameters: shown.map(({ name, value }) => ({ Name: name, Value: value })),
      Default: row.isDefault,
      DesiredPrebuildInstances: row.desiredInstances,
      Description: "",
      Icon: "",
      id: row.id,
      name: row.name,
      default: row.isDefault,
      description: "",
      icon: "",
      parameters: shown,
      prebuilds:
        row.desiredInstances === null
          ? null
          : {
              instances: row.desiredInstances,
              ...(row.ttlSeconds === null ? {} : { expiration_policy: { ttl: row.ttlSeconds } }),
              ...(row.schedulingTimezone === null
                ? {}
                : { scheduling: { timezone: row.schedulingTimezone, schedule } }),
            },
      prebuild_status: row.prebuildStatus,
    };
  });
