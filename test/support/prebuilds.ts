// A pool in the database, as passes and provisioners leave it: workspaces of the system's user, built and ready.
import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { query } from "../../db/client.ts";
import { insertRows } from "../../db/rows.ts";
import {
  buildParameters,
  prebuildsUser,
  workspaceAgents,
  workspaceBuilds,
  workspaceResources,
  workspaces,
  type LifecycleState,
} from "../../db/schema.ts";
import type { TestServer } from "./server.ts";
import { organizationOf } from "./workspaces.ts";

export interface PoolOf {
  templateId: string;
  versionId: string;
  presetId: string;
}
export interface PrebuildOptions {
  /** A state for each agent; without any there is no agent. */
  agents?: LifecycleState[];
  parameters?: { name: string; value: string }[];
  build?: Partial<typeof workspaceBuilds.$inferInsert>;
  workspace?: Partial<typeof workspaces.$inferInsert>;
}

/** Answers the ids of the workspaces, oldest first. */
export async function addPrebuilds(
  server: TestServer,
  { templateId, versionId, presetId }: PoolOf,
  count: number,
  { agents = ["ready"], parameters = [], build = {}, workspace = {} }: PrebuildOptions = {},
): Promise<string[]> {
  const organizationId = await organizationOf(server);
  const at = server.clock.now();
  const times = { createdAt: at, updatedAt: at };
  const ids = Array.from({ length: count }, () => ({
    id: randomUUID(),
    buildId: randomUUID(),
    resourceId: randomUUID(),
  }));
  await server.db.write(
    [
      ...insertRows(
        workspaces,
        ids.map(({ id }) => ({
          ...times,
          id,
          ownerId: prebuildsUser.id,
          organizationId,
          templateId,
          name: `prebuild-${id.slice(0, 8)}`,
          automaticUpdates: "never" as const,
          lastUsedAt: at,
          ...workspace,
        })),
      ),
      ...insertRows(
        workspaceBuilds,
        ids.map(({ id, buildId }) => ({
          ...times,
          id: buildId,
          workspaceId: id,
          number: 1,
          versionId,
          presetId,
          transition: "start" as const,
          reason: "prebuild" as const,
          stage: "create" as const,
          initiatorId: prebuildsUser.id,
          status: "succeeded" as const,
          agentGeneration: randomUUID(),
          hasAiTask: false,
          priority: 2,
          completedAt: at,
          ...build,
        })),
      ),
      // As a separate change, which the pools' bookkeeping follows.
      query.run(sql`UPDATE workspaces SET latest_build_id = (
          SELECT id FROM workspace_builds WHERE workspace_id = workspaces.id ORDER BY number DESC LIMIT 1)
        WHERE id IN (SELECT value FROM json_each(${JSON.stringify(ids.map(({ id }) => id))}))`),
      ...insertRows(
        buildParameters,
        ids.flatMap(({ buildId }) => parameters.map((one) => ({ buildId, ...one }))),
      ),
      ...insertRows(
        workspaceResources,
        ids.map(({ buildId, resourceId }) => ({ id: resourceId, buildId, type: "container", name: "dev" })),
      ),
      ...insertRows(
        workspaceAgents,
        ids.flatMap(({ buildId, resourceId }) =>
          agents.map((lifecycleState, index) => ({
            id: randomUUID(),
            buildId,
            resourceId,
            name: `agent-${index}`,
            lifecycleState,
            lifecycleChangedAt: at,
            createdAt: at,
          })),
        ),
      ),
    ],
    {},
  );
  return ids.map(({ id }) => id);
}

/** How many prebuilt workspaces nobody has claimed, as an owner sees them. */
export const countPrebuilds = async (server: TestServer, token: string): Promise<number> =>
  (await server.call("GET", "/api/v2/workspaces?q=owner:prebuilds", { token })).json.count;

/** Passes over the pools are paused: what a test puts into them stays as it is. */
export const stillPools = (server: TestServer) =>
  server.sql(`INSERT INTO settings (key, value, updated_at)
    VALUES ('prebuilds_settings', '{"reconciliation_paused":true}', 0) ON CONFLICT DO NOTHING`);
