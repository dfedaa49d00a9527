// SQL of the statuses that apps report.
import { asc, desc, eq, sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import { insertRows } from "../../../../db/rows.ts";
import {
  users,
  workspaceAgents,
  workspaceApps,
  workspaceAppStatuses,
  workspaces,
  type AppState,
} from "../../../../db/schema.ts";
import { currentAgentsBuildSql } from "./agents.ts";

/** Apps of the agents that are at work in a workspace. */
export const listCurrentApps = (workspaceId: string) =>
  query
    .select({ id: workspaceApps.id, slug: workspaceApps.slug, agentId: workspaceApps.agentId })
    .from(workspaceApps)
    .innerJoin(workspaceAgents, eq(workspaceAgents.id, workspaceApps.agentId))
    .where(eq(workspaceAgents.buildId, currentAgentsBuildSql(workspaceId)))
    .orderBy(asc(workspaceApps.slug));

/** SQL for the id of one of them; `agentName` undefined: of the only agent. */
export const currentAppIdSql = (workspaceId: string, slug: string, agentName: string | undefined): SQL =>
  sql`(SELECT p.id FROM workspace_agents a JOIN workspace_apps p ON p.agent_id = a.id AND p.slug = ${slug}
    WHERE a.build_id = ${currentAgentsBuildSql(workspaceId)} AND (${agentName ?? null} IS NULL OR a.name = ${agentName ?? null})
    LIMIT 1)`;

/** All statuses of an app, latest first; only so many where a limit is given. */
export const getLatestWorkspaceAppStatusesByAppID = (appId: SQL | string, limit = -1) =>
  query
    .select()
    .from(workspaceAppStatuses)
    .where(eq(workspaceAppStatuses.appId, appId))
    .orderBy(desc(workspaceAppStatuses.seq))
    .limit(limit);

export type StatusRow = typeof workspaceAppStatuses.$inferSelect;

/** The latest status of each app of the workspace's latest build. */
export const listLatestStatuses = (workspaceId: SQL | string) =>
  query
    .select()
    .from(workspaceAppStatuses)
    .where(
      sql`${workspaceAppStatuses.seq} IN (
        SELECT (SELECT max(s.seq) FROM workspace_app_statuses s WHERE s.app_id = p.id)
        FROM workspaces w JOIN workspace_agents a ON a.build_id = w.latest_build_id
          JOIN workspace_apps p ON p.agent_id = a.id
        WHERE w.id = ${workspaceId})`,
    );

/** A stop has no task: the latest build that has one. */
export const fromLatestTaskBuildSql = (workspaceId: SQL) =>
  sql`FROM workspace_builds WHERE workspace_id = ${workspaceId} AND ai_task_prompt IS NOT NULL
    ORDER BY number DESC LIMIT 1`;

/** SQL for the id of the app that shows the workspace's task. */
export const taskAppIdSql = (workspaceId: SQL): SQL<string> =>
  sql<string>`(SELECT ai_task_sidebar_app_id ${fromLatestTaskBuildSql(workspaceId)})`;

/** The id of that app; no row where there is no task. */
export const findTaskApp = (workspaceId: SQL) =>
  query.all<{ id: string | null }>(sql`SELECT ${taskAppIdSql(workspaceId)} AS id`);

/** What the workspace was asked to do; no row when it is no task. */
export const findTask = (workspaceId: SQL) =>
  query.all<{ prompt: string; number: number }>(
    sql`SELECT ai_task_prompt AS prompt, number ${fromLatestTaskBuildSql(workspaceId)}`,
  );

/** True in SQL while this is the last thing that the app has reported. */
export const whereLatestStatusIs = (
  appId: string,
  seen: { state: AppState; stateSince: number } | undefined,
) => {
  const column = (name: "state" | "state_since") =>
    sql`(SELECT ${sql.identifier(name)} FROM workspace_app_statuses WHERE app_id = ${appId} ORDER BY seq DESC LIMIT 1)`;
  return seen === undefined
    ? sql`NOT EXISTS (SELECT 1 FROM workspace_app_statuses WHERE app_id = ${appId})`
    : sql`(${column("state")} = ${seen.state} AND ${column("state_since")} = ${seen.stateSince})`;
};

export type NewStatus = Omit<StatusRow, "seq" | "superseded">;

export const insertStatus = (row: NewStatus, when: SQL): Statement[] => [
  ...insertRows(workspaceAppStatuses, [row], when),
  query.run(sql`UPDATE workspace_app_statuses SET superseded = 1
    WHERE seq = (SELECT max(earlier.seq) FROM workspace_app_statuses earlier
      JOIN workspace_app_statuses created ON created.id = ${row.id}
      WHERE earlier.app_id = ${row.appId} AND earlier.seq < created.seq)`),
];

export const findStatus = (id: string) =>
  query.select().from(workspaceAppStatuses).where(eq(workspaceAppStatuses.id, id));

/** A workspace in which something works is in use. */
export const updateLastUsed = (workspaceId: string, now: number, statusId: string): Statement =>
  query
    .update(workspaces)
    .set({ lastUsedAt: now })
    .where(
      sql`${workspaces.id} = ${workspaceId} AND ${workspaces.lastUsedAt} < ${now}
        AND EXISTS (SELECT 1 FROM workspace_app_statuses WHERE id = ${statusId})`,
    );

/** The latest of each app stays, however old. */
export const deleteOldStatuses = (before: number, slice: number): Statement =>
  query.all(sql`DELETE FROM workspace_app_statuses WHERE seq IN (SELECT seq FROM workspace_app_statuses
    WHERE superseded = 1 AND created_at < ${before} ORDER BY created_at LIMIT ${slice})
    RETURNING 1 AS deleted`);

/** SQL for the owner of a workspace. */
export const workspaceOwnersSql = (workspaceId: string): SQL =>
  sql`SELECT ${users.id} FROM ${users} JOIN ${workspaces} ON ${workspaces.ownerId} = ${users.id} WHERE ${workspaces.id} = ${workspaceId}`;
