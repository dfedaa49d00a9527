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
  allowed: ReturnType<typeof readRules>;
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
  default_value: string((row) => masked(row.name, row.defaultValue ?? "", [row])),
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
  parameterShape.from({ ...row, allowed: readRules(row.rules) });

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
      values: own(values).map(({ name, value }) => ({ name, value: masked(name, value, parameters) })),
      schedule: own(schedules).map(({ cron, instances }) => ({ cron, instances })),
    });
  });
