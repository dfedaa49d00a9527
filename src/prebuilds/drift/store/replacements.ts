// SQL of what builds destroy and make anew: kept with their plan, read when a claim is completed.
import { eq, sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import { insertRows } from "../../../../db/rows.ts";
import {
  organizations,
  presets,
  resourceReplacements,
  templates,
  templateVersions,
  users,
  workspaceBuilds,
  workspaces,
} from "../../../../db/schema.ts";
import type { Replacement } from "../rules/replacements.ts";

export function insertReplacements(
  buildId: string,
  replacements: readonly Replacement[],
  when: SQL,
): Statement[] {
  const rows = replacements.flatMap(({ resource: address, paths, reason }) =>
    (paths.length === 0 ? [null] : paths).map((path) => ({ address, path, reason: reason || null })),
  );
  return insertRows(
    resourceReplacements,
    rows.map((row, position) => ({ buildId, position, ...row })),
    when,
  );
}

export interface ReplacedRow {
  address: string;
  /** JSON array of pairs: where a path stands, and the path, null for none. */
  paths: string;
  reason: string | null;
  /** Resources of the build that have paths, those beyond the limit included. */
  total: number;
}

/** The first resources of a build, those that have paths before the others. A libSQL server takes no ORDER BY inside an aggregate. */
export const listReplaced = (buildId: string, limit: number) =>
  query.all<ReplacedRow>(sql`SELECT address, json_group_array(json_array(position, path)) AS paths,
      max(reason) AS reason, count(max(path)) OVER () AS total
    FROM resource_replacements WHERE build_id = ${buildId}
    GROUP BY address ORDER BY max(path) IS NULL, min(position) LIMIT ${limit}`);

const firstPreset = sql`(SELECT first.preset_id FROM workspace_builds first
  WHERE first.workspace_id = ${workspaceBuilds.workspaceId} AND first.number = 1)`;

/** What is told of a claim; nothing for other builds. */
export const findClaim = (buildId: string) =>
  query
    .select({
      number: workspaceBuilds.number,
      workspaceId: workspaces.id,
      workspaceName: workspaces.name,
      ownerId: workspaces.ownerId,
      ownerName: users.username,
      organizationId: organizations.id,
      organizationName: organizations.name,
      templateId: templates.id,
      templateName: templates.name,
      versionId: templateVersions.id,
      versionName: templateVersions.name,
      presetId: presets.id,
      presetName: presets.name,
    })
    .from(workspaceBuilds)
    .innerJoin(workspaces, eq(workspaces.id, workspaceBuilds.workspaceId))
    .innerJoin(users, eq(users.id, workspaces.ownerId))
    .innerJoin(organizations, eq(organizations.id, workspaces.organizationId))
    .innerJoin(templates, eq(templates.id, workspaces.templateId))
    .innerJoin(templateVersions, eq(templateVersions.id, workspaceBuilds.versionId))
    .innerJoin(presets, sql`${presets.id} = COALESCE(${workspaceBuilds.presetId}, ${firstPreset})`)
    .where(sql`${workspaceBuilds.id} = ${buildId} AND ${workspaceBuilds.stage} = 'claim'`);
