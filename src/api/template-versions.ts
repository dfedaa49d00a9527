// Routes of template versions: making one, and what one is.
import { Hono } from "hono";
import * as z from "zod";
import { findOrganization } from "../accounts/store/deployment.ts";
import { notFound } from "../kernel/errors.ts";
import {
  listPresetParameters,
  listPresets,
  listPresetSchedules,
  findVersion,
  listParameters,
} from "../workspaces/templates/store/versions.ts";
import { warningsOfVersion } from "../workspaces/templates/rules/version-check.ts";
import { createVersion, type NewVersion } from "../workspaces/templates/versions.ts";
import { endpoint, readAsUser, valid, type Endpoint, type Env } from "../http/endpoint.ts";
import { parameterShape, presetShape, toParameter, toPresets } from "./preset-shape.ts";
import { optionalId, lowerUuid, text } from "../http/schemas.ts";
import { createdVersionShape, versionShape } from "./template-shape.ts";
import { everyProvisioner, unsupported, variables } from "../http/unsupported.ts";

const mostParameters = 200;
const mostPresets = 200;
const mostSchedules = 50;

const value = text(16_384);
const newParameter = z.strictObject({
  name: text(1_024),
  required: z.boolean().nullish(),
  default_value: value.nullish(),
  description: text(16_384).nullish(),
  sensitive: z.boolean().nullish(),
  options: z
    .array(z.strictObject({ name: text(1_024), value }))
    .max(mostParameters)
    .nullish()
    .meta({ description: "the values that it may have; any when left out" }),
  validation_min: z.number().nullish().meta({ description: "of a number" }),
  validation_max: z.number().nullish().meta({ description: "of a number" }),
  validation_regex: text(2_000)
    .nullish()
    .meta({ description: "a regular expression that matches somewhere in the value" }),
  validation_error: text(1_024).nullish().meta({ description: "what people read when it doesn't" }),
});
/** The members of Terraform's `coder_workspace_preset`. Numbers are judged with the rest of the version. */
const newPreset = z.strictObject({
  name: text(1_024),
  default: z.boolean().nullish(),
  parameters: z
    .array(z.strictObject({ name: text(1_024), value }))
    .max(mostParameters)
    .nullish(),
  prebuilds: z
    .strictObject({
      instances: z.number(),
      expiration_policy: z.strictObject({ ttl: z.number().meta({ description: "seconds" }) }).nullish(),
      scheduling: z
        .strictObject({
          timezone: text(1_024),
          schedule: z.array(z.strictObject({ cron: text(1_024), instances: z.number() })).max(mostSchedules),
        })
        .nullish(),
    })
    .nullish(),
});
/** Coder's clients send more than this, about how it is to be imported. */
const newVersionBody = z.object({
  name: text(1_024).nullish(),
  message: text(16_384).nullish(),
  template_id: optionalId,
  file_id: optionalId,
  has_ai_task: z.boolean().nullish(),
  parameters: z.array(newParameter).max(mostParameters).nullish(),
  presets: z.array(newPreset).max(mostPresets).nullish(),
  storage_method: unsupported("the only method is file", "file"),
  provisioner: unsupported("the only provisioner is terraform", "terraform"),
  example_id: unsupported("send a file_id"),
  tags: everyProvisioner,
  user_variable_values: variables,
});

const idParam = z.object({ id: lowerUuid });
const reading = (summary: string, answer: z.ZodType): Endpoint => ({
  summary,
  access: "session",
  answers: { 200: answer },
  errors: [400, 401, 403, 404],
});

export const templateVersionRoutes = new Hono<Env>()
  .post(
    "/organizations/:organization/templateversions",
    endpoint({
      summary: "Create a template version, for an existing or new template; validates its presets",
      access: "session",
      requires: {
        permission: "templates:manage",
        deniedMessage: "Only an owner or a template-admin may make versions of templates.",
      },
      answers: { 201: createdVersionShape.schema },
      errors: [400, 401, 403, 404, 409, 413, 415],
    }),
    valid("json", newVersionBody),
    async (c) => {
      const { actor, organization } = await readAsUser(c, {
        organization: findOrganization(c.req.param("organization")),
      });
      if (organization[0] === undefined) throw notFound("Organization");
      const input = toInput(organization[0].id, c.req.valid("json"));
      const version = await createVersion(c.get("deps"), actor, input);
      return c.json(createdVersionShape.from({ ...version, warnings: warningsOfVersion(input) }), 201);
    },
  )
  .get(
    "/templateversions/:id",
    endpoint(reading("A version of a template", versionShape.schema)),
    valid("param", idParam),
    async (c) => {
      const { version } = await readAsUser(c, { version: findVersion(c.req.valid("param").id) });
      if (version[0] === undefined) throw notFound("Template version");
      return c.json(versionShape.from(version[0]));
    },
  )
  .get(
    "/templateversions/:id/presets",
    endpoint(
      reading(
        "The presets of a version, with their pools; sensitive values are masked",
        z.array(presetShape.schema),
      ),
    ),
    valid("param", idParam),
    async (c) => {
      const { id } = c.req.valid("param");
      const { version, ...rows } = await readAsUser(c, {
        version: findVersion(id),
        presets: listPresets(id),
        values: listPresetParameters(id),
        schedules: listPresetSchedules(id),
        parameters: listParameters(id),
      });
      if (version[0] === undefined) throw notFound("Template version");
      return c.json(toPresets(rows));
    },
  )
  .get(
    "/templateversions/:id/rich-parameters",
    endpoint(
      reading("The parameters of a version; sensitive values are masked", z.array(parameterShape.schema)),
    ),
    valid("param", idParam),
    async (c) => {
      const { id } = c.req.valid("param");
      const { version, parameters } = await readAsUser(c, {
        version: findVersion(id),
        parameters: listParameters(id),
      });
      if (version[0] === undefined) throw notFound("Template version");
      return c.json(parameters.map(toParameter));
    },
  )
  .get(
    "/templateversions/:id/external-auth",
    endpoint(
      reading("Accounts elsewhere that a workspace of it needs: there are none", z.array(z.never()).max(0)),
    ),
    valid("param", idParam),
    async (c) => {
      const { version } = await readAsUser(c, { version: findVersion(c.req.valid("param").id) });
      if (version[0] === undefined) throw notFound("Template version");
      return c.json([]);
    },
  );

function toInput(organizationId: string, body: z.infer<typeof newVersionBody>): NewVersion {
  return {
    organizationId,
    templateId: body.template_id ?? null,
    name: body.name || undefined,
    message: body.message ?? "",
    fileId: body.file_id ?? null,
    hasAiTask: body.has_ai_task ?? false,
    parameters: (body.parameters ?? []).map(({ name, required, default_value, description, ...more }) => ({
      name,
      required: required ?? false,
      defaultValue: default_value ?? null,
      description: description ?? "",
      sensitive: more.sensitive ?? false,
      rules: {
        options: more.options ?? [],
        min: more.validation_min ?? null,
        max: more.validation_max ?? null,
        regex: more.validation_regex || null,
        error: more.validation_error ?? "",
      },
    })),
    presets: (body.presets ?? []).map(toPresetInput),
  };
}

function toPresetInput({ name, parameters, prebuilds, ...preset }: z.infer<typeof newPreset>) {
  return {
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
  };
}
