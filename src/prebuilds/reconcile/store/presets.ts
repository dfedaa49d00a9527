// SQL: which presets a read is about.
import { sql } from "drizzle-orm";
import type { SQL } from "../../../../db/client.ts";
import { isPoolNow } from "../../../../db/schema.ts";

/** `ids`: a JSON array of presets' ids, or SQL for one; null: all. */
export interface PresetScope {
  ids: SQL | string | null;
}

export const allPresets: PresetScope = { ids: null };
export const presetsByIds = (ids: readonly string[]): PresetScope => ({ ids: JSON.stringify(ids) });

/** Pools of former versions that are shown: they are empty soon. */
const maxFormer = 100;

/**
 * A page of pools by their templates' names. After the last of active versions come those of former ones that still have
 * workspaces.
 */
export function pageOfPresets({ limit, offset }: { limit: number; offset: number }): PresetScope {
  const active = sql`SELECT p.id FROM templates t CROSS JOIN presets p ON p.version_id = t.active_version_id
    WHERE t.deleted_at IS NULL AND p.desired_instances IS NOT NULL
    ORDER BY lower(t.name), t.seq, p.seq LIMIT ${limit} OFFSET ${offset}`;
  const former = sql`SELECT DISTINCT b.pool_preset_id AS id FROM workspace_builds b WHERE ${isPoolNow} AND NOT EXISTS (
      SELECT 1 FROM presets p JOIN templates t ON t.active_version_id = p.version_id
      WHERE p.id = b.pool_preset_id AND t.deleted_at IS NULL AND p.desired_instances IS NOT NULL)
    LIMIT iif((SELECT count(*) FROM (${active})) < ${limit}, ${maxFormer}, 0)`;
  return {
    ids: sql`(SELECT json_group_array(id) FROM (SELECT id FROM (${active}) UNION ALL SELECT id FROM (${former})))`,
  };
}

/** SQL: these presets, called `p`, of active versions, with their templates `t`. */
export const activePresetsSql = ({ ids }: PresetScope): SQL =>
  ids === null
    ? sql`templates t CROSS JOIN presets p ON p.version_id = t.active_version_id`
    : sql`json_each(${ids}) chosen CROSS JOIN presets p ON p.id = chosen.value
        CROSS JOIN templates t ON t.active_version_id = p.version_id`;

/** SQL: the tables of these presets, called `p`. */
export const presetsSql = ({ ids }: PresetScope): SQL =>
  ids === null ? sql`presets p` : sql`json_each(${ids}) chosen CROSS JOIN presets p ON p.id = chosen.value`;
