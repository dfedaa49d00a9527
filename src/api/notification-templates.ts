// Routes of the texts and channels of notification kinds: /notifications/templates/{id}/….
import * as z from "zod";
import type { Action } from "../../db/schema.ts";
import { findChannel, kindMethods } from "../notifications/channels/index.ts";
import {
  type Preview,
  type Version,
  activateVersion,
  addVersion,
  changeMethod,
  requireTemplate,
  maxRecentPayloads,
  payloadOfEvent,
  preview,
  templateReads,
  textReads,
  versionReads,
  versionsOf,
  type AuditNote,
} from "../notifications/texts/templates.ts";
import { actionSchema, uuid, messageSchema } from "../http/schemas.ts";
import { boolean, field, number, shape, string, time } from "../http/wire.ts";
import { Hono } from "hono";
import type { Actor } from "../accounts/rules/actor.ts";
import { endpoint, readAsUser, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { missingFor, noteOfTemplate, onlyOwners, toReader } from "./notification-changes.ts";

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
  event_id: uuid.optional().meta({
    description: `Instead of a payload: one of the last ${maxRecentPayloads} events of this kind`,
  }),
});
export const activeBody = z.strictObject({ version: z.number().int().min(1) });
export const methodBody = z.object({
  method: z.enum(kindMethods, { error: `must be one of ${kindMethods.toSorted().join(", ")}` }),
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

export const notificationTemplateRoutes = new Hono<Env>()
  .get(
    "/notifications/templates/:id/versions",
    endpoint({
      summary: "List a template's versions, newest first",
      access: "session",
      answers: { 200: z.array(versionShape.schema) },
      errors: [404],
    }),
    valid("param", idParam),
    async (c) => {
      const read = await readAsUser(c, versionReads(c.req.valid("param").id));
      return c.json(versionsOf(read).map(versionShape.from));
    },
  )
  .post(
    "/notifications/templates/:id/versions",
    endpoint({
      summary: "Create a version of a template, not active yet; 200 when one with this text exists",
      access: "session",
      requires: onlyOwners,
      answers: { 200: versionShape.schema, 201: versionShape.schema },
      errors: [404],
    }),
    valid("param", idParam),
    valid("json", versionBody),
    async (c) => {
      const { title_template: title, body_template: body, actions } = c.req.valid("json");
      const { actor, ...read } = await readAsUser(c, textReads(c.req.valid("param").id));
      const text = { title, body, actions };
      const created = await addVersion(c.get("deps"), toReader(actor), read, text, noteOf(c, actor));
      return c.json(versionShape.from(created.version), created.isNew ? 201 : 200);
    },
  )
  .put(
    "/notifications/templates/:id/version",
    endpoint({
      summary: "Activate a version of a template",
      access: "session",
      requires: onlyOwners,
      answers: { 200: messageSchema, 304: null },
      errors: [404],
    }),
    valid("param", idParam),
    valid("json", activeBody),
    async (c) => {
      const { version } = c.req.valid("json");
      const { actor, ...read } = await readAsUser(c, versionReads(c.req.valid("param").id));
      const changed = await activateVersion(c.get("deps"), read, version, noteOf(c, actor));
      if (!changed) return c.body(null, 304);
      return c.json({ message: `Version ${version} of "${requireTemplate(read).name}" is active.` });
    },
  )
  .post(
    "/notifications/templates/:id/preview",
    endpoint({
      summary: "Render a template; fields left out come from the active version and the sample",
      access: "session",
      requires: onlyOwners,
      answers: { 200: previewShape.schema },
      errors: [404],
    }),
    valid("param", idParam),
    valid("json", previewBody),
    async (c) => {
      const { title_template: title, body_template: body, actions, payload, event_id } = c.req.valid("json");
      const { actor, ...read } = await readAsUser(c, textReads(c.req.valid("param").id));
      const draft = {
        ...(title === undefined ? {} : { title }),
        ...(body === undefined ? {} : { body }),
        ...(actions === undefined ? {} : { actions }),
      };
      const given = event_id === undefined ? payload : payloadOfEvent(read, event_id);
      const shown = preview(c.get("deps"), toReader(actor), read, draft, given);
      return c.json(previewShape.from(shown));
    },
  )
  .put(
    "/notifications/templates/:id/method",
    endpoint({
      summary: "Set a kind's channel besides the inbox",
      access: "session",
      requires: onlyOwners,
      answers: { 200: messageSchema, 304: null },
      errors: [404],
    }),
    valid("param", idParam),
    valid("json", methodBody),
    async (c) => {
      const { method } = c.req.valid("json");
      const { actor, ...read } = await readAsUser(c, templateReads(c.req.valid("param").id));
      const deps = c.get("deps");
      if (!(await changeMethod(deps, read, method, noteOf(c, actor)))) return c.body(null, 304);
      const lacks = missingFor(method, deps.config);
      return c.json({
        message: `"${requireTemplate(read).name}" now uses the channel ${findChannel(method)!.label}.${lacks}`,
      });
    },
  )
  .delete(
    "/notifications/templates/:id/method",
    endpoint({
      summary: "Reset a kind's channel to the default",
      access: "session",
      requires: onlyOwners,
      answers: { 200: messageSchema, 304: null },
      errors: [404],
    }),
    valid("param", idParam),
    async (c) => {
      const { actor, ...read } = await readAsUser(c, templateReads(c.req.valid("param").id));
      if (!(await changeMethod(c.get("deps"), read, null, noteOf(c, actor)))) return c.body(null, 304);
      return c.json({ message: `"${requireTemplate(read).name}" uses the default channel again.` });
    },
  );

const noteOf = (c: Ctx, actor: Actor): AuditNote => noteOfTemplate(c, actor, idParam.parse(c.req.param()).id);
