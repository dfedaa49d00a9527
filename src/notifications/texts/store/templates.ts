// SQL of notification templates and their versions.
import { and, asc, desc, eq, sql, type SQL } from "drizzle-orm";
import { enabledByDefaultSql } from "./choices.ts";
import { severitiesSql } from "./severities.ts";
import { kinds } from "../../kinds/kinds.ts";
import { query, type Statement } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import {
  notificationEvents,
  notificationTemplates,
  notificationTemplateVersions,
  users,
} from "../../../../db/schema.ts";

export const activeVersion = and(
  eq(notificationTemplateVersions.templateId, notificationTemplates.id),
  eq(notificationTemplateVersions.number, notificationTemplates.activeVersion),
);

export const templateColumns = {
  id: notificationTemplates.id,
  key: notificationTemplates.key,
  name: notificationTemplates.name,
  group: notificationTemplates.group,
  kind: notificationTemplates.kind,
  enabledByDefault: enabledByDefaultSql.as("is_enabled_by_default"),
  isDisabled: notificationTemplates.isDisabled,
  method: notificationTemplates.method,
  severities: severitiesSql.as("severities"),
  version: notificationTemplateVersions.number,
  title: notificationTemplateVersions.title,
  body: notificationTemplateVersions.body,
  actions: notificationTemplateVersions.actions,
};

/** A template with the text of its active version; `id` is its UUID. */
export const findTemplate = prepared((id: string) =>
  query
    .select(templateColumns)
    .from(notificationTemplates)
    .innerJoin(notificationTemplateVersions, activeVersion)
    .where(eq(notificationTemplates.id, id)),
);

export function listTemplates(kind: "system" | "custom") {
  return query
    .select(templateColumns)
    .from(notificationTemplates)
    .innerJoin(notificationTemplateVersions, activeVersion)
    .where(eq(notificationTemplates.kind, kind))
    .orderBy(asc(notificationTemplates.name));
}

/** All kinds, each with the author of its active version. */
export function listTemplatesWithAuthors() {
  return query
    .select({
      ...templateColumns,
      defaultChoice: notificationTemplates.defaultChoice,
      origin: notificationTemplateVersions.origin,
      changedBy: users.username,
      changedAt: notificationTemplateVersions.createdAt,
    })
    .from(notificationTemplates)
    .innerJoin(notificationTemplateVersions, activeVersion)
    .leftJoin(users, eq(users.id, notificationTemplateVersions.createdBy))
    .orderBy(asc(notificationTemplates.group), asc(notificationTemplates.name));
}

export type ListedTemplate = ReturnType<typeof listTemplatesWithAuthors>["_"]["result"][number];

export type TemplateRow = ReturnType<typeof findTemplate>["_"]["result"][number];

/** JSON `{labels, data}` of a typical event. */
export function findSample(id: string) {
  return query
    .select({ sample: notificationTemplates.sample })
    .from(notificationTemplates)
    .where(eq(notificationTemplates.id, id));
}

/** Newest first, with the author of each. */
export function listVersions(templateId: string) {
  return query
    .select({
      number: notificationTemplateVersions.number,
      title: notificationTemplateVersions.title,
      body: notificationTemplateVersions.body,
      actions: notificationTemplateVersions.actions,
      origin: notificationTemplateVersions.origin,
      contentHash: notificationTemplateVersions.contentHash,
      createdBy: users.username,
      createdAt: notificationTemplateVersions.createdAt,
    })
    .from(notificationTemplateVersions)
    .leftJoin(users, eq(users.id, notificationTemplateVersions.createdBy))
    .where(eq(notificationTemplateVersions.templateId, templateId))
    .orderBy(desc(notificationTemplateVersions.number));
}

export type VersionRow = ReturnType<typeof listVersions>["_"]["result"][number];

/** Custom notifications have no index, since there are many: their payloads are those of so many of the newest events. */
const maxSearched = 300;
const customId = kinds["custom-notification"].id;

/** Payloads of past events, newest first. */
export function listRecentPayloads(templateId: string, limit: number) {
  return query
    .select({
      eventId: notificationEvents.id,
      labels: notificationEvents.labels,
      data: notificationEvents.data,
      createdAt: notificationEvents.createdAt,
    })
    .from(notificationEvents)
    .where(
      and(
        eq(notificationEvents.templateId, templateId),
        templateId === customId
          ? sql`${notificationEvents.id} >= coalesce((SELECT r.id FROM notification_events r ORDER BY r.id DESC LIMIT 1 OFFSET ${maxSearched}), '')`
          : sql`${notificationEvents.templateId} <> ${sql.raw(`'${customId}'`)}`,
      ),
    )
    .orderBy(desc(notificationEvents.id))
    .limit(limit);
}

type NewVersion = Omit<typeof notificationTemplateVersions.$inferInsert, "number" | "origin">;

/** SQL: whether no version of the template has this content. */
export const isNewContentSql = ({ templateId, contentHash }: NewVersion): SQL =>
  sql`NOT EXISTS (SELECT 1 FROM notification_template_versions v
    WHERE v.template_id = ${templateId} AND v.content_hash = ${contentHash})`;

/** The write itself determines the next number, so that concurrent writes get different ones. The same content is stored once. */
export function insertVersion(version: NewVersion): Statement {
  return query.run(sql`INSERT INTO ${notificationTemplateVersions}
      (template_id, number, title, body, actions, origin, content_hash, created_by, created_at)
    SELECT ${version.templateId}, max(number) + 1, ${version.title}, ${version.body}, ${version.actions}, 'admin',
      ${version.contentHash}, ${version.createdBy ?? null}, ${version.createdAt}
    FROM ${notificationTemplateVersions} WHERE template_id = ${version.templateId} AND ${isNewContentSql(version)}
    HAVING max(number) IS NOT NULL`);
}

/** SQL: whether another version is active. */
export const isNotActiveSql = (templateId: string, number: number): SQL =>
  sql`EXISTS (SELECT 1 FROM ${notificationTemplates} WHERE id = ${templateId} AND active_version <> ${number})`;

export function setActiveVersion(templateId: string, number: number): Statement {
  return query
    .update(notificationTemplates)
    .set({ activeVersion: number })
    .where(eq(notificationTemplates.id, templateId));
}

/** SQL: whether the template has another channel. */
export const hasOtherMethodSql = (templateId: string, method: string | null): SQL =>
  sql`EXISTS (SELECT 1 FROM ${notificationTemplates} WHERE id = ${templateId} AND method IS NOT ${method})`;

export function setMethod(templateId: string, method: string | null): Statement {
  return query.update(notificationTemplates).set({ method }).where(eq(notificationTemplates.id, templateId));
}
