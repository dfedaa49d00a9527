// SQL of what is old: each walk reads a page of a table in its order and says which rows nothing needs; each deletion asks
// again. Walks are for a run once a day, not for each tick.
import { sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";

/** Rows of a page: so many take a few milliseconds of a file. */
export const pageRows = 500;

export interface WalkedRow {
  /** Where the next page begins. */
  place: number | string;
  id: string;
  /** 1: nothing needs it. */
  isOld: number;
}

export interface WalkedBuild extends WalkedRow {
  /** 1: it has logs, and is neither the latest build of its workspace nor one that just ended. */
  hasOldLogs: number;
}

const idsSql = (ids: readonly string[]) => sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`;

const hasEndedSql = (before: number) => sql`(b.status IN ('succeeded', 'failed', 'canceled')
  AND coalesce(b.completed_at, b.updated_at) < ${before})`;

/** How many builds back a task's prompt is looked for (workspace_summaries), and a person looks. */
const keptBuilds = 20;
/** Of each preset: more than any limit of consecutive failures. */
const keptCreations = 100;

/**
 * A workspace needs its first build (the preset that it came from), its latest ones, those of its agents, the latest with a
 * task and the latest with a Terraform state.
 */
const neededByWorkspaceSql = sql`(latest.id IS NULL OR b.number = 1 OR b.number > latest.number - ${sql.raw(String(keptBuilds))}
  OR b.agent_generation = latest.agent_generation
  OR (b.ai_task_prompt IS NOT NULL AND NOT EXISTS (SELECT 1 FROM workspace_builds n
    WHERE n.workspace_id = b.workspace_id AND n.number > b.number AND n.ai_task_prompt IS NOT NULL))
  OR (EXISTS (SELECT 1 FROM workspace_states s WHERE s.build_id = b.id)
    AND NOT EXISTS (SELECT 1 FROM workspace_builds n JOIN workspace_states s ON s.build_id = n.id
      WHERE n.workspace_id = b.workspace_id AND n.number > b.number)))`;

/** A pool's limits count the latest creations of its preset, also those of workspaces that are gone. */
const neededByPoolSql = sql`(b.stage = 'create'
  AND EXISTS (SELECT 1 FROM presets p JOIN templates t ON t.active_version_id = p.version_id WHERE p.id = b.preset_id)
  AND NOT EXISTS (SELECT 1 FROM workspace_builds n WHERE n.preset_id = b.preset_id AND n.created_at > b.created_at
    AND n.stage = 'create' LIMIT 1 OFFSET ${sql.raw(String(keptCreations))}))`;

const isOldBuildSql = (before: number) => sql`(${hasEndedSql(before)} AND b.pool_preset_id IS NULL
  AND CASE WHEN w.deleted_at IS NULL THEN NOT ${neededByWorkspaceSql}
    ELSE w.deleted_at < ${before} AND NOT ${neededByPoolSql} END)`;

const withWorkspaceSql = sql`JOIN workspaces w ON w.id = b.workspace_id
  LEFT JOIN workspace_builds latest ON latest.id = w.latest_build_id`;

export const walkBuilds = (after: number, { logsBefore, before }: { logsBefore: number; before: number }) =>
  query.all<WalkedBuild>(sql`SELECT b.seq AS place, b.id AS id, ${isOldBuildSql(before)} AS "isOld",
      ${hasEndedSql(logsBefore)} AND (w.deleted_at IS NOT NULL OR b.id IS NOT w.latest_build_id)
        AND EXISTS (SELECT 1 FROM build_logs l WHERE l.build_id = b.id) AS "hasOldLogs"
    FROM (SELECT * FROM workspace_builds WHERE seq > ${after} ORDER BY seq LIMIT ${pageRows}) AS b ${withWorkspaceSql}
    ORDER BY b.seq`);

/** Up to `limit` lines of these builds. */
export const deleteLogs = (buildIds: readonly string[], limit: number): Statement =>
  query.all(sql`DELETE FROM build_logs WHERE seq IN (
    SELECT seq FROM build_logs WHERE build_id IN ${idsSql(buildIds)} LIMIT ${limit}) RETURNING 1 AS deleted`);

/** With their parameters, resources, agents, states and replacements. */
export const deleteBuilds = (ids: readonly string[], before: number): Statement =>
  query.all(sql`DELETE FROM workspace_builds WHERE id IN (
    SELECT b.id FROM workspace_builds b ${withWorkspaceSql}
    WHERE b.id IN ${idsSql(ids)} AND ${isOldBuildSql(before)}) RETURNING 1 AS deleted`);

const isOldWorkspaceSql = (before: number) => sql`(w.deleted_at IS NOT NULL AND w.deleted_at < ${before}
  AND NOT EXISTS (SELECT 1 FROM workspace_builds b WHERE b.workspace_id = w.id))`;

export const walkWorkspaces = (after: number, before: number) =>
  query.all<WalkedRow>(sql`SELECT w.seq AS place, w.id AS id, ${isOldWorkspaceSql(before)} AS "isOld"
    FROM (SELECT * FROM workspaces WHERE seq > ${after} ORDER BY seq LIMIT ${pageRows}) AS w ORDER BY w.seq`);

export const deleteWorkspaces = (ids: readonly string[], before: number): Statement =>
  query.all(sql`DELETE FROM workspaces WHERE id IN (
    SELECT w.id FROM workspaces w WHERE w.id IN ${idsSql(ids)} AND ${isOldWorkspaceSql(before)}) RETURNING 1 AS deleted`);

/** No build ran it or its presets; it is neither a template's active version nor its latest. */
const isOldVersionSql = (before: number): SQL => sql`(v.created_at < ${before} AND v.updated_at < ${before}
  AND NOT EXISTS (SELECT 1 FROM templates t WHERE t.active_version_id = v.id)
  AND (v.template_id IS NULL OR EXISTS (SELECT 1 FROM template_versions n
    WHERE n.template_id = v.template_id AND n.seq > v.seq))
  AND NOT EXISTS (SELECT 1 FROM workspace_builds b WHERE b.version_id = v.id)
  AND NOT EXISTS (SELECT 1 FROM presets p JOIN workspace_builds b ON b.preset_id = p.id WHERE p.version_id = v.id))`;

export const walkVersions = (after: number, before: number) =>
  query.all<WalkedRow>(sql`SELECT v.seq AS place, v.id AS id, ${isOldVersionSql(before)} AS "isOld"
    FROM (SELECT * FROM template_versions WHERE seq > ${after} ORDER BY seq LIMIT ${pageRows}) AS v ORDER BY v.seq`);

/** With their parameters and presets. */
export const deleteVersions = (ids: readonly string[], before: number): Statement =>
  query.all(sql`DELETE FROM template_versions WHERE id IN (
    SELECT v.id FROM template_versions v WHERE v.id IN ${idsSql(ids)} AND ${isOldVersionSql(before)}) RETURNING 1 AS deleted`);

const isOldFileSql = (before: number): SQL => sql`(f.created_at < ${before}
  AND NOT EXISTS (SELECT 1 FROM template_versions v WHERE v.file_id = f.id))`;

/** By their ids. */
export const walkFiles = (after: string, before: number) =>
  query.all<WalkedRow>(sql`SELECT f.id AS place, f.id AS id, ${isOldFileSql(before)} AS "isOld"
    FROM (SELECT * FROM files WHERE id > ${after} ORDER BY id LIMIT ${pageRows}) AS f ORDER BY f.id`);

/** With their content. */
export const deleteFiles = (ids: readonly string[], before: number): Statement =>
  query.all(sql`DELETE FROM files WHERE id IN (
    SELECT f.id FROM files f WHERE f.id IN ${idsSql(ids)} AND ${isOldFileSql(before)}) RETURNING 1 AS deleted`);
