// Routes of templates: what there is, making and changing one. Their versions are in versions-of-template.ts.
import { Hono } from "hono";
import * as z from "zod";
import { findOrganization } from "../accounts/store/deployment.ts";
import { invalid, notFound } from "../kernel/errors.ts";
import { requestReconciliation } from "../prebuilds/reconcile/reconcile.ts";
import {
  findTemplate,
  findTemplateByName,
  listTemplates,
  type TemplateRow,
} from "../workspaces/templates/store/templates.ts";
import { findVersion } from "../workspaces/templates/store/versions.ts";
import { changeTemplate, createTemplate, deleteTemplate } from "../workspaces/templates/templates.ts";
import { templateDeleted, templateDeprecated } from "../workspaces/templates/template-kinds.ts";
import { endpoint, readAsUser, valid, type Env } from "../http/endpoint.ts";
import {
  lowerUuid,
  messageSchema,
  oneLine,
  searchText,
  text,
  alwaysOn,
  unsupported,
} from "../http/schemas.ts";
import { templateShape, weekdays } from "./template-shape.ts";
import { parseTemplateSearch } from "../workspaces/builds/rules/search.ts";

const idParam = z.object({ id: lowerUuid });
const displayName = oneLine(256);
const noAutostop = "workspaces don't stop, become dormant or disappear automatically";
/** Of Coder's templates; where Coder has two names, both. */
const unsupportedSettings = {
  default_ttl_ms: unsupported(noAutostop),
  autostop_requirement: unsupported(noAutostop, { days_of_week: [], weeks: 1 }),
  failure_ttl_ms: unsupported(noAutostop),
  autostart_requirement: unsupported("autostart is allowed on every day", { days_of_week: weekdays }),
  allow_user_autostart: alwaysOn("users can always set an autostart schedule"),
  allow_user_cancel_workspace_jobs: alwaysOn("users can always cancel builds of their workspaces"),
  disable_everyone_group_access: unsupported("every user may use every template"),
  require_active_version: unsupported("builds may use any version of the template"),
};
const newTemplateBody = z.object({
  name: text(1_024),
  display_name: displayName.nullish(),
  description: text(16_384).nullish(),
  template_version_id: lowerUuid,
  ...unsupportedSettings,
  dormant_ttl_ms: unsupported(noAutostop),
  delete_ttl_ms: unsupported(noAutostop),
});
const changeBody = z.object({
  name: text(1_024).nullish().meta({ description: "may be sent, but not changed" }),
  display_name: displayName.nullish(),
  description: text(16_384).nullish(),
  deprecation_message: text(4_096).nullish().meta({ description: "empty: no longer deprecated" }),
  ...unsupportedSettings,
  time_til_dormant_ms: unsupported(noAutostop),
  time_til_dormant_autodelete_ms: unsupported(noAutostop),
  update_workspace_last_used_at: unsupported("it follows from the builds"),
  update_workspace_dormant_at: unsupported(noAutostop),
});
const listQuery = z.object({ q: searchText(parseTemplateSearch) });
export const onlyAdmins = "Only owners and template admins can change templates.";

