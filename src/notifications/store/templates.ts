// SQL of notification templates and their versions.
import { and, asc, eq } from "drizzle-orm";
import { query } from "../../../db/client.ts";
import { notificationTemplates, notificationTemplateVersions } from "../../../db/schema.ts";

const active = and(
  eq(notificationTemplateVersions.templateId, notificationTemplates.id),
  eq(notificationTemplateVersions.number, notificationTemplates.activeVersion),
);

const withText = {
  id: notificationTemplates.id,
  key: notificationTemplates.key,
  name: notificationTemplates.name,
  group: notificationTemplates.group,
  kind: notificationTemplates.kind,
  enabledByDefault: notificationTemplates.enabledByDefault,
  method: notificationTemplates.method,
  version: notificationTemplateVersions.number,
  title: notificationTemplateVersions.title,
  body: notificationTemplateVersions.body,
  actions: notificationTemplateVersions.actions,
};

/** A template with the text of its active version; `id` is its UUID. */
export function findTemplate(id: string) {
  return query
    .select(withText)
    .from(notificationTemplates)
    .innerJoin(notificationTemplateVersions, active)
    .where(eq(notificationTemplates.id, id));
}

export function listTemplates(kind: "system" | "custom") {
  return query
    .select(withText)
    .from(notificationTemplates)
    .innerJoin(notificationTemplateVersions, active)
    .where(eq(notificationTemplates.kind, kind))
    .orderBy(asc(notificationTemplates.name));
}

export type TemplateRow = ReturnType<typeof findTemplate>["_"]["result"][number];
