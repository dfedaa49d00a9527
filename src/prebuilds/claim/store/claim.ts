// SQL of a claim: a ready prebuild becomes the user's workspace, with a new build in the queue.
import { sql, eq } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import {
  isPoolNow,
  prebuildsUser,
  organizations,
  presets,
  templates,
  workspaceBuilds,
  workspaces,
} from "../../../../db/schema.ts";
import type { WorkspacePlan } from "../../../workspaces/builds/create-workspace.ts";
import { buildExistsSql, insertValues } from "../../../workspaces/builds/store/builds.ts";
/** True in SQL when the build has agents and all of them are ready. */
const agentsAreReadySql = (buildId: SQL): SQL => sql`(
  EXISTS (SELECT 1 FROM workspace_agents WHERE build_id = ${buildId})
  AND NOT EXISTS (SELECT 1 FROM workspace_agents WHERE build_id = ${buildId} AND lifecycle_state <> 'ready'))`;

export interface ClaimablePool {
  presetId: string;
  /** Workspaces made before this time have expired: they are taken when there is no other. */
  freshSince: number;
  /** Names of the parameters that the preset or the request decides. */
  chosen: readonly string[];
}

/**
 * Makes the plan's build in the oldest workspace that is ready, if there is one: then `insertPlanned`, which must come
 * after it in the same write, makes nothing. The tokens of its agents stay the same: a new one would change the
 * workspace that somebody was promised as it is.
 */
export function claimReadyPrebuild(plan: WorkspacePlan, pool: ClaimablePool, when: SQL): Statement[] {
  const { build, parameters } = plan;
  const others = parameters.map(({ name }) => name).filter((name) => !pool.chosen.includes(name));
  return [
    insertClaim(plan, pool, when),
    ...insertValues(build.id, parameters),
    ...(others.length === 0 ? [] : [keepValues(build.id, others)]),
    transferWorkspace(plan),
  ];
}

function insertClaim(
  { workspace, build }: WorkspacePlan,
  { presetId, freshSince }: ClaimablePool,
  when: SQL,
): Statement {
  return query.run(sql`INSERT INTO workspace_builds (id, workspace_id, number, version_id, preset_id, transition,
      reason, stage, initiator_id, status, agent_generation, has_ai_task, created_at, updated_at, priority)
    SELECT ${build.id}, w.id, b.number + 1, b.version_id, ${presetId}, 'start', 'prebuild_claim', 'claim',
      ${build.initiatorId}, 'pending', b.agent_generation, ${build.hasAiTask}, ${build.createdAt}, ${build.updatedAt},
      ${build.priority}
    FROM workspace_builds b INDEXED BY workspace_builds_pool_now
      JOIN workspaces w ON w.id = b.workspace_id JOIN templates t ON t.id = w.template_id
    WHERE b.pool_preset_id = ${presetId} AND ${isPoolNow} AND b.status = 'succeeded' AND b.transition = 'start'
      AND w.latest_build_id = b.id AND w.owner_id = ${prebuildsUser.id} AND w.deleted_at IS NULL
      AND b.version_id = ${build.versionId} AND t.active_version_id = b.version_id
      AND t.deleted_at IS NULL AND t.deprecation_message = '' AND ${agentsAreReadySql(sql`b.id`)}
      AND NOT ${buildExistsSql(build.id)} AND ${isNameFreeSql(workspace.ownerId, workspace.name)} AND ${when}
    ORDER BY w.created_at < ${freshSince}, w.seq LIMIT 1 ON CONFLICT DO NOTHING`);
}

const isNameFreeSql = (ownerId: string, name: string): SQL => sql`NOT EXISTS (SELECT 1 FROM workspaces
  WHERE owner_id = ${ownerId} AND lower(name) = lower(${name}) AND deleted_at IS NULL)`;

const claimedWorkspaceIdSql = (buildId: string): SQL =>
  sql`(SELECT workspace_id FROM workspace_builds WHERE id = ${buildId} AND stage = 'claim')`;

/** What neither the preset nor the request decides stays as the workspace was made. */
const keepValues = (buildId: string, names: readonly string[]): Statement =>
  query.run(sql`UPDATE build_parameters SET value = COALESCE((
      SELECT p.value FROM workspace_builds c
        JOIN workspace_builds b ON b.workspace_id = c.workspace_id AND b.number = c.number - 1
        JOIN build_parameters p ON p.build_id = b.id AND p.name = build_parameters.name
      WHERE c.id = ${buildId} AND c.stage = 'claim'), value)
    WHERE build_id = ${buildId} AND name IN (SELECT value FROM json_each(${JSON.stringify(names)}))`);

const transferWorkspace = ({ workspace, build }: WorkspacePlan): Statement =>
  query.run(sql`UPDATE workspaces SET owner_id = ${workspace.ownerId}, name = ${workspace.name},
      automatic_updates = ${workspace.automaticUpdates}, autostart_schedule = ${workspace.autostartSchedule ?? null},
      next_start_at = ${workspace.nextStartAt ?? null},
      latest_build_id = ${build.id}, updated_at = ${workspace.updatedAt}, last_used_at = ${workspace.lastUsedAt}
    WHERE id = ${claimedWorkspaceIdSql(build.id)} AND owner_id = ${prebuildsUser.id}`);

export const findTimedBuild = (buildId: string) =>
  query
    .select({
      stage: workspaceBuilds.stage,
      transition: workspaceBuilds.transition,
      number: workspaceBuilds.number,
      createdAt: workspaceBuilds.createdAt,
      organization: organizations.name,
      template: templates.name,
      preset: presets.name,
    })
    .from(workspaceBuilds)
    .innerJoin(workspaces, eq(workspaces.id, workspaceBuilds.workspaceId))
    .innerJoin(templates, eq(templates.id, workspaces.templateId))
    .innerJoin(organizations, eq(organizations.id, workspaces.organizationId))
    .leftJoin(presets, eq(presets.id, workspaceBuilds.presetId))
    .where(eq(workspaceBuilds.id, buildId));
