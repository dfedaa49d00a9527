// SQL of workspaces: finding, listing, creating and ending one.
import { and, asc, eq, sql } from "drizzle-orm";
import { query, type SQL, type Statement } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import { insertRows, type Page } from "../../../../db/rows.ts";
import { templates, workspaceBuilds, workspaces } from "../../../../db/schema.ts";
import type { WorkspaceSearch } from "../rules/search.ts";
import { buildView, workspaceVisibleSql } from "./build-view.ts";
import { countVisible, visiblePageSql, type VisibleList } from "./visible.ts";

const isLatestBuildSql = eq(workspaces.latestBuildId, workspaceBuilds.id);

/** With its latest build. */
export const findWorkspace = (id: SQL | string, self: SQL, withDeleted = false) =>
  buildView().where(
    and(
      eq(workspaces.id, id),
      isLatestBuildSql,
      workspaceVisibleSql(self),
      withDeleted ? undefined : sql`${workspaces.deletedAt} IS NULL`,
    ),
  );

/** SQL for the id of a user's workspace by its name; of deleted ones by that name too, the latest, if there is no other. */
export function workspaceIdByNameSql(ownerId: SQL, name: string, withDeleted = false): SQL<string> {
  const named = sql`owner_id = ${ownerId} AND lower(name) = lower(${name})`;
  const live = sql<string>`(SELECT id FROM workspaces WHERE ${named} AND deleted_at IS NULL)`;
  if (!withDeleted) return live;
  return sql<string>`COALESCE(${live},
    (SELECT id FROM workspaces WHERE ${named} AND deleted_at IS NOT NULL ORDER BY seq DESC LIMIT 1))`;
}

/** SQL for the id of a workspace's owner. */
export const workspaceOwnerSql = (id: SQL | string): SQL<string> =>
  sql<string>`(SELECT owner_id FROM workspaces WHERE id = ${id})`;

const byName = [asc(sql`lower(${workspaces.name})`), asc(workspaces.seq)] as const;

/** By name. */
export const listWorkspaces = (search: WorkspaceSearch, self: SQL, page: Page) =>
  buildView()
    .where(
      and(isLatestBuildSql, sql`${workspaces.seq} IN (${visiblePageSql(searchedList(search), self, page)})`),
    )
    .orderBy(...byName);

/** At most `maxCounted` and one after the beginning of the page. */
export const countWorkspaces = (search: WorkspaceSearch, self: SQL, page: Page) =>
  countVisible(searchedList(search), self, page);

const searchedList = ({ owner, template, name, status }: WorkspaceSearch): VisibleList => ({
  owner,
  where: and(
    sql`${workspaces.deletedAt} IS NULL AND ${workspaces.latestBuildId} IS NOT NULL`,
    template === undefined
      ? undefined
      : sql`${workspaces.templateId} = (SELECT id FROM templates
          WHERE lower(name) = lower(${template}) AND deleted_at IS NULL ORDER BY lower(name), seq LIMIT 1)`,
    name === undefined ? undefined : sql`instr(lower(${workspaces.name}), lower(${name})) > 0`,
    status === undefined ? undefined : eq(workspaces.workspaceStatus, status),
  )!,
  order: byName,
});

export type NewWorkspace = Omit<typeof workspaces.$inferInsert, "seq">;

/** Left out when the name is taken, or when its template takes no new workspaces. */
export const insertWorkspace = (workspace: NewWorkspace, when: SQL): Statement[] =>
  insertRows(workspaces, [workspace], acceptsWorkspacesSql(when, workspace.templateId));

const acceptsWorkspacesSql = prepared(
  (when: SQL, templateId: string): SQL =>
    sql`${when} AND EXISTS (SELECT 1 FROM templates WHERE id = ${templateId} AND deleted_at IS NULL
      AND deprecation_message = '')`,
);

/** A row if the user has a workspace of this name. */
export const findNamesake = (ownerId: string, name: string) =>
  query
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(
      sql`${workspaces.ownerId} = ${ownerId} AND lower(${workspaces.name}) = lower(${name})
        AND ${workspaces.deletedAt} IS NULL`,
    );

export const findTemplate = (id: SQL | string) => query.select().from(templates).where(eq(templates.id, id));

/** SQL for the template and the version of a new workspace. */
export const templateIdForSql = (templateId: string | undefined, versionId: string | undefined): SQL =>
  templateId === undefined
    ? sql`(SELECT template_id FROM template_versions WHERE id = ${versionId ?? null})`
    : sql`${templateId}`;
export const versionIdForSql = (templateId: string | undefined, versionId: string | undefined): SQL =>
  versionId === undefined
    ? sql`(SELECT active_version_id FROM templates WHERE id = ${templateId ?? null})`
    : sql`${versionId}`;

/** True in SQL for a workspace that is there and not deleted. */
export const workspaceExistsSql = (id: string): SQL =>
  sql`EXISTS (SELECT 1 FROM workspaces WHERE id = ${id} AND deleted_at IS NULL)`;

/** Ends the workspace of a build that deleted it; its name is free again. */
export const deleteWorkspaceOfBuild = (buildId: string, now: number): Statement =>
  query
    .update(workspaces)
    .set({ deletedAt: now, updatedAt: now })
    .where(
      sql`${workspaces.id} = (SELECT workspace_id FROM workspace_builds WHERE id = ${buildId}
        AND transition = 'delete' AND status = 'succeeded') AND ${workspaces.deletedAt} IS NULL`,
    );
