// SQL of the samples of all kinds, with their texts.
import { asc, eq, sql } from "drizzle-orm";
import { query } from "../../../../db/client.ts";
import { notificationTemplates, notificationTemplateVersions } from "../../../../db/schema.ts";
import { activeVersion } from "../../texts/store/templates.ts";

/** `id`: of one kind; without it, of all. */
export const listSamples = (id?: string) =>
  query
    .select({
      id: notificationTemplates.id,
      name: notificationTemplates.name,
      sample: notificationTemplates.sample,
      title: notificationTemplateVersions.title,
      body: notificationTemplateVersions.body,
      actions: notificationTemplateVersions.actions,
      version: notificationTemplateVersions.number,
    })
    .from(notificationTemplates)
    .innerJoin(notificationTemplateVersions, activeVersion)
    .where(id === undefined ? sql`true` : eq(notificationTemplates.id, id))
    .orderBy(asc(notificationTemplates.name));

export type SampleRow = ReturnType<typeof listSamples>["_"]["result"][number];
