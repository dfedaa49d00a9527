// Routes of a template's versions: which there are, and which is active. Making one is in template-versions.ts.
import { Hono } from "hono";
import * as z from "zod";
import { requestReconciliation } from "../prebuilds/reconcile/reconcile.ts";
import { findTemplate } from "../workspaces/templates/store/templates.ts";
import { findVersion, listVersions } from "../workspaces/templates/store/versions.ts";
import { activateVersion } from "../workspaces/templates/templates.ts";
import { endpoint, readAsUser, valid, type Env } from "../http/endpoint.ts";
import { wholeNumber } from "../http/paging.ts";
import { lowerUuid, messageSchema } from "../http/schemas.ts";
import { versionShape } from "./template-shape.ts";
import { onlyAdmins, there } from "./templates.ts";

const idParam = z.object({ id: lowerUuid });

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
    valid("query", z.object({ limit: wholeNumber, offset: wholeNumber })),
    async (c) => {
      const { id } = c.req.valid("param");
      const { limit, offset } = c.req.valid("query");
      const { template, versions } = await readAsUser(c, {
        template: findTemplate(id),
        versions: listVersions(id, { limit, offset }),
      });
      there(template);
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
      const target = there(template);
      await activateVersion(c.get("deps"), actor, target, version[0]);
      requestReconciliation(c.get("deps"));
      return c.json({ message: "The version is the active one." });
    },
  );
