// SQL of the owners of workspaces that match a filter, and of the names in it.
import { sql, type SQL } from "drizzle-orm";
import { query } from "../../../../db/client.ts";
import type { OwnersFilter } from "../rules/owners-filter.ts";

const templateSql = (name: string): SQL =>
  sql`(SELECT id FROM templates WHERE lower(name) = lower(${name}) AND deleted_at IS NULL
    ORDER BY lower(name), seq LIMIT 1)`;

/** A SELECT of one column: ids of users, of some several times. */
export function workspaceOwnersSql({ template, version, statuses }: OwnersFilter): SQL {
  const conditions = [
    sql`w.deleted_at IS NULL AND w.latest_build_id IS NOT NULL`,
    ...(template === undefined ? [] : [sql`w.template_id = ${templateSql(template)}`]),
    ...(statuses === undefined
      ? []
      : [sql`w.workspace_status IN (SELECT value FROM json_each(${JSON.stringify(statuses)}))`]),
    ...(version === undefined
      ? []
      : [
          sql`EXISTS (SELECT 1 FROM workspace_builds b CROSS JOIN template_versions v ON v.id = b.version_id
            WHERE b.id = w.latest_build_id AND lower(v.name) = lower(${version}))`,
        ]),
  ];
  return sql`SELECT w.owner_id FROM workspaces w WHERE ${sql.join(conditions, sql` AND `)}`;
}

/** Whether there are the template and the version of a filter. */
export const findFiltered = ({ template = "", version = "" }: OwnersFilter) =>
  query.all<{ hasTemplate: number; hasVersion: number }>(sql`SELECT
    ${templateSql(template)} IS NOT NULL AS "hasTemplate",
    EXISTS (SELECT 1 FROM template_versions WHERE template_id = ${templateSql(template)}
      AND lower(name) = lower(${version})) AS "hasVersion"`);

/** For a suggestion where one is unknown: of templates, and of the latest versions of this one. */
export const listFilterable = (template: string) => ({
  templates: query.all<{ name: string }>(
    sql`SELECT name FROM templates WHERE deleted_at IS NULL ORDER BY lower(name) LIMIT 1000`,
  ),
  versions: query.all<{ name: string }>(sql`SELECT name FROM template_versions
    WHERE template_id = ${templateSql(template)} ORDER BY seq DESC LIMIT 200`),
});
