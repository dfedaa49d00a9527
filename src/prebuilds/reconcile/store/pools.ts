// SQL of the pools that a pass looks after: presets of active versions, and those that still have workspaces. Presets of
// former versions with nothing left in their pools are not read at all.
import { sql } from "drizzle-orm";
import { query, type SQL } from "../../../../db/client.ts";
import { isPoolNow, type PrebuildStatus } from "../../../../db/schema.ts";

export interface PoolRow {
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

/** By age. `when` guards the whole read. */
export const listPools = (when: SQL) =>
  query.all<PoolRow>(sql`WITH looked_after(id) AS (
      SELECT p.id FROM templates t CROSS JOIN presets p ON p.version_id = t.active_version_id
        WHERE ${when} AND t.deleted_at IS NULL AND p.desired_instances IS NOT NULL
      UNION
      SELECT pool_preset_id FROM workspace_builds WHERE ${when} AND ${isPoolNow})
    SELECT p.id AS presetId, p.name AS presetName, t.id AS templateId, t.name AS templateName,
      o.id AS organizationId, o.name AS organizationName, v.id AS versionId, v.name AS versionName,
      t.active_version_id = v.id AS usesActiveVersion, t.deleted_at IS NOT NULL AS isDeleted,
      t.deprecation_message <> '' AS isDeprecated, p.desired_instances AS desiredInstances,
      p.ttl_seconds AS ttlSeconds, p.scheduling_timezone AS timezone, ${schedules} AS schedules,
      p.prebuild_status AS status, p.limited_at AS limitedAt, p.limit_event_id AS limitEventId,
      p.failures_forgiven_at AS forgivenAt, p.last_invalidated_at AS invalidatedAt, v.has_ai_task AS hasAiTask, ${missingParameters} AS missingParameters,
      ${ruledParameters} AS ruledParameters
    FROM looked_after l CROSS JOIN presets p ON p.id = l.id CROSS JOIN template_versions v ON v.id = p.version_id
      CROSS JOIN templates t ON t.id = v.template_id CROSS JOIN organizations o ON o.id = t.organization_id
    WHERE p.desired_instances IS NOT NULL ORDER BY p.seq`);
