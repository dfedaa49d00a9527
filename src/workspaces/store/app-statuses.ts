// SQL of what the apps in workspaces have said of themselves.
import { desc, eq, sql } from "drizzle-orm";
import { query, type SQL } from "../../../db/client.ts";
import { workspaceAppStatuses } from "../../../db/schema.ts";

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

/** Of one app, latest first. */
export const listStatuses = (appId: SQL | string, limit: number) =>
  query
    .select()
    .from(workspaceAppStatuses)
    .where(eq(workspaceAppStatuses.appId, appId))
    .orderBy(desc(workspaceAppStatuses.seq))
    .limit(limit);

export type StatusRow = ReturnType<typeof listStatuses>["_"]["result"][number];

/** A stop has no task: the latest build that has one. */
const latestTaskBuild = (workspaceId: SQL) =>
  sql`FROM workspace_builds WHERE workspace_id = ${workspaceId} AND ai_task_prompt IS NOT NULL
    ORDER BY number DESC LIMIT 1`;

/** SQL for the id of the app that shows the workspace's task. */
export const taskAppOf = (workspaceId: SQL): SQL<string> =>
  sql<string>`(SELECT ai_task_sidebar_app_id ${latestTaskBuild(workspaceId)})`;

/** What the workspace was asked to do; no row when it is no task. */
export const findTask = (workspaceId: SQL) =>
  query.all<{ prompt: string; number: number }>(
    sql`SELECT ai_task_prompt AS prompt, number ${latestTaskBuild(workspaceId)}`,
  );
