// SQL of builds: finding, creating and canceling one, and what the next one depends on.
import { and, desc, eq, sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import { insertRows, sliceOf, type Page } from "../../../../db/rows.ts";
import {
  buildParameters,
  presetParameters,
  presets,
  templateParameters,
  templateVersions,
  workspaceBuilds,
  workspaces,
} from "../../../../db/schema.ts";
import type { ParameterValue } from "../rules/next-build.ts";
import { buildView, workspaceVisibleSql } from "./build-view.ts";

/** A build of a workspace that the user may see, deleted or not. */
export const findBuild = (id: SQL | string, self: SQL) =>
  buildView().where(and(eq(workspaceBuilds.id, id), workspaceVisibleSql(self)));

/** By id alone, without the visibility check: the result of a write. */
export const findBuildById = (id: string) => buildView().where(eq(workspaceBuilds.id, id));

/** SQL for the id of a workspace's build by its number. */
export const buildIdByNumberSql = (workspaceId: SQL, number: number): SQL<string> =>
  sql<string>`(SELECT id FROM workspace_builds WHERE workspace_id = ${workspaceId} AND number = ${number})`;

/** SQL for the version that a build runs. */
export const versionIdByBuildSql = (buildId: string): SQL<string> =>
  sql<string>`(SELECT version_id FROM workspace_builds WHERE id = ${buildId})`;

/** SQL for the build that an agent belongs to. */
export const buildIdByAgentSql = (agentId: string): SQL<string> =>
  sql<string>`(SELECT build_id FROM workspace_agents WHERE id = ${agentId})`;

/** Newest first. */
export const listBuilds = (workspaceId: SQL | string, self: SQL, page: Page) =>
  buildView()
    .where(and(eq(workspaceBuilds.workspaceId, workspaceId), workspaceVisibleSql(self)))
    .orderBy(desc(workspaceBuilds.number))
    .limit(sliceOf(page).limit)
    .offset(sliceOf(page).offset);

const latestBuildIdSql = (workspaceId: SQL | string) =>
  sql`(SELECT latest_build_id FROM workspaces WHERE id = ${workspaceId})`;

/** SQL for the version that a build runs: the one asked for, or that of the latest build. */
export const nextVersionIdSql = (workspaceId: SQL | string, requested: string | undefined): SQL =>
  sql`COALESCE(${requested ?? null}, (SELECT version_id FROM workspace_builds WHERE id = ${latestBuildIdSql(workspaceId)}))`;

export const findVersion = (id: SQL | string) =>
  query.select().from(templateVersions).where(eq(templateVersions.id, id));

export const listDefinitions = (versionId: SQL | string) =>
  query
    .select()
    .from(templateParameters)
    .where(eq(templateParameters.versionId, versionId))
    .orderBy(templateParameters.position);

/** The values that a build runs with. */
export const listValues = (buildId: SQL | string) =>
  query
    .select({ name: buildParameters.name, value: buildParameters.value })
    .from(buildParameters)
    .where(eq(buildParameters.buildId, buildId));

/** The values that the workspace's latest build ran with. */
export const listLatestValues = (workspaceId: SQL | string) => listValues(latestBuildIdSql(workspaceId));

export const findPreset = (id: string | undefined) =>
  query
    .select({
      id: presets.id,
      versionId: presets.versionId,
      desiredInstances: presets.desiredInstances,
      ttlSeconds: presets.ttlSeconds,
      lastInvalidatedAt: presets.lastInvalidatedAt,
    })
    .from(presets)
    .where(eq(presets.id, id ?? ""));

/** A version's presets in their order, `values` as a JSON array; none when one is named. */
export const listCandidatePresets = (versionId: SQL, named: string | undefined) =>
  query
    .select({
      id: presets.id,
      versionId: presets.versionId,
      desiredInstances: presets.desiredInstances,
      ttlSeconds: presets.ttlSeconds,
      values: sql<string>`(SELECT json_group_array(json_object('name', v.name, 'value', v.value))
        FROM preset_parameters v WHERE v.preset_id = ${presets.id})`,
    })
    .from(presets)
    .where(and(eq(presets.versionId, versionId), sql`${named ?? null} IS NULL`))
    .orderBy(presets.id);

export const listPresetValues = (id: string | undefined) =>
  query
    .select({ name: presetParameters.name, value: presetParameters.value })
    .from(presetParameters)
    .where(eq(presetParameters.presetId, id ?? ""));

/** What a build runs with, if it was created. */
export const insertValues = (buildId: string, values: readonly ParameterValue[]): Statement[] =>
  insertRows(
    buildParameters,
    // A value of an earlier build names that build, too.
    values.map(({ name, value }) => ({ buildId, name, value })),
    buildExistsSql(buildId),
  );

export type NewBuild = Omit<typeof workspaceBuilds.$inferInsert, "seq">;

/** `when` must still hold for each of the statements: a build that wasn't created has no parameters. */
export function insertBuild(build: NewBuild, parameters: readonly ParameterValue[], when: SQL): Statement[] {
  return [
    ...insertRows(workspaceBuilds, [build], when),
    ...insertValues(build.id, parameters),
    noteLatestBuild(build.workspaceId, build.id, build.number, build.createdAt),
  ];
}

const noteLatestBuild = prepared((workspaceId: string, id: string, number: number, createdAt: number) =>
  query
    .update(workspaces)
    .set({ latestBuildId: id, updatedAt: createdAt, lastUsedAt: createdAt })
    .where(
      sql`${workspaces.id} = ${workspaceId} AND ${buildExistsSql(id)} AND (latest_build_id IS NULL OR ${number} >
        (SELECT number FROM workspace_builds WHERE id = latest_build_id))`,
    ),
);

/** Those of these ids that there are. */
export const listExistingBuilds = (ids: readonly string[]) =>
  query
    .select({ id: workspaceBuilds.id })
    .from(workspaceBuilds)
    .where(sql`${workspaceBuilds.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`);

/** True in SQL when there is a build of this id. */
export const buildExistsSql: (id: string) => SQL = prepared(
  (id: string): SQL => sql`EXISTS (SELECT 1 FROM workspace_builds WHERE id = ${id})`,
);

/** SQL for the id of a build's workspace. */
export const workspaceIdByBuildSql = (id: SQL | string): SQL =>
  sql`(SELECT workspace_id FROM workspace_builds WHERE id = ${id})`;

/** True in SQL while the workspace's latest build is the one that was read, and none is in progress. */
export const whereLatestBuildUnchanged: (workspaceId: string, latestBuildId: string | null) => SQL = prepared(
  (workspaceId: string, latestBuildId: string | null): SQL => sql`(
  EXISTS (SELECT 1 FROM workspaces WHERE id = ${workspaceId} AND deleted_at IS NULL
    AND latest_build_id IS ${latestBuildId})
  AND NOT EXISTS (SELECT 1 FROM workspace_builds WHERE workspace_id = ${workspaceId}
    AND status IN ('pending', 'running', 'canceling')))`,
);

/** True in SQL while a build is queued or running, and not being canceled. */
export const cancelableSql = (id: string): SQL =>
  sql`EXISTS (SELECT 1 FROM workspace_builds WHERE id = ${id} AND status IN ('pending', 'running'))`;

/** A queued build ends at once; the provisioner of a running one is asked to stop. */
export function cancelBuild(id: string, now: number, when: SQL): Statement {
  return query
    .update(workspaceBuilds)
    .set({
      status: sql`CASE status WHEN 'pending' THEN 'canceled' ELSE 'canceling' END`,
      completedAt: sql`CASE status WHEN 'pending' THEN ${now} END`,
      canceledAt: now,
      updatedAt: now,
    })
    .where(sql`${workspaceBuilds.id} = ${id} AND status IN ('pending', 'running') AND ${when}`);
}
