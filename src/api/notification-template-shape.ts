// What requests for the texts of notifications carry, and what versions and previews look like on the wire.
import * as z from "zod";
import type { Action } from "../../db/schema.ts";
import { methods } from "../notifications/channels/index.ts";
import type { Preview, Version } from "../notifications/texts/templates.ts";
import { actionSchema, uuid } from "../http/schemas.ts";
import { boolean, field, number, shape, string, time } from "../http/wire.ts";

export const idParam = z.object({ id: uuid });
const actionsBody = z.array(z.strictObject({ label: z.string(), url: z.string() }));
export const versionBody = z.strictObject({
  title_template: z.string(),
  body_template: z.string(),
  actions: actionsBody.default([]),
});
export const previewBody = z.strictObject({
  title_template: z.string().optional(),
  body_template: z.string().optional(),
  actions: actionsBody.optional(),
  payload: z
    .strictObject({
      labels: z.record(z.string(), z.string()).default({}),
      data: z.record(z.string(), z.unknown()).nullable().default(null),
    })
    .optional()
    .meta({ description: "Values for the template; default: its sample" }),
});
export const activeBody = z.strictObject({ version: z.number().int().min(1) });
export const methodBody = z.object({
  method: z.enum(methods, { error: `must be one of ${methods.toSorted().join(", ")}` }),
});

export const versionShape = shape<Version>("NotificationTemplateVersion")({
  number: number((version) => version.number),
  title_template: string((version) => version.title),
  body_template: string((version) => version.body),
  actions: field(z.array(actionSchema), (version) => JSON.parse(version.actions) as Action[]),
  origin: field(
    z.enum(["seed", "admin"]).meta({ description: "seed: ships with Belfry" }),
    (version) => version.origin,
  ),
  created_by: field(
    z.string().nullable().meta({ description: "A username" }),
    (version) => version.createdBy,
  ),
  created_at: time((version) => version.createdAt),
  active: boolean((version) => version.active),
  offered: boolean((version) => version.offered, "A newer shipped version, not active"),
});

export const previewShape = shape<Preview>("NotificationPreview")({
  title: string((preview) => preview.title, "Markdown, as body"),
  body: string((preview) => preview.body),
  title_text: string((preview) => preview.titleText),
  body_text: string((preview) => preview.bodyText),
  title_html: string((preview) => preview.titleHtml),
  body_html: string((preview) => preview.bodyHtml),
  actions: field(z.array(actionSchema), (preview) => preview.actions),
});
