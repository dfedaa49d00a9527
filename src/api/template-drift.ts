// The route of a template's drift: which resources the claims of its prebuilt workspaces have recreated.
import { Hono } from "hono";
import * as z from "zod";
import { notFound } from "../kernel/errors.ts";
import { driftOf, driftReads } from "../prebuilds/drift/drift.ts";
import type { DriftEntry } from "../prebuilds/drift/rules/drift-report.ts";
import { findTemplate } from "../workspaces/templates/store/templates.ts";
import { endpoint, readAsUser, valid, type Env } from "../http/endpoint.ts";
import { lowerUuid, time, toTime, toTimeOrNull } from "../http/schemas.ts";

const driftSchema = z
  .object({
    template_version_id: z.string(),
    template_version_name: z.string(),
    active: z.boolean(),
    preset_id: z.string().nullable(),
    preset_name: z.string(),
    claims: z.number(),
    claims_hurt: z.number().meta({ description: "claims that destroyed and recreated a resource" }),
    last_claimed: time.nullable(),
    last_seen: time.nullable().meta({ description: "the latest claim that was hurt" }),
    resources: z.array(
      z.object({
        resource: z.string(),
        paths: z.array(z.string()),
        claims_hurt: z.number(),
        last_seen: time,
      }),
    ),
    cure: z.object({
      snippet: z.string().meta({ description: "HCL to add to the template" }),
      notes: z.array(z.string()),
    }),
  })
  .meta({ id: "TemplateDrift" });

export const templateDriftRoutes = new Hono<Env>().get(
  "/templates/:id/drift",
  endpoint({
    summary: "List the resources that claims replaced, by version and preset, newest version first",
    access: "session",
    requires: {
      permission: "templates:manage",
      deniedMessage: "Only template-admins and owners see how claims fare.",
    },
    answers: { 200: z.array(driftSchema) },
    errors: [400, 401, 403, 404],
  }),
  valid("param", z.object({ id: lowerUuid })),
  async (c) => {
    const { id } = c.req.valid("param");
    const { template, ...found } = await readAsUser(c, {
      template: findTemplate(id),
      ...driftReads(id),
    });
    if (template[0] === undefined || template[0].deletedAt !== null) throw notFound("Template");
    return c.json(driftOf(found).map(toWire));
  },
);

const toWire = (entry: DriftEntry): z.infer<typeof driftSchema> => ({
  template_version_id: entry.version.id,
  template_version_name: entry.version.name,
  active: entry.version.isActive,
  preset_id: entry.preset?.id ?? null,
  preset_name: entry.preset?.name ?? "",
  claims: entry.claims,
  claims_hurt: entry.hurt,
  last_claimed: toTimeOrNull(entry.claimedAt),
  last_seen: toTimeOrNull(entry.hurtAt),
  resources: entry.resources.map(({ resource, paths, claims, hurtAt }) => ({
    resource,
    paths,
    claims_hurt: claims,
    last_seen: toTime(hurtAt),
  })),
  cure: entry.cure,
});
