// SQL of stops that are to be followed by a start.
import { asc, eq, sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import { users, workspaceBuilds, workspaces } from "../../../../db/schema.ts";

/** Stops that have succeeded; an index has them. `isDue` is 0 where nothing may follow any more. */
export const listRestarts = (limit: number) =>
  query
    .select({
      id: workspaceBuilds.id,
      number: workspaceBuilds.number,
      transition: workspaceBuilds.transition,
      versionId: workspaceBuilds.versionId,
      agentGeneration: workspaceBuilds.agentGeneration,
      initiatorId: workspaceBuilds.initiatorId,
      workspaceId: workspaces.id,
      workspaceName: workspaces.name,
      ownerName: sql<string>`(SELECT username FROM users WHERE id = ${workspaces.ownerId})`.as("owner_name"),
      isDue:
        sql<number>`(${workspaces.deletedAt} IS NULL AND ${workspaces.latestBuildId} = ${workspaceBuilds.id}
        AND ${users.status} = 'active' AND ${users.deletedAt} IS NULL)`.as("is_due"),
    })
    .from(workspaceBuilds)
    .innerJoin(workspaces, eq(workspaces.id, workspaceBuilds.workspaceId))
    .innerJoin(users, eq(users.id, workspaceBuilds.initiatorId))
    .where(sql`restarts = 1 AND ${workspaceBuilds.status} = 'succeeded'`)
    .orderBy(asc(workspaceBuilds.seq))
    .limit(limit);

export type RestartRow = ReturnType<typeof listRestarts>["_"]["result"][number];

/** Whether a start follows this build. */
export const findRestart = (buildId: string) =>
  query
    .select({ restarts: workspaceBuilds.restarts })
    .from(workspaceBuilds)
    .where(eq(workspaceBuilds.id, buildId));

/** True in SQL while a start is still to follow. */
export const restartsSql = (buildId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM workspace_builds WHERE id = ${buildId} AND restarts = 1)`;

export const endRestarts = (buildIds: readonly string[]): Statement =>
  query
    .update(workspaceBuilds)
    .set({ restarts: false })
    .where(sql`${workspaceBuilds.id} IN (SELECT value FROM json_each(${JSON.stringify(buildIds)}))`);
