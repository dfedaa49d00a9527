// SQL of a pool's failed builds. Backoff, hard limit and reports use the same builds in the same order (Coder's
// GetPresetsBackoff and GetPresetsAtFailureLimit).
import { sql } from "drizzle-orm";
import { query, type SQL } from "../../../../db/client.ts";
import { isCodedCreation, isPoolStart, isPoolSuccess } from "../../../../db/schema.ts";
import { leaseLost, permanentErrorCodes } from "../../../workspaces/jobs/rules/job.ts";
import type { FailedBuild, Failures, PermanentFailure } from "../rules/snapshot.ts";
import { activePresetsSql, allPresets, presetsSql, type PresetScope } from "./presets.ts";

interface Considered {
  /** Guards the whole read. */
  when: SQL;
  scope: PresetScope;
  /** So many of the newest builds of each pool. */
  newest?: number;
  /** All that were made since this time. */
  since?: number;
  /** Failures of a lost provisioner, which say nothing about the template, take a place in the order. */
  withLost: boolean;
  withDeletedTemplates: boolean;
}

/**
 * `filtered_builds`: start builds by a preset with a pool, of the active version, each the latest of a workspace that
 * nobody has claimed; what failed before a resume is left out. `time_sorted_builds`: their rank within the preset, the
 * newest first, of two of one moment the one that was made later.
 */
function sortedBuildsSql({ when, scope, newest, since, withLost, withDeletedTemplates }: Considered): SQL {
  const ofPool = sql`SELECT c.seq FROM workspace_builds c WHERE ${sql.raw("c.pool_preset_id = pools.id")}
    AND ${isPoolStart} AND NOT (c.status = 'failed' AND c.completed_at <= pools.forgiven_at)
    AND ${withLost ? sql`true` : sql`c.error_code IS NOT ${leaseLost}`}`;
  const parts = [
    ...(newest === undefined
      ? []
      : [sql`SELECT seq FROM (${ofPool} ORDER BY c.created_at DESC, c.seq DESC LIMIT ${newest})`]),
    ...(since === undefined ? [] : [sql`${ofPool} AND c.created_at >= ${since}`]),
  ];
  return sql`WITH pools AS (
      SELECT p.id, p.desired_instances, COALESCE(p.failures_forgiven_at, -1) AS forgiven_at
      FROM ${activePresetsSql(scope)}
      WHERE ${when} AND p.desired_instances IS NOT NULL
        AND ${withDeletedTemplates ? sql`true` : sql`t.deleted_at IS NULL`}),
    filtered_builds AS (
      SELECT b.seq, b.id, b.workspace_id, b.number, b.pool_preset_id AS preset_id, b.status, b.error, b.error_code,
        b.created_at, pools.desired_instances
      FROM pools CROSS JOIN workspace_builds b ON b.seq IN (${sql.join(parts, sql` UNION ALL `)})),
    time_sorted_builds AS (
      SELECT *, ROW_NUMBER() OVER (PARTITION BY preset_id ORDER BY created_at DESC, seq DESC) AS rank
      FROM filtered_builds)`;
}

/** Presets with a failed build since then among as many of their newest as they want instances. */
export const getPresetsBackoff = (since: number, when: SQL, scope = allPresets) =>
  query.all<Failures>(sql`${sortedBuildsSql({ when, scope, since, withLost: true, withDeletedTemplates: false })}
    SELECT preset_id AS presetId, sum(status = 'failed') AS failed,
      max(CASE status WHEN 'failed' THEN created_at END) AS lastBuildAt
    FROM time_sorted_builds GROUP BY preset_id
    HAVING sum(status = 'failed' AND rank <= desired_instances) > 0`);

/** Presets whose newest builds, as many as the limit, have all failed; 0 is no limit. */
export const getPresetsAtFailureLimit = (limit: number, when: SQL, scope = allPresets) =>
  query.all<{ presetId: string; failed: number }>(sql`${sortedBuildsSql({
    when: sql`${when} AND ${limit} > 0`,
    scope,
    newest: limit,
    withLost: false,
    withDeletedTemplates: true,
  })}
    SELECT preset_id AS presetId, count(*) AS failed FROM time_sorted_builds WHERE status = 'failed'
    GROUP BY preset_id HAVING count(*) = ${limit}`);

/** The failed ones among the newest builds of each preset, with their ranks. */
export const getLatestFailures = (newest: number, withLost: boolean, when: SQL, scope = allPresets) =>
  query.all<FailedBuild>(sql`${sortedBuildsSql({ when, scope, newest, withLost, withDeletedTemplates: true })}
    SELECT s.preset_id AS presetId, s.id AS buildId, s.number AS buildNumber, w.id AS workspaceId,
      w.name AS workspaceName, COALESCE(s.error, '') AS error, s.error_code AS errorCode, s.rank,
      s.created_at AS createdAt
    FROM time_sorted_builds s CROSS JOIN workspaces w ON w.id = s.workspace_id
    WHERE s.status = 'failed' ORDER BY s.preset_id, s.rank`);

/** Presets in an episode of the limit that have made a workspace since it began. */
export const getPresetsRecovered = (when: SQL, scope = allPresets) =>
  query.all<{ presetId: string }>(sql`SELECT p.id AS presetId FROM ${presetsSql(scope)}
    WHERE ${when} AND p.prebuild_status = 'hard_limited' AND EXISTS (SELECT 1 FROM workspace_builds
      WHERE preset_id = p.id AND created_at > p.limited_at AND ${isPoolSuccess})`);

/** True in SQL while preset `p` would build with the values that build `b` had. */
const hasSameValuesSql = sql`NOT EXISTS (SELECT 1 FROM template_parameters d
    LEFT JOIN preset_parameters v ON v.preset_id = p.id AND v.name = d.name
    LEFT JOIN build_parameters had ON had.build_id = b.id AND had.name = d.name
  WHERE d.version_id = p.version_id AND COALESCE(v.value, d.default_value, '') IS NOT had.value)`;

/**
 * Of each preset the newest creation that failed in a way that a retry can't fix, also once its workspace is gone; none
 * where one that was made then or later has succeeded, where somebody has resumed the pool, or the values are others now.
 */
export const getPermanentFailures = (when: SQL, scope = allPresets) =>
  query.all<PermanentFailure>(sql`SELECT p.id AS presetId, b.id AS buildId, b.number AS buildNumber,
      w.name AS workspaceName, COALESCE(b.error, '') AS error
    FROM ${activePresetsSql(scope)}
      CROSS JOIN workspace_builds b ON b.seq = (SELECT c.seq FROM workspace_builds c
        WHERE c.preset_id = p.id AND ${isCodedCreation}
          AND c.error_code IN (SELECT value FROM json_each(${JSON.stringify(permanentErrorCodes)}))
          AND c.completed_at > COALESCE(p.failures_forgiven_at, -1)
        ORDER BY c.created_at DESC, c.seq DESC LIMIT 1)
      CROSS JOIN workspaces w ON w.id = b.workspace_id
    WHERE ${when} AND p.desired_instances IS NOT NULL AND ${hasSameValuesSql} AND NOT EXISTS (
      SELECT 1 FROM workspace_builds WHERE preset_id = p.id AND created_at >= b.created_at AND ${isPoolSuccess})`);
