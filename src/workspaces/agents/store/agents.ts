// SQL of a build's resources, agents and apps, and of the lifecycle that agents report.
import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import { insertRows } from "../../../../db/rows.ts";
import {
  workspaceAgents,
  workspaceApps,
  workspaceBuilds,
  workspaceResources,
  workspaces,
  type BuildStatus,
  type LifecycleState,
} from "../../../../db/schema.ts";

export interface BuildOutcome {
  resources: (typeof workspaceResources.$inferInsert)[];
  agents: (typeof workspaceAgents.$inferInsert)[];
  apps: (typeof workspaceApps.$inferInsert)[];
}

export const insertOutcome = ({ resources, agents, apps }: BuildOutcome, when: SQL): Statement[] => [
  ...insertRows(workspaceResources, resources, when),
  ...insertRows(workspaceAgents, agents, when),
  ...insertRows(workspaceApps, apps, when),
];

/**
 * An agent that keeps running through a build keeps its lifecycle under the new build: it doesn't report again. So do
 * reports during the build, which are stored with the previous build.
 */
export const copyLifecycles = (buildId: string, when: SQL): Statement =>
  query.run(sql`UPDATE workspace_agents
    SET lifecycle_state = earlier.lifecycle_state, lifecycle_changed_at = earlier.lifecycle_changed_at
    FROM workspace_agents earlier
    WHERE workspace_agents.build_id = ${buildId} AND workspace_agents.lifecycle_changed_at IS NULL
      AND earlier.name = workspace_agents.name AND earlier.lifecycle_changed_at IS NOT NULL
      AND earlier.build_id = (SELECT b.id FROM workspace_builds this
        JOIN workspace_builds b ON b.workspace_id = this.workspace_id AND b.number < this.number
          AND b.agent_generation = this.agent_generation
        WHERE this.id = ${buildId} AND this.transition = 'start'
          AND EXISTS (SELECT 1 FROM workspace_agents x WHERE x.build_id = b.id)
        ORDER BY b.number DESC LIMIT 1)
      AND ${when}`);

export const listAgents = (buildId: string) =>
  query
    .select({ id: workspaceAgents.id, name: workspaceAgents.name })
    .from(workspaceAgents)
    .where(eq(workspaceAgents.buildId, buildId))
    .orderBy(asc(workspaceAgents.id));

/** SQL for the build whose agents are at work: of the latest build's generation the newest that is done. */
export const currentAgentsBuildSql = (
  workspaceId: SQL | string,
): SQL => sql`(SELECT b.id FROM workspace_builds b
  WHERE b.workspace_id = ${workspaceId}
    AND b.agent_generation = (SELECT l.agent_generation FROM workspaces w
      JOIN workspace_builds l ON l.id = w.latest_build_id WHERE w.id = ${workspaceId})
    AND (b.status = 'succeeded' OR EXISTS (SELECT 1 FROM workspace_agents x WHERE x.build_id = b.id))
  ORDER BY b.number DESC LIMIT 1)`;

/** JSON of `Agent[]`. */
const currentAgentsSql = sql<string>`(SELECT json_group_array(json_object('id', a.id, 'name', a.name,
    'lifecycleState', a.lifecycle_state, 'lifecycleChangedAt', a.lifecycle_changed_at))
  FROM workspace_agents a WHERE a.build_id = ${currentAgentsBuildSql(sql`${workspaces.id}`)})`;

/** A workspace that there is, its latest build, and its agents. */
export const findAgents = (workspaceId: string) =>
  query
    .select({
      id: workspaces.id,
      name: workspaces.name,
      ownerId: workspaces.ownerId,
      templateName: sql<string>`(SELECT t.name FROM templates AS t WHERE t.id = ${workspaces.templateId})`.as(
        "template_name",
      ),
      organizationId: workspaces.organizationId,
      build: {
        id: workspaceBuilds.id,
        status: workspaceBuilds.status,
        transition: workspaceBuilds.transition,
        agentGeneration: workspaceBuilds.agentGeneration,
        hasAiTask: workspaceBuilds.hasAiTask,
        aiTaskPrompt: workspaceBuilds.aiTaskPrompt,
        aiTaskSidebarAppId: workspaceBuilds.aiTaskSidebarAppId,
      },
      agents: currentAgentsSql.as("agents"),
    })
    .from(workspaces)
    .innerJoin(workspaceBuilds, eq(workspaceBuilds.id, workspaces.latestBuildId))
    .where(and(eq(workspaces.id, workspaceId), isNull(workspaces.deletedAt)));

/** True in SQL while the workspace's latest build is the one that was seen, as it was seen. */
export const whereLatestBuildIs = (build: { id: string; status: BuildStatus }): SQL => sql`EXISTS (
  SELECT 1 FROM workspaces w JOIN workspace_builds b ON b.id = w.latest_build_id
  WHERE b.id = ${build.id} AND b.status = ${build.status} AND w.deleted_at IS NULL)`;

/** Only ever to what was said later. */
export const setLifecycle = (agentId: string, state: LifecycleState, at: number, when: SQL): Statement =>
  query
    .update(workspaceAgents)
    .set({ lifecycleState: state, lifecycleChangedAt: at })
    .where(
      sql`${workspaceAgents.id} = ${agentId} AND COALESCE(${workspaceAgents.lifecycleChangedAt}, 0) <= ${at} AND ${when}`,
    );

/** A row while this holds. */
export const findIfTrue = (what: SQL) => query.all<{ holds: number }>(sql`SELECT 1 AS holds WHERE ${what}`);
