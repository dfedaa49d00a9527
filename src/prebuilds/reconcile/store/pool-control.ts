// SQL of pausing reconciliation (one row of JSON, as in Coder), resuming a pool and invalidating a template's prebuilds.
import { eq, sql, and, asc, gte } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import { settings, presets, templates, templateVersions } from "../../../../db/schema.ts";
const key = "prebuilds_settings";

export interface PrebuildSettings {
  reconciliation_paused: boolean;
}

export const readPrebuildSettings = () =>
  query.select({ value: settings.value }).from(settings).where(eq(settings.key, key));

/** True while reconciliation is paused. */
export const isPausedSql: SQL = sql`EXISTS (SELECT 1 FROM settings WHERE key = ${key}
  AND value ->> '$.reconciliation_paused')`;

export function writePrebuildSettings(value: PrebuildSettings, now: number, when: SQL): Statement {
  const text = JSON.stringify(value);
  return query.run(sql`INSERT INTO settings (key, value, updated_at) SELECT ${key}, ${text}, ${now} WHERE ${when}
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`);
}

export const findPool = (presetId: string) =>
  query
    .select({
      id: presets.id,
      name: presets.name,
      templateName: templates.name,
      desiredInstances: presets.desiredInstances,
      status: presets.prebuildStatus,
      forgivenAt: presets.failuresForgivenAt,
    })
    .from(presets)
    .innerJoin(templateVersions, eq(templateVersions.id, presets.versionId))
    .innerJoin(templates, eq(templates.id, templateVersions.templateId))
    .where(eq(presets.id, presetId));

export type PoolPreset = ReturnType<typeof findPool>["_"]["result"][number];

/** Ends the episode; earlier failures no longer count. */
export const resumePreset = (presetId: string, now: number, when: SQL): Statement =>
  query
    .update(presets)
    .set({ prebuildStatus: "normal", limitEventId: null, limitedAt: null, failuresForgivenAt: now })
    .where(sql`${presets.id} = ${presetId} AND ${presets.desiredInstances} IS NOT NULL AND ${when}`);

/** Presets of the template's active version. */
export const invalidatePresets = (templateId: string, now: number, when: SQL): Statement =>
  query
    .update(presets)
    .set({ lastInvalidatedAt: now })
    .where(
      sql`${presets.versionId} = (SELECT active_version_id FROM templates WHERE id = ${templateId}
        AND deleted_at IS NULL) AND ${when}`,
    );

export const readGuard = (guard: SQL) => query.all<{ isAllowed: number }>(sql`SELECT ${guard} AS isAllowed`);

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
