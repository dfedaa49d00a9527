// What requests for the texts of notifications carry, and what versions and previews look like on the wire.
import * as z from "zod";
import type { Action } from "../../db/schema.ts";
import { methods } from "../notifications/channels/index.ts";
import type { Preview, Version } from "../notifications/texts/templates.ts";
import { actionSchema, time, toTime, uuid } from "../http/schemas.ts";

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

export const versionSchema = z
  .object({
    number: z.number(),
    title_template: z.string(),
    body_template: z.string(),
    actions: z.array(actionSchema),
    origin: z.enum(["seed", "admin"]).meta({ description: "seed: ships with Belfry" }),
    created_by: z.string().nullable().meta({ description: "A username" }),
    created_at: time,
    active: z.boolean(),
    offered: z.boolean().meta({ description: "A newer shipped version, not active" }),
  })
  .meta({ id: "NotificationTemplateVersion" });

export const previewSchema = z
  .object({
    title: z.string().meta({ description: "Markdown, as body" }),
    body: z.string(),
    title_text: z.string(),
    body_text: z.string(),
    title_html: z.string(),
    body_html: z.string(),
    actions: z.array(actionSchema),
  })
  .meta({ id: "NotificationPreview" });

export const versionsSchema = z.array(versionSchema);

export function toVersion(version: Version): z.infer<typeof versionSchema> {
  return {
    number: version.number,
    title_template: version.title,
    body_template: version.body,
    actions: JSON.parse(version.actions) as Action[],
    origin: version.origin,
    created_by: version.createdBy,
    created_at: toTime(version.createdAt),
    active: version.active,
    offered: version.offered,
  };
}

export const toPreview = (shown: Preview): z.infer<typeof previewSchema> => ({
  title: shown.title,
  body: shown.body,
  title_text: shown.titleText,
  body_text: shown.bodyText,
  title_html: shown.titleHtml,
  body_html: shown.bodyHtml,
  actions: shown.actions,
});
