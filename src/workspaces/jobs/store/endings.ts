// SQL of builds that are about to end: what their notifications need.
import { eq, inArray, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { query, type SQL } from "../../../../db/client.ts";
import {
  templates,
  templateVersions,
  users,
  workspaceBuilds,
  workspaceResources,
  workspaces,
} from "../../../../db/schema.ts";
import { isOpenSql, situationTypes } from "../../../notifications/index.ts";

const initiators = alias(users, "initiators");

const idsSql = (ids: readonly string[]) => sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`;

/** One row, `EndingBuild`, for each of the builds. */
export const findEndingBuilds = (buildIds: readonly string[]) =>
  query
    .select({
      id: workspaceBuilds.id,
      number: workspaceBuilds.number,
      transition: workspaceBuilds.transition,
      reason: workspaceBuilds.reason,
      status: workspaceBuilds.status,
      initiatorId: workspaceBuilds.initiatorId,
      initiatorName: initiators.username,
      initiatorIsSystem: initiators.isSystem,
      workspaceId: workspaces.id,
      workspaceName: workspaces.name,
      organizationId: workspaces.organizationId,
      ownerId: workspaces.ownerId,
      ownerName: users.username,
      ownerIsSystem: users.isSystem,
      templateId: templates.id,
      templateName: sql<string>`coalesce(nullif(${templates.displayName}, ''), ${templates.name})`,
      templateSlug: templates.name,
      versionName: templateVersions.name,
      isAutobuildFailing: sql<number>`${isOpenSql(sql`${situationTypes.autobuild} || ${workspaces.id}`)}`.as(
        "is_autobuild_failing",
      ),
    })
    .from(workspaceBuilds)
    .innerJoin(workspaces, eq(workspaces.id, workspaceBuilds.workspaceId))
    .innerJoin(users, eq(users.id, workspaces.ownerId))
    .innerJoin(initiators, eq(initiators.id, workspaceBuilds.initiatorId))
    .innerJoin(templates, eq(templates.id, workspaces.templateId))
    .innerJoin(templateVersions, eq(templateVersions.id, workspaceBuilds.versionId))
    .where(inArray(workspaceBuilds.id, idsSql(buildIds)));

/** SQL for the ids of the owners of the builds' workspaces. */
export const workspaceOwnersByBuildSql = (buildIds: readonly string[]): SQL =>
  sql`SELECT w.owner_id FROM workspace_builds b JOIN workspaces w ON w.id = b.workspace_id
    WHERE b.id IN ${idsSql(buildIds)}`;

/** What the workspace's last build that had resources left, as its provisioner said. */
export const listLastResources = (workspaceId: string) =>
  query
    .select({ type: workspaceResources.type, name: workspaceResources.name })
    .from(workspaceResources)
    .where(
      sql`${workspaceResources.buildId} = (SELECT b.id FROM workspace_builds b
        JOIN workspace_resources r ON r.build_id = b.id
        WHERE b.workspace_id = ${workspaceId} ORDER BY b.number DESC LIMIT 1)`,
    );
