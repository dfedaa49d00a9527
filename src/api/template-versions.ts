// Routes of template versions: creating one, what one has, those of a template, and which of them is active.
import * as z from "zod";
import { Hono } from "hono";
import { findOrganization } from "../accounts/store/deployment.ts";
import { notFound } from "../kernel/errors.ts";
import {
  listPresetParameters,
  listPresets,
  listPresetSchedules,
  findVersion,
  listParameters,
  listVersions,
} from "../workspaces/templates/store/versions.ts";
import { versionWarnings } from "../workspaces/templates/rules/version-check.ts";
import { createVersion, type NewVersion } from "../workspaces/templates/versions.ts";
import { endpoint, readAsUser, valid, type Endpoint, type Env } from "../http/endpoint.ts";
import {
  newParameters,
  newPresets,
  parameterShape,
  presetShape,
  toParameter,
  toPresets,
} from "./preset-shape.ts";
import { optionalId, lowerUuid, text, messageSchema } from "../http/schemas.ts";
import { createdVersionShape, versionShape } from "./template-shape.ts";
import { everyProvisioner, unsupported, variables } from "../http/schemas.ts";
import { requestReconciliation } from "../prebuilds/reconcile/reconcile.ts";
import { findTemplate } from "../workspaces/templates/store/templates.ts";
import { activateVersion } from "../workspaces/templates/templates.ts";
import { listLimit, wholeNumber } from "../http/schemas.ts";
import { onlyAdmins, requireTemplate } from "./templates.ts";

const idParam = z.object({ id: lowerUuid });
/** Coder's clients send more than this, about how it is to be imported. */
const newVersionBody = z.object({
  name: text(1_024).nullish(),
  message: text(16_384).nullish(),
  template_id: optionalId,
  file_id: optionalId,
  has_ai_task: z.boolean().nullish(),
  parameters: newParameters.nullish(),
  presets: newPresets.nullish(),
  storage_method: unsupported("the only method is file", "file"),
  provisioner: unsupported("the only provisioner is terraform", "terraform"),
  example_id: unsupported("send a file_id"),
  tags: everyProvisioner,
  user_variable_values: variables,
});

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
        deniedMessage: "Only owners and template admins can create template versions.",
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
      return c.json(createdVersionShape.from({ ...version, warnings: versionWarnings(input) }), 201);
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
    parameters: body.parameters ?? [],
    presets: body.presets ?? [],
  };
}

export const versionsOfTemplateRoutes = new Hono<Env>()
  .get(
    "/templates/:id/versions",
    endpoint({
      summary: "List a template's versions, oldest first",
      access: "session",
      answers: { 200: z.array(versionShape.schema) },
      errors: [400, 401, 403, 404],
    }),
    valid("param", idParam),
    valid("query", z.object({ limit: listLimit, offset: wholeNumber })),
    async (c) => {
      const { id } = c.req.valid("param");
      const { limit, offset } = c.req.valid("query");
      const { template, versions } = await readAsUser(c, {
        template: findTemplate(id),
        versions: listVersions(id, { limit, offset }),
      });
      requireTemplate(template);
      return c.json(versions.map(versionShape.from));
    },
  )
  .patch(
    "/templates/:id/versions",
    endpoint({
      summary: "Activate a template version",
      access: "session",
      requires: { permission: "templates:manage", deniedMessage: onlyAdmins },
      answers: { 200: messageSchema },
      errors: [400, 401, 403, 404, 413, 415],
    }),
    valid("param", idParam),
    valid("json", z.object({ id: lowerUuid })),
    async (c) => {
      const { actor, template, version } = await readAsUser(c, {
        template: findTemplate(c.req.valid("param").id),
        version: findVersion(c.req.valid("json").id),
      });
      const target = requireTemplate(template);
      await activateVersion(c.get("deps"), actor, target, version[0]);
      requestReconciliation(c.get("deps"));
      return c.json({ message: "The version is the active one." });
    },
  );
