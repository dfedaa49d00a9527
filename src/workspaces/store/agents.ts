// SQL of what runs in a workspace, as a build has left it: resources, agents and apps.
import { asc, eq } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../db/client.ts";
import { insertRows } from "../../../db/rows.ts";
import { workspaceAgents, workspaceApps, workspaceResources } from "../../../db/schema.ts";

export interface Outcome {
  resources: (typeof workspaceResources.$inferInsert)[];
  agents: (typeof workspaceAgents.$inferInsert)[];
  apps: (typeof workspaceApps.$inferInsert)[];
}

export const insertOutcome = ({ resources, agents, apps }: Outcome, when: SQL): Statement[] => [
  ...insertRows(workspaceResources, resources, when),
  ...insertRows(workspaceAgents, agents, when),
  ...insertRows(workspaceApps, apps, when),
];

export const listAgents = (buildId: string) =>
  query
    .select({ id: workspaceAgents.id, name: workspaceAgents.name })
    .from(workspaceAgents)
    .where(eq(workspaceAgents.buildId, buildId))
    .orderBy(asc(workspaceAgents.id));
