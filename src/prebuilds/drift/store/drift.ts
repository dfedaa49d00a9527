// SQL of drift: replaced resources are stored with a build's plan, and read by build and by template.
import { sql, eq } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import type { Claims, AffectedResource } from "../rules/drift-report.ts";
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
import { isOpenSql, situationTypes } from "../../../notifications/index.ts";
import type { Replacement } from "../rules/terraform-plan.ts";

/** Resources of all versions and presets together, those first that most claims recreated. */
const maxResources = 500;

/** Claims of older versions are not part of the report. */
const maxVersions = 200;

/**
 * Those of which it is known what they replaced: their plan was received, or they have succeeded without one. Only since
 * their drift was marked as fixed.
 */
const claimsSql = (templateId: SQL | string) => sql`(SELECT * FROM (${allClaimsSql(templateId)}) AS c
  WHERE c.at > COALESCE((SELECT p.drift_fixed_at FROM presets p WHERE p.id = c.preset_id), -1))`;

const allClaimsSql = (templateId: SQL | string) => sql`SELECT b.id, b.version_id,
    COALESCE(b.preset_id, (SELECT f.preset_id FROM workspace_builds f
      WHERE f.workspace_id = b.workspace_id AND f.number = 1)) AS preset_id,
    COALESCE(b.plan_received_at, b.completed_at) AS at
  FROM (SELECT id FROM template_versions WHERE template_id = ${templateId} ORDER BY seq DESC LIMIT ${maxVersions}) v
    CROSS JOIN workspace_builds b ON b.version_id = v.id AND b.stage = 'claim'
  WHERE (b.plan_received_at IS NOT NULL OR b.status = 'succeeded')`;

const isAffectedSql = sql`EXISTS (SELECT 1 FROM resource_replacements r WHERE r.build_id = c.id)`;

export const countClaims = (templateId: SQL | string) =>
  query.all<Claims>(sql`SELECT v.id AS versionId, v.name AS versionName, v.seq AS versionSeq,
      v.id = t.active_version_id AS isActive, p.id AS presetId, p.name AS presetName, max(p.drift_fixed_at) AS fixedAt, count(*) AS claims,
      sum(${isAffectedSql}) AS affected, max(c.at) AS claimedAt, max(CASE WHEN ${isAffectedSql} THEN c.at END) AS affectedAt
    FROM ${claimsSql(templateId)} AS c JOIN template_versions v ON v.id = c.version_id
      JOIN templates t ON t.id = v.template_id LEFT JOIN presets p ON p.id = c.preset_id
    GROUP BY v.id, p.id`);

/** The pools of the active version, which may not have been claimed from yet. */
export const listActivePools = (templateId: SQL | string) =>
  query.all<Claims>(sql`SELECT v.id AS versionId, v.name AS versionName, v.seq AS versionSeq, 1 AS isActive,
      p.id AS presetId, p.name AS presetName, p.drift_fixed_at AS fixedAt, 0 AS claims, 0 AS affected, NULL AS claimedAt, NULL AS affectedAt
    FROM templates t JOIN template_versions v ON v.id = t.active_version_id
      JOIN presets p ON p.version_id = v.id AND p.desired_instances IS NOT NULL
    WHERE t.id = ${templateId}`);

export const listAffected = (templateId: SQL | string) =>
  query.all<AffectedResource>(sql`SELECT c.version_id AS versionId, c.preset_id AS presetId, r.address AS address,
      json_group_array(DISTINCT r.path) AS paths, max(r.reason) AS reason,
      count(DISTINCT c.id) AS claims, max(c.at) AS affectedAt
    FROM ${claimsSql(templateId)} AS c JOIN resource_replacements r ON r.build_id = c.id
    GROUP BY c.version_id, c.preset_id, r.address ORDER BY claims DESC, r.address LIMIT ${maxResources}`);

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

const firstPresetIdSql = sql`(SELECT first.preset_id FROM workspace_builds first
  WHERE first.workspace_id = ${workspaceBuilds.workspaceId} AND first.number = 1)`;

/** What the notification says of a claim; nothing for other builds. */
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
      isDriftOpen:
        sql<number>`${isOpenSql(sql`${situationTypes.drift} || ${templateVersions.id} || '/' || ${presets.id}`)}`.as(
          "is_drift_open",
        ),
    })
    .from(workspaceBuilds)
    .innerJoin(workspaces, eq(workspaces.id, workspaceBuilds.workspaceId))
    .innerJoin(users, eq(users.id, workspaces.ownerId))
    .innerJoin(organizations, eq(organizations.id, workspaces.organizationId))
    .innerJoin(templates, eq(templates.id, workspaces.templateId))
    .innerJoin(templateVersions, eq(templateVersions.id, workspaceBuilds.versionId))
    .innerJoin(presets, sql`${presets.id} = COALESCE(${workspaceBuilds.presetId}, ${firstPresetIdSql})`)
    .where(sql`${workspaceBuilds.id} = ${buildId} AND ${workspaceBuilds.stage} = 'claim'`);

/** A preset with its version, whose drift can be marked as fixed. */
export const findDriftPreset = (presetId: string) =>
  query
    .select({
      id: presets.id,
      name: presets.name,
      versionId: templateVersions.id,
      versionName: templateVersions.name,
      templateName: templates.name,
      organizationName: organizations.name,
      fixedAt: presets.driftFixedAt,
    })
    .from(presets)
    .innerJoin(templateVersions, eq(templateVersions.id, presets.versionId))
    .innerJoin(templates, eq(templates.id, templateVersions.templateId))
    .innerJoin(organizations, eq(organizations.id, templates.organizationId))
    .where(sql`${presets.id} = ${presetId} AND ${templates.deletedAt} IS NULL`);

export type DriftPreset = ReturnType<typeof findDriftPreset>["_"]["result"][number];

export const setDriftFixed = (presetId: string, at: number, when: SQL): Statement =>
  query
    .update(presets)
    .set({ driftFixedAt: at })
    .where(sql`${presets.id} = ${presetId} AND ${when}`);

/** SQL: whether it was marked at this time. */
export const isFixedAtSql = (presetId: string, at: number): SQL =>
  sql`EXISTS (SELECT 1 FROM presets WHERE id = ${presetId} AND drift_fixed_at = ${at})`;
