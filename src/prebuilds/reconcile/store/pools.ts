// SQL of pools (presets of active versions, and those that still have workspaces), their workspaces and totals. Presets of
// former versions with no workspaces left, and failed or canceled builds, are not read.
import { sql } from "drizzle-orm";
import { query, type SQL } from "../../../../db/client.ts";
import { isOpenSql, situationTypes } from "../../../notifications/index.ts";
import {
  isPoolNow,
  type PrebuildStatus,
  type BuildStage,
  type BuildStatus,
  type Transition,
} from "../../../../db/schema.ts";
import { allPresets, type PresetScope } from "./presets.ts";

export interface PoolRow {
  seq: number;
  presetId: string;
  presetName: string;
  templateId: string;
  templateName: string;
  organizationId: string;
  organizationName: string;
  versionId: string;
  versionName: string;
  usesActiveVersion: number;
  isDeleted: number;
  isDeprecated: number;
  desiredInstances: number;
  ttlSeconds: number | null;
  timezone: string | null;
  /** JSON array of {cron, instances}, in their order. */
  schedules: string;
  status: PrebuildStatus;
  limitedAt: number | null;
  limitEventId: string | null;
  isAgentMissing: number;
  forgivenAt: number | null;
  invalidatedAt: number | null;
  hasAiTask: number;
  /** JSON array of names. */
  missingParameters: string;
  /** JSON array of {name, value, rules}: its values, and defaults, of parameters that have rules. */
  ruledParameters: string;
}

const schedules = sql`(SELECT json_group_array(json_object('cron', s.cron, 'instances', s.instances)) FROM (
  SELECT cron, instances FROM preset_schedules WHERE preset_id = p.id ORDER BY position) s)`;
const missingParameters = sql`(SELECT json_group_array(d.name) FROM template_parameters d
  WHERE d.version_id = p.version_id AND d.required = 1 AND d.default_value IS NULL
    AND NOT EXISTS (SELECT 1 FROM preset_parameters v WHERE v.preset_id = p.id AND v.name = d.name))`;

const ruledParameters = sql`(SELECT json_group_array(json_object('name', d.name, 'rules', d.rules,
    'value', COALESCE((SELECT v.value FROM preset_parameters v WHERE v.preset_id = p.id AND v.name = d.name),
      d.default_value)))
  FROM template_parameters d WHERE d.version_id = p.version_id AND d.rules IS NOT NULL)`;

/** Those of active versions, and those that still have workspaces. */
const lookedAfterSql = (when: SQL, { ids }: PresetScope): SQL =>
  ids === null
    ? sql`looked_after(id) AS (
  SELECT p.id FROM templates t CROSS JOIN presets p ON p.version_id = t.active_version_id
    WHERE ${when} AND t.deleted_at IS NULL AND p.desired_instances IS NOT NULL
  UNION
  SELECT pool_preset_id FROM workspace_builds WHERE ${when} AND ${isPoolNow})`
    : sql`looked_after(id) AS (SELECT value FROM json_each(${ids}) WHERE ${when})`;

const countActiveSql = (limit: number): SQL => sql`(SELECT count(*) FROM (SELECT 1
  FROM templates t CROSS JOIN presets p ON p.version_id = t.active_version_id
  WHERE t.deleted_at IS NULL AND p.desired_instances IS NOT NULL LIMIT ${limit}))`;

/** Whether active versions have at most `most` pools. */
export const hasFewPoolsSql = (most: number): SQL => sql`${countActiveSql(most + 1)} <= ${most}`;

/** Pools of active versions, counted up to a limit. */
export const countActive = (when: SQL, limit: number) =>
  query.all<{ count: number }>(sql`SELECT ${countActiveSql(limit)} AS count WHERE ${when}`);

/** In order; `when` guards the whole read. */
export const listPoolIds = (when: SQL) =>
  query.all<{ id: string }>(
    sql`WITH ${lookedAfterSql(when, allPresets)} SELECT id FROM looked_after ORDER BY id`,
  );

