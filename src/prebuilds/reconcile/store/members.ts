// SQL of the workspaces in pools: those that run, and those that something is being done with. What has failed or was
// canceled lies in none of these reads, however much of it there is.
import { sql } from "drizzle-orm";
import { query, type SQL } from "../../../../db/client.ts";
import { isPoolNow, type BuildStage, type BuildStatus, type Transition } from "../../../../db/schema.ts";

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

/** Workspaces of pools whose latest build is a start that succeeded, or has not ended; by their ids. */
export const listMembers = (when: SQL) =>
  query.all<MemberRow>(sql`SELECT w.id AS workspaceId, w.name, b.pool_preset_id AS presetId, b.id AS buildId,
      b.number AS buildNumber, b.transition, b.status, b.stage, w.created_at AS createdAt, ${agents} AS agents
    FROM workspace_builds b INDEXED BY workspace_builds_pool_now CROSS JOIN workspaces w ON w.id = b.workspace_id
    WHERE ${when} AND ${isPoolNow} ORDER BY w.id`);

/** Jobs of pools that nobody has taken yet. */
export const countPending = (when: SQL) =>
  query.all<{ count: number }>(
    sql`SELECT count(*) AS count FROM workspace_builds WHERE ${when} AND status = 'pending' AND priority > 0`,
  );
