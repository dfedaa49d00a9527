// SQL of resuming a preset's pool.
import { eq, sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import { presets, templates, templateVersions } from "../../../../db/schema.ts";

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

/** Ends the episode; failures until now count no more. */
export const resumePreset = (presetId: string, now: number, when: SQL): Statement =>
  query
    .update(presets)
    .set({ prebuildStatus: "normal", limitEventId: null, limitedAt: null, failuresForgivenAt: now })
    .where(sql`${presets.id} = ${presetId} AND ${presets.desiredInstances} IS NOT NULL AND ${when}`);
