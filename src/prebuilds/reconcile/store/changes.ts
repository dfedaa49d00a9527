// SQL of a run's changes, and of the parameters of new prebuilds. Each statement has a guard: when the state has changed since
// the snapshot, it changes nothing.
import { sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import { prebuildsUser, type PrebuildStatus } from "../../../../db/schema.ts";
import {
  buildExistsSql,
  cancelBuild,
  insertBuild,
  whereLatestBuildUnchanged,
  type NewBuild,
} from "../../../workspaces/builds/store/builds.ts";
import { insertWorkspace, type NewWorkspace } from "../../../workspaces/builds/store/workspaces.ts";
import type { ParameterValue } from "../../../workspaces/builds/rules/next-build.ts";
import type { Target } from "../rules/actions.ts";
/** True in SQL while nobody has claimed it. */
const isUnclaimedSql = (workspaceId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM workspaces WHERE id = ${workspaceId} AND owner_id = ${prebuildsUser.id})`;

/** True in SQL while `when`, the preset's version is the active one and its builds can be created. */
const canBuildSql = prepared(
  (when: SQL, presetId: string): SQL => sql`${when} AND EXISTS (
  SELECT 1 FROM presets p JOIN templates t ON t.active_version_id = p.version_id
  WHERE p.id = ${presetId} AND p.prebuild_status <> 'validation_failed')`,
);

/** A workspace of the pool with its first build, or neither. */
export const createPrebuild = (
  workspace: NewWorkspace,
  build: NewBuild & { presetId: string },
  parameters: readonly ParameterValue[],
  when: SQL,
): Statement[] => [
  ...insertWorkspace(workspace, canBuildSql(when, build.presetId)),
  ...insertBuild(build, parameters, whereLatestBuildUnchanged(workspace.id, null)),
];

/** Runs with what the latest build ran with. */
export const deletePrebuild = (target: Target, buildId: string, now: number, when: SQL): Statement[] => [
  insertDeletion(target, buildId, now, when),
  copyParameters(target, buildId),
  setLatestBuild(target, buildId, now),
];

const insertDeletion = prepared(({ workspaceId, buildId }: Target, id: string, now: number, when: SQL) =>
  query.run(sql`INSERT INTO workspace_builds (id, workspace_id, number, version_id, transition, reason, stage,
      initiator_id, status, agent_generation, has_ai_task, created_at, updated_at, priority)
    SELECT ${id}, workspace_id, number + 1, version_id, 'delete', 'prebuild', 'none', ${prebuildsUser.id},
      'pending', agent_generation, has_ai_task, ${now}, ${now}, 1
    FROM workspace_builds WHERE id = ${buildId} AND ${when} AND ${isUnclaimedSql(workspaceId)}
      AND ${whereLatestBuildUnchanged(workspaceId, buildId)} ON CONFLICT DO NOTHING`),
);

const copyParameters = prepared(({ buildId }: Target, id: string) =>
  query.run(sql`INSERT INTO build_parameters (build_id, name, value)
    SELECT ${id}, name, value FROM build_parameters WHERE build_id = ${buildId} AND ${buildExistsSql(id)}
    ON CONFLICT DO NOTHING`),
);

const setLatestBuild = prepared(({ workspaceId, buildId }: Target, id: string, now: number) =>
  query.run(sql`UPDATE workspaces SET latest_build_id = ${id}, updated_at = ${now}
    WHERE id = ${workspaceId} AND latest_build_id = ${buildId} AND ${buildExistsSql(id)}`),
);

/** Of a first build that nobody has taken: nothing exists yet, so the workspace ends with it. */
export const cancelCreation = (target: Target, now: number, when: SQL): Statement[] => [
  cancelFirstBuild(target, now, when),
  endWorkspace(target, now, when),
];

const cancelFirstBuild = prepared(({ workspaceId, buildId }: Target, now: number, when: SQL) =>
  cancelBuild(
    buildId,
    now,
    sql`status = 'pending' AND plan_received_at IS NULL AND ${when} AND ${isUnclaimedSql(workspaceId)}`,
  ),
);

const endWorkspace = prepared(({ workspaceId, buildId }: Target, now: number, when: SQL) =>
  query.run(sql`UPDATE workspaces SET deleted_at = ${now}, updated_at = ${now}
    WHERE id = ${workspaceId} AND deleted_at IS NULL AND latest_build_id = ${buildId}
      AND EXISTS (SELECT 1 FROM workspace_builds WHERE id = ${buildId} AND number = 1 AND status = 'canceled'
        AND started_at IS NULL) AND ${when}`),
);

/** True in SQL of `presets` while the pool is the one of its template. */
const isActivePoolSql = sql`EXISTS (SELECT 1 FROM templates t WHERE t.active_version_id = presets.version_id
  AND t.deleted_at IS NULL AND t.deprecation_message = '')`;

export interface Mark {
  presetId: string;
  /** As it was seen. */
  from: PrebuildStatus;
  fromEventId: string | null;
  forgivenAt: number | null;
  to: PrebuildStatus;
  /** Its notification; null for `normal`. */
  eventId: string | null;
}

/** The limit counts from zero once a validation no longer fails: its notice would be about builds that were already reported. */
export const markPreset = (mark: Mark, now: number, when: SQL): Statement =>
  query.run(sql`UPDATE presets SET prebuild_status = ${mark.to}, limit_event_id = ${mark.eventId},
      limited_at = ${mark.eventId === null ? null : now},
      failures_forgiven_at = ${mark.from === "validation_failed" ? now : mark.forgivenAt}
    WHERE id = ${mark.presetId} AND prebuild_status = ${mark.from} AND limit_event_id IS ${mark.fromEventId}
      AND failures_forgiven_at IS ${mark.forgivenAt} AND ${isActivePoolSql} AND ${when}`);

/** True in SQL once this status is set; the guard of its notification. */
export const wasMarkedSql = (presetId: string, eventId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM presets WHERE id = ${presetId} AND limit_event_id = ${eventId})`;

/** True in SQL while prebuilds of the preset are created. */
export const isNormalSql = (presetId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM presets WHERE id = ${presetId} AND prebuild_status = 'normal')`;

/** The builds and presets, of these, that carry the marks of what was to be done. */
export const findApplied = (buildIds: readonly string[], eventIds: readonly string[]) =>
  query.all<{ id: string }>(sql`
    SELECT id FROM workspace_builds WHERE id IN (SELECT value FROM json_each(${JSON.stringify(buildIds)}))
    UNION ALL SELECT limit_event_id FROM presets
      WHERE limit_event_id IN (SELECT value FROM json_each(${JSON.stringify(eventIds)}))`);

const idsSql = (ids: readonly string[]): SQL => sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`;

export interface DefinitionRow {
  versionId: string;
  name: string;
  required: number;
  defaultValue: string | null;
}

export const listDefinitions = (versionIds: readonly string[]) =>
  query.all<DefinitionRow>(sql`SELECT version_id AS versionId, name, required, default_value AS defaultValue
    FROM template_parameters WHERE version_id IN ${idsSql(versionIds)} ORDER BY version_id, position`);

export const listPresetValues = (presetIds: readonly string[]) =>
  query.all<{ presetId: string; name: string; value: string }>(sql`SELECT preset_id AS presetId, name, value
    FROM preset_parameters WHERE preset_id IN ${idsSql(presetIds)}`);
