// SQL of autostart: settings, and the workspaces that are due.
import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import {
  buildParameters,
  templateParameters,
  templates,
  templateVersions,
  users,
  workspaceBuilds,
  workspaces,
} from "../../../../db/schema.ts";

/** Those that were due first come first. An index has them: when none is due, none is read. */
export const listDueStarts = (now: number, limit: number) =>
  query
    .select({
      workspaceId: workspaces.id,
      workspaceName: workspaces.name,
      organizationId: workspaces.organizationId,
      schedule: workspaces.autostartSchedule,
      nextStartAt: sql<number>`${workspaces.nextStartAt}`,
      automaticUpdates: workspaces.automaticUpdates,
      ownerId: workspaces.ownerId,
      ownerName: users.username,
      ownerStatus: users.status,
      ownerIsSystem: users.isSystem,
      templateId: templates.id,
      templateName: templates.name,
      activeVersionId: templates.activeVersionId,
      latest: {
        id: workspaceBuilds.id,
        number: workspaceBuilds.number,
        transition: workspaceBuilds.transition,
        status: workspaceBuilds.status,
        versionId: workspaceBuilds.versionId,
        agentGeneration: workspaceBuilds.agentGeneration,
      },
    })
    .from(workspaces)
    .innerJoin(users, eq(users.id, workspaces.ownerId))
    .innerJoin(templates, eq(templates.id, workspaces.templateId))
    .innerJoin(workspaceBuilds, eq(workspaceBuilds.id, workspaces.latestBuildId))
    .where(sql`${workspaces.nextStartAt} <= ${now} AND ${workspaces.deletedAt} IS NULL`)
    .orderBy(asc(workspaces.nextStartAt))
    .limit(limit);

export type DueRow = ReturnType<typeof listDueStarts>["_"]["result"][number];

const idsSql = (ids: readonly string[]) => sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`;

/** What the starts of these workspaces depend on. */
export const startReads = (versionIds: readonly string[], latestIds: readonly string[]) => ({
  versions: query
    .select()
    .from(templateVersions)
    .where(inArray(templateVersions.id, idsSql(versionIds))),
  definitions: query
    .select()
    .from(templateParameters)
    .where(inArray(templateParameters.versionId, idsSql(versionIds)))
    .orderBy(asc(templateParameters.position)),
  previous: query
    .select()
    .from(buildParameters)
    .where(inArray(buildParameters.buildId, idsSql(latestIds))),
});

/** SQL for the ids of these workspaces' owners. */
export const workspaceOwnersByIdSql = (ids: readonly string[]): SQL =>
  sql`SELECT owner_id FROM workspaces WHERE id IN ${idsSql(ids)}`;

/** True in SQL while the workspace's time is the one that was seen, and so is what it would be started with. */
export const whereStillDueSql = ({
  workspaceId,
  nextStartAt,
  automaticUpdates,
  ownerId,
  activeVersionId,
}: DueRow): SQL =>
  sql`EXISTS (SELECT 1 FROM workspaces w JOIN users o ON o.id = w.owner_id JOIN templates t ON t.id = w.template_id
    WHERE w.id = ${workspaceId} AND w.next_start_at = ${nextStartAt} AND w.automatic_updates = ${automaticUpdates}
      AND w.owner_id = ${ownerId} AND o.status = 'active' AND t.active_version_id = ${activeVersionId})`;

/** To its next time, unless somebody has moved it meanwhile. */
export const moveNextStart = (
  { workspaceId, nextStartAt }: DueRow,
  next: number | null,
  when?: SQL,
): Statement =>
  query
    .update(workspaces)
    .set({ nextStartAt: next })
    .where(and(eq(workspaces.id, workspaceId), eq(workspaces.nextStartAt, nextStartAt), when));

export type Settings = Partial<
  Pick<typeof workspaces.$inferInsert, "autostartSchedule" | "nextStartAt" | "automaticUpdates">
>;

export const updateSettings = (id: string, settings: Settings, now: number, when: SQL): Statement =>
  query
    .update(workspaces)
    .set({ ...settings, updatedAt: now })
    .where(sql`${workspaces.id} = ${id} AND ${workspaces.deletedAt} IS NULL AND ${when}`);

/** What a change of them has left. */
export const findSettings = (id: string) =>
  query
    .select({
      autostartSchedule: workspaces.autostartSchedule,
      automaticUpdates: workspaces.automaticUpdates,
      deletedAt: workspaces.deletedAt,
    })
    .from(workspaces)
    .where(eq(workspaces.id, id));