export const templateRoutes = new Hono<Env>()
  .get(
    "/templates",
    endpoint({
      summary:
        "Templates by name, deprecated ones too; q takes exact_name:x, name:x, organization:x, author:x",
      access: "session",
      answers: { 200: z.array(templateShape.schema) },
      errors: [400, 401, 403],
    }),
    valid("query", listQuery),
    async (c) => {
      const { rows } = await readAsUser(c, { rows: listTemplates() });
      return c.json(rows.filter(c.req.valid("query").q).map(templateShape.from));
    },
  )
  .get(
    "/organizations/:organization/templates",
    endpoint({
      summary: "List an organization's templates by name",
      access: "session",
      answers: { 200: z.array(templateShape.schema) },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const { organization, rows } = await readAsUser(c, {
        organization: findOrganization(c.req.param("organization")),
        rows: listTemplates(),
      });
      if (organization[0] === undefined) throw notFound("Organization");
      const { id } = organization[0];
      return c.json(rows.filter(({ organizationId }) => organizationId === id).map(templateShape.from));
    },
  )
  .get(
    "/organizations/:organization/templates/:name",
    endpoint({
      summary: "Get a template by name",
      access: "session",
      answers: { 200: templateShape.schema },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const { template } = await readAsUser(c, {
        template: findTemplateByName(c.req.param("organization"), c.req.param("name")),
      });
      return c.json(templateShape.from(requireTemplate(template)));
    },
  )
  .post(
    "/organizations/:organization/templates",
    endpoint({
      summary: "Create a template from a version that has none yet",
      access: "session",
      requires: { permission: "templates:manage", deniedMessage: onlyAdmins },
      answers: { 201: templateShape.schema },
      errors: [400, 401, 403, 404, 409, 413, 415],
    }),
    valid("json", newTemplateBody),
    async (c) => {
      const { name, display_name, description, template_version_id } = c.req.valid("json");
      const { actor, organization, version } = await readAsUser(c, {
        organization: findOrganization(c.req.param("organization")),
        version: findVersion(template_version_id),
      });
      if (organization[0] === undefined) throw notFound("Organization");
      const input = {
        organizationId: organization[0].id,
        name,
        displayName: display_name ?? "",
        description: description ?? "",
      };
      const created = await createTemplate(c.get("deps"), actor, input, version[0]);
      requestReconciliation(c.get("deps"));
      return c.json(templateShape.from(created), 201);
    },
  )
  .get(
    "/templates/:id",
    endpoint({
      summary: "Get a template",
      access: "session",
      answers: { 200: templateShape.schema },
      errors: [400, 401, 403, 404],
    }),
    valid("param", idParam),
    async (c) => {
      const { template } = await readAsUser(c, { template: findTemplate(c.req.valid("param").id) });
      return c.json(templateShape.from(requireTemplate(template)));
    },
  )
  .patch(
    "/templates/:id",
    endpoint({
      summary: "Change a template's display name, description or deprecation; fields left out stay",
      access: "session",
      requires: { permission: "templates:manage", deniedMessage: onlyAdmins },
      answers: { 200: templateShape.schema },
      errors: [400, 401, 403, 404, 413, 415],
    }),
    valid("param", idParam),
    valid("json", changeBody),
    async (c) => {
      const { name, display_name, description, deprecation_message } = c.req.valid("json");
      const { id } = c.req.valid("param");
      const { actor, template, ...before } = await readAsUser(c, {
        template: findTemplate(id),
        ...templateDeprecated.reads(id),
      });
      const target = requireTemplate(template);
      if (name && name !== target.name) throw invalid("name", "can't be changed: links and scripts use it");
      const change = {
        displayName: display_name ?? undefined,
        description: description ?? undefined,
        deprecationMessage: deprecation_message ?? undefined,
      };
      const changed = await changeTemplate(c.get("deps"), actor, target, change, before);
      if (deprecation_message != null) requestReconciliation(c.get("deps"));
      return c.json(templateShape.from(changed));
    },
  )
  .delete(
    "/templates/:id",
    endpoint({
      summary: "Delete a template without workspaces; its name is free again",
      access: "session",
      requires: { permission: "templates:manage", deniedMessage: onlyAdmins },
      answers: { 200: messageSchema },
      errors: [400, 401, 403, 404],
    }),
    valid("param", idParam),
    async (c) => {
      const { actor, template, ...before } = await readAsUser(c, {
        template: findTemplate(c.req.valid("param").id),
        ...templateDeleted.reads(),
      });
      await deleteTemplate(c.get("deps"), actor, requireTemplate(template), before);
      requestReconciliation(c.get("deps"));
      return c.json({ message: "The template has been deleted." });
    },
  );

/** Throws 404 for one that is not, or no longer, there. */
export function requireTemplate(rows: TemplateRow[]): TemplateRow {
  const [row] = rows;
  if (row === undefined || row.deletedAt !== null) throw notFound("Template");
  return row;
}
