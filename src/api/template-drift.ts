// The route of a template's drift: which resources the claims of its prebuilt workspaces have recreated.
import { Hono } from "hono";
import * as z from "zod";
import { notFound } from "../kernel/errors.ts";
import { driftOf, driftReads } from "../prebuilds/drift/drift.ts";
import { markDriftFixed } from "../prebuilds/drift/mark-fixed.ts";
import { findDriftPreset } from "../prebuilds/drift/store/drift.ts";
import type { DriftEntry } from "../prebuilds/drift/rules/drift-report.ts";
import { findTemplate } from "../workspaces/templates/store/templates.ts";
import { endpoint, readAsUser, valid, type Env } from "../http/endpoint.ts";
import { lowerUuid, messageSchema } from "../http/schemas.ts";
import { boolean, field, list, number, shape, string, time, timeOrNull } from "../http/wire.ts";

const resourceShape = shape<DriftEntry["resources"][number]>()({
  resource: string((entry) => entry.resource),
  paths: field(z.array(z.string()), (entry) => entry.paths),
  claims_hurt: number((entry) => entry.claims),
  last_seen: time((entry) => entry.affectedAt),
});

const driftShape = shape<DriftEntry>("TemplateDrift")({
  template_version_id: string(({ version }) => version.id),
  template_version_name: string(({ version }) => version.name),
  active: boolean(({ version }) => version.isActive),
  preset_id: field(z.string().nullable(), ({ preset }) => preset?.id ?? null),
  preset_name: string(({ preset }) => preset?.name ?? ""),
  claims: number((entry) => entry.claims),
  claims_hurt: number((entry) => entry.affected, "claims that destroyed and recreated a resource"),
  last_claimed: timeOrNull((entry) => entry.claimedAt),
  last_seen: timeOrNull((entry) => entry.affectedAt, "the latest affected claim"),
  fixed_at: timeOrNull((entry) => entry.fixedAt, "when it was marked as fixed: only later claims count"),
  resources: list(resourceShape, (entry) => entry.resources),
  cure: field(
    z.object({
      snippet: z.string().meta({ description: "HCL to add to the template" }),
      notes: z.array(z.string()),
    }),
    (entry) => entry.remedy,
  ),
});

export const toMarkDrift = {
  permission: "templates:manage",
  deniedMessage: "Only owners and template admins can mark drift as fixed.",
} as const;

export const driftFixedRoutes = new Hono<Env>().post(
  "/prebuilds/presets/:id/drift/fixed",
  endpoint({
    summary:
      "Mark a preset's drift as fixed: earlier claims no longer count, the next one that replaces resources notifies",
    access: "session",
    requires: toMarkDrift,
    answers: { 200: messageSchema },
    errors: [400, 401, 403, 404],
  }),
  valid("param", z.object({ id: lowerUuid })),
  async (c) => {
    const { actor, preset } = await readAsUser(c, { preset: findDriftPreset(c.req.valid("param").id) });
    const { name, versionName } = await markDriftFixed(c.get("deps"), actor, preset[0]);
    return c.json({ message: `Drift of ${versionName}, ${name} is marked as fixed.` });
  },
);

export const templateDriftRoutes = new Hono<Env>().get(
  "/templates/:id/drift",
  endpoint({
    summary: "List the resources that claims replaced, by version and preset, newest version first",
    access: "session",
    requires: {
      permission: "prebuilds:read",
      deniedMessage: "Only owners, template admins and auditors can see drift.",
    },
    answers: { 200: z.array(driftShape.schema) },
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
    return c.json(driftOf(found).map(driftShape.from));
  },
);
