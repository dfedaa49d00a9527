// SQL of template versions with their parameters, presets and schedules.
import { and, asc, desc, eq, sql } from "drizzle-orm";
import { query, type Statement, type SQL } from "../../../../db/client.ts";
import { insertRows, sliceOf, type Page } from "../../../../db/rows.ts";
import {
  templateParameters,
  templates,
  templateVersions,
  users,
  presetParameters,
  presets,
  presetSchedules,
} from "../../../../db/schema.ts";

const versionRows = () =>
  query
    .select({
      id: templateVersions.id,
      organizationId: templateVersions.organizationId,
      templateId: templateVersions.templateId,
      templateName: templates.name,
      templateDisplayName: templates.displayName,
      name: templateVersions.name,
      message: templateVersions.message,
      fileId: templateVersions.fileId,
      hasAiTask: templateVersions.hasAiTask,
      createdBy: templateVersions.createdBy,
      createdByName: users.username,
      createdAt: templateVersions.createdAt,
      updatedAt: templateVersions.updatedAt,
    })
    .from(templateVersions)
    .leftJoin(users, eq(users.id, templateVersions.createdBy))
    .leftJoin(templates, eq(templates.id, templateVersions.templateId));

export type VersionRow = ReturnType<ReturnType<typeof versionRows>["where"]>["_"]["result"][number];

export const findVersion = (id: string) => versionRows().where(eq(templateVersions.id, id));

export const findVersionByName = (templateId: SQL | string, name: string) =>
  versionRows().where(
    and(eq(templateVersions.templateId, templateId), sql`lower(${templateVersions.name}) = lower(${name})`),
  );

/** Newest first. */
export const listLatestVersions = (templateId: SQL | string, limit: number) =>
  versionRows()
    .where(eq(templateVersions.templateId, templateId))
    .orderBy(desc(templateVersions.seq))
    .limit(limit);

/** SQL for the id of a template's version by its name. */
export const versionIdByNameSql = (templateId: SQL, name: string): SQL<string> =>
  sql<string>`(SELECT id FROM template_versions WHERE template_id = ${templateId} AND lower(name) = lower(${name}))`;

/** Oldest first. */
export const listVersions = (templateId: string, page: Page = {}) =>
  versionRows()
    .where(eq(templateVersions.templateId, templateId))
    .orderBy(asc(templateVersions.seq))
    .limit(sliceOf(page).limit)
    .offset(sliceOf(page).offset);

/** True in SQL once there is a version of this id: for what depends on its creation. */
export const versionExistsSql = (id: string): SQL =>
  sql`EXISTS (SELECT 1 FROM template_versions WHERE id = ${id})`;

/** True in SQL for a version of this template; of none yet when that is null. */
export const versionOfTemplateSql = (id: string, templateId: string | null): SQL =>
  sql`EXISTS (SELECT 1 FROM template_versions WHERE id = ${id} AND template_id IS ${templateId})`;

export function insertVersion(
  version: Omit<typeof templateVersions.$inferInsert, "seq">,
  when: SQL,
): Statement {
  const { id, organizationId, templateId, name, message, fileId } = version;
  const { hasAiTask, createdBy, createdAt, updatedAt } = version;
  return query.run(sql`INSERT INTO ${templateVersions} (id, organization_id, template_id, name, message, file_id,
      has_ai_task, created_by, created_at, updated_at)
    SELECT ${id}, ${organizationId}, ${templateId ?? null}, ${name}, ${message}, ${fileId ?? null},
      ${hasAiTask ? 1 : 0}, ${createdBy}, ${createdAt}, ${updatedAt}
    WHERE ${when} ON CONFLICT DO NOTHING`);
}

/** Gives a version that has no template yet to one. */
export const adoptVersion = (id: string, templateId: string, now: number, when: SQL): Statement =>
  query
    .update(templateVersions)
    .set({ templateId, updatedAt: now })
    .where(and(eq(templateVersions.id, id), sql`${templateVersions.templateId} IS NULL`, when));

export const insertParameters = (
  versionId: string,
  parameters: Omit<typeof templateParameters.$inferInsert, "versionId" | "position">[],
): Statement[] =>
  insertRows(
    templateParameters,
    parameters.map((parameter, position) => ({ ...parameter, versionId, position })),
    versionExistsSql(versionId),
  );

/** In the order of the version. */
export function listParameters(versionId: SQL | string) {
  return query
    .select()
    .from(templateParameters)
    .where(eq(templateParameters.versionId, versionId))
    .orderBy(asc(templateParameters.position));
}

export interface NewPreset {
  row: Omit<typeof presets.$inferInsert, "seq">;
  parameters: { name: string; value: string }[];
  schedules: { cron: string; instances: number }[];
}

/** All presets of a version, if the version was created. */
export function insertPresets(versionId: string, all: readonly NewPreset[]): Statement[] {
  const presetExistsSql = sql`EXISTS (SELECT 1 FROM presets WHERE id = row.value ->> 'presetId')`;
  return [
    ...insertRows(
      presets,
      all.map(({ row }) => row),
      versionExistsSql(versionId),
    ),
    ...insertRows(
      presetParameters,
      all.flatMap(({ row, parameters }) =>
        parameters.map((parameter) => ({ presetId: row.id, ...parameter })),
      ),
      presetExistsSql,
    ),
    ...insertRows(
      presetSchedules,
      all.flatMap(({ row, schedules }) =>
        schedules.map((schedule, position) => ({ presetId: row.id, position, ...schedule })),
      ),
      presetExistsSql,
    ),
  ];
}

/** In the order of the version. */
export const listPresets = (versionId: SQL | string) =>
  query.select().from(presets).where(eq(presets.versionId, versionId)).orderBy(asc(presets.seq));

export const listPresetParameters = (versionId: SQL | string) =>
  query
    .select({
      presetId: presetParameters.presetId,
      name: presetParameters.name,
      value: presetParameters.value,
    })
    .from(presetParameters)
    .innerJoin(presets, eq(presets.id, presetParameters.presetId))
    .where(eq(presets.versionId, versionId))
    .orderBy(asc(presets.seq), sql`${presetParameters}.rowid`);

export const listPresetSchedules = (versionId: SQL | string) =>
  query
    .select({
      presetId: presetSchedules.presetId,
      cron: presetSchedules.cron,
      instances: presetSchedules.instances,
    })
    .from(presetSchedules)
    .innerJoin(presets, eq(presets.id, presetSchedules.presetId))
    .where(eq(presets.versionId, versionId))
    .orderBy(asc(presets.seq), asc(presetSchedules.position));
