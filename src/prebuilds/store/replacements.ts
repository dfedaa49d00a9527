// SQL of what builds destroy and make anew: kept with their plan, read when a claim is completed.
import { eq, sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../db/client.ts";
import { insertRows } from "../../../db/rows.ts";
import {
  organizations,
  presets,
  resourceReplacements,
  templates,
  templateVersions,
  users,
  workspaceBuilds,
  workspaces,
} from "../../../db/schema.ts";
import type { Replacement } from "../rules/replacements.ts";

export function insertReplacements(
  buildId: string,
  replacements: readonly Replacement[],
  when: SQL,
): Statement[] {
  const rows = replacements.flatMap(({ resource: address, paths }) =>
    (paths.length === 0 ? [null] : paths).map((path) => ({ address, path })),
  );
  return insertRows(
    resourceReplacements,
    rows.map((row, position) => ({ buildId, position, ...row })),
    when,
  );
}

export interface ReplacedRow {
  address: string;
  /** JSON array of the paths, null among them for none. */
  paths: string;
  /** Resources of the build that have paths, those beyond the limit included. */
  total: number;
}

/** The first resources of a build that have paths. A libSQL server takes no ORDER BY inside an aggregate. */
export const listReplaced = (buildId: string, limit: number) =>
  query.all<ReplacedRow>(sql`SELECT address, json_group_array(path) AS paths, count(*) OVER () AS total
    FROM (SELECT address, path, position FROM resource_replacements
      WHERE build_id = ${buildId} AND path IS NOT NULL ORDER BY position)
    GROUP BY address ORDER BY min(position) LIMIT ${limit}`);

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

export type ClaimRow = ReturnType<typeof findClaim>["_"]["result"][number];
