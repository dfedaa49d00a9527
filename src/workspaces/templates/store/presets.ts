// SQL of presets, with their parameters and schedules.
import { asc, eq, sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import { insertRows } from "../../../../db/rows.ts";
import { presetParameters, presets, presetSchedules } from "../../../../db/schema.ts";
import { versionExists } from "./versions.ts";

export interface NewPreset {
  row: Omit<typeof presets.$inferInsert, "seq">;
  parameters: { name: string; value: string }[];
  schedules: { cron: string; instances: number }[];
}

/** All presets of a version, if the version was made. */
export function insertPresets(versionId: string, all: readonly NewPreset[]): Statement[] {
  const presetWasMade = sql`EXISTS (SELECT 1 FROM presets WHERE id = row.value ->> 'presetId')`;
  return [
    ...insertRows(
      presets,
      all.map(({ row }) => row),
      versionExists(versionId),
    ),
    ...insertRows(
      presetParameters,
      all.flatMap(({ row, parameters }) =>
        parameters.map((parameter) => ({ presetId: row.id, ...parameter })),
      ),
      presetWasMade,
    ),
    ...insertRows(
      presetSchedules,
      all.flatMap(({ row, schedules }) =>
        schedules.map((schedule, position) => ({ presetId: row.id, position, ...schedule })),
      ),
      presetWasMade,
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