/** In no order, at most `limit`. `when` guards the whole read. */
export const listPools = (when: SQL, scope = allPresets, limit = -1) =>
  query.all<PoolRow>(sql`WITH ${lookedAfterSql(when, scope)}
    SELECT p.seq, p.id AS presetId, p.name AS presetName, t.id AS templateId, t.name AS templateName,
      o.id AS organizationId, o.name AS organizationName, v.id AS versionId, v.name AS versionName,
      t.active_version_id = v.id AS usesActiveVersion, t.deleted_at IS NOT NULL AS isDeleted,
      t.deprecation_message <> '' AS isDeprecated, p.desired_instances AS desiredInstances,
      p.ttl_seconds AS ttlSeconds, p.scheduling_timezone AS timezone, ${schedules} AS schedules,
      p.prebuild_status AS status, p.limited_at AS limitedAt, p.limit_event_id AS limitEventId,
      ${isOpenSql(sql`${situationTypes.agents} || p.id`)} AS isAgentMissing,
      p.failures_forgiven_at AS forgivenAt, p.last_invalidated_at AS invalidatedAt, v.has_ai_task AS hasAiTask, ${missingParameters} AS missingParameters,
      ${ruledParameters} AS ruledParameters
    FROM looked_after l CROSS JOIN presets p ON p.id = l.id CROSS JOIN template_versions v ON v.id = p.version_id
      CROSS JOIN templates t ON t.id = v.template_id CROSS JOIN organizations o ON o.id = t.organization_id
    WHERE p.desired_instances IS NOT NULL LIMIT ${limit}`);

export interface MemberRow {
  workspaceId: string;
  name: string;
  presetId: string;
  buildId: string;
  buildNumber: number;
  transition: Transition;
  status: Extract<BuildStatus, "pending" | "running" | "canceling" | "succeeded">;
  stage: BuildStage;
  createdAt: number;
  /** JSON array of `Agent`; of those that run. */
  agents: string;
}

const agents = sql`CASE b.status WHEN 'succeeded' THEN (SELECT json_group_array(json_object('name', a.name,
    'lifecycleState', a.lifecycle_state, 'lifecycleChangedAt', a.lifecycle_changed_at, 'createdAt', a.created_at))
  FROM workspace_agents a WHERE a.build_id = b.id) ELSE '[]' END`;

/** Workspaces of pools whose latest build is a start that succeeded, or has not ended; in no order, at most `limit`. */
export const listMembers = (when: SQL, scope = allPresets, limit = -1) =>
  query.all<MemberRow>(sql`SELECT w.id AS workspaceId, w.name, b.pool_preset_id AS presetId, b.id AS buildId,
      b.number AS buildNumber, b.transition, b.status, b.stage, w.created_at AS createdAt, ${agents} AS agents
    FROM ${scope.ids === null ? sql`` : sql`json_each(${scope.ids}) chosen CROSS JOIN`}
      workspace_builds b INDEXED BY workspace_builds_pool_now CROSS JOIN workspaces w ON w.id = b.workspace_id
    WHERE ${when} AND ${scope.ids === null ? sql`true` : sql`b.pool_preset_id = chosen.value`} AND ${isPoolNow}
    LIMIT ${limit}`);

/** Jobs of pools that nobody has taken yet. */
export const countPending = (when: SQL) =>
  query.all<{ count: number }>(
    sql`SELECT count(*) AS count FROM workspace_builds WHERE ${when} AND status = 'pending' AND priority > 0`,
  );

export interface TotalsRow {
  templateName: string;
  presetName: string;
  organizationName: string;
  created: number;
  failed: number;
  claimed: number;
}

/** Of templates that are not deleted. */
export const getPrebuildMetrics = () =>
  query.all<TotalsRow>(sql`SELECT t.name AS templateName, p.preset_name AS presetName, o.name AS organizationName,
      p.created, p.failed, p.claimed
    FROM pool_totals p CROSS JOIN templates t ON t.id = p.template_id
      CROSS JOIN organizations o ON o.id = t.organization_id
    WHERE t.deleted_at IS NULL ORDER BY t.seq, p.preset_name`);
