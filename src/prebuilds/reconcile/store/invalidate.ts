// SQL of invalidating the prebuilt workspaces of a template.
import { and, asc, eq, gte, sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import { presets, templates, templateVersions } from "../../../../db/schema.ts";

/** Presets of the template's active version. */
export const invalidatePresets = (templateId: string, now: number, when: SQL): Statement =>
  query
    .update(presets)
    .set({ lastInvalidatedAt: now })
    .where(
      sql`${presets.versionId} = (SELECT active_version_id FROM templates WHERE id = ${templateId}
        AND deleted_at IS NULL) AND ${when}`,
    );

export const checkGuard = (guard: SQL) => query.all<{ isAllowed: number }>(sql`SELECT ${guard} AS isAllowed`);

export const listInvalidated = (templateId: string, since: number) =>
  query
    .select({
      templateName: templates.name,
      versionName: templateVersions.name,
      presetName: presets.name,
    })
    .from(templates)
    .innerJoin(templateVersions, eq(templateVersions.id, templates.activeVersionId))
    .innerJoin(presets, eq(presets.versionId, templateVersions.id))
    .where(and(eq(templates.id, templateId), gte(presets.lastInvalidatedAt, since)))
    .orderBy(asc(presets.seq));
