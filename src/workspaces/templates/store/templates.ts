// SQL of templates.
import { and, asc, eq, isNull, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { countLimit, sliceOf, type Page } from "../../../../db/rows.ts";
import { organizations, templates, templateVersions, users } from "../../../../db/schema.ts";
import type { Actor } from "../../../accounts/rules/actor.ts";
import { hasPermissionSql } from "../../../accounts/store/manage.ts";
import { situationTypes } from "../../../notifications/index.ts";

const templateRows = () =>
  query
    .select({
      id: templates.id,
      organizationId: templates.organizationId,
      organizationName: organizations.name,
      organizationDisplayName: organizations.displayName,
      name: templates.name,
      displayName: templates.displayName,
      description: templates.description,
      deprecationMessage: templates.deprecationMessage,
      activeVersionId: templates.activeVersionId,
      activeVersionName: templateVersions.name,
      hasAiTask: sql<boolean>`COALESCE(${templateVersions.hasAiTask}, 0)`.mapWith(Boolean).as("has_ai_task"),
      createdBy: templates.createdBy,
      createdByName: users.username,
      createdAt: templates.createdAt,
      updatedAt: templates.updatedAt,
      deletedAt: templates.deletedAt,
      userCount: templates.userCount,
    })
    .from(templates)
    .innerJoin(organizations, eq(organizations.id, templates.organizationId))
    .leftJoin(templateVersions, eq(templateVersions.id, templates.activeVersionId))
    .leftJoin(users, eq(users.id, templates.createdBy));

export type TemplateRow = ReturnType<ReturnType<typeof templateRows>["where"]>["_"]["result"][number];

/** Deleted ones too. */
export const findTemplate = (id: string) => templateRows().where(eq(templates.id, id));

/** By the organization's id or name, and the template's name; both however they are spelt. */
export const findTemplateByName = (organization: string, name: string) =>
  templateRows().where(sql`${templates.organizationId} IN
      (SELECT id FROM organizations WHERE id = lower(${organization}) OR lower(name) = lower(${organization}))
    AND lower(${templates.name}) = lower(${name}) AND ${templates.deletedAt} IS NULL`);

/** SQL for the id of a template that is there; names however they are spelt. */
export const templateIdByNameSql = (organization: string, name: string): SQL<string> =>
  sql<string>`(SELECT t.id FROM templates t JOIN organizations o ON o.id = t.organization_id
    WHERE (o.id = lower(${organization}) OR lower(o.name) = lower(${organization}))
      AND lower(t.name) = lower(${name}) AND t.deleted_at IS NULL)`;

/** SQL for the id of its active version. */
export const activeVersionIdSql = (templateId: SQL): SQL<string> =>
  sql<string>`(SELECT active_version_id FROM templates WHERE id = ${templateId})`;

/** By name. */
export const listTemplates = (page: Page = {}) =>
  templateRows()
    .where(isNull(templates.deletedAt))
    .orderBy(sql`lower(${templates.name})`, asc(templates.seq))
    .limit(sliceOf(page).limit)
    .offset(sliceOf(page).offset);

/** At most `maxCounted` and one after the beginning of the page. */
export const countTemplates = (page: Page) =>
  query.all<{ count: number }>(
    sql`SELECT count(*) AS count FROM (SELECT 1 FROM templates WHERE deleted_at IS NULL LIMIT ${countLimit(page)})`,
  );

/** True in SQL for a template that is there and not deleted. */
export const templateUndeletedSql = (id: string): SQL =>
  sql`EXISTS (SELECT 1 FROM templates WHERE id = ${id} AND deleted_at IS NULL)`;

/** Also for a deleted one: for what depends on its creation. */
export const templateExistsSql = (id: string): SQL => sql`EXISTS (SELECT 1 FROM templates WHERE id = ${id})`;

export function insertTemplate(
  template: Omit<typeof templates.$inferInsert, "seq" | "deletedAt">,
  when: SQL,
): Statement {
  const { id, organizationId, name, displayName, description, deprecationMessage } = template;
  const { activeVersionId, createdBy, createdAt, updatedAt } = template;
  return query.run(sql`INSERT INTO ${templates} (id, organization_id, name, display_name, description,
      deprecation_message, active_version_id, created_by, created_at, updated_at)
    SELECT ${id}, ${organizationId}, ${name}, ${displayName}, ${description}, ${deprecationMessage},
      ${activeVersionId}, ${createdBy}, ${createdAt}, ${updatedAt}
    WHERE ${when} ON CONFLICT DO NOTHING`);
}

type Change = Partial<
  Pick<
    typeof templates.$inferInsert,
    "displayName" | "description" | "deprecationMessage" | "activeVersionId" | "deletedAt"
  >
>;

/** Of a template that is not deleted. */
export const updateTemplate = (id: string, change: Change, now: number, when: SQL): Statement =>
  query
    .update(templates)
    .set({ ...change, updatedAt: now })
    .where(and(eq(templates.id, id), isNull(templates.deletedAt), when));

/** True in SQL of presets `p`, versions `v` and templates `t` while the pool isn't the one of its template. */
const isInactivePoolSql = sql`p.desired_instances IS NOT NULL AND NOT (t.active_version_id = v.id
  AND t.deleted_at IS NULL AND t.deprecation_message = '')`;

const inactivePoolsSql = (id: string, columns: SQL): SQL =>
  sql`SELECT ${columns} FROM template_versions v JOIN presets p ON p.version_id = v.id
    JOIN templates t ON t.id = v.template_id WHERE v.template_id = ${id} AND ${isInactivePoolSql}`;

/** SQL for the keys of the situations of pools that are not, or no longer, the template's. */
export const inactivePoolKeysSql = (id: string): SQL =>
  sql`${inactivePoolsSql(id, sql`${situationTypes.pool} || p.id`)}
    UNION ALL ${inactivePoolsSql(id, sql`${situationTypes.agents} || p.id`)}
    UNION ALL ${inactivePoolsSql(id, sql`${situationTypes.drift} || v.id || '/' || p.id`)}`;

/** The status of such pools is of no meaning: with their version it would come back, and nobody would be notified. */
export const resetInactivePools = (id: string): Statement =>
  query.run(sql`UPDATE presets SET prebuild_status = 'normal', limit_event_id = NULL, limited_at = NULL
    WHERE prebuild_status <> 'normal' AND id IN (${inactivePoolsSql(id, sql`p.id`)})`);

/** SQL for the ids of those who have a workspace of it. */
export const templateUserIdsSql = (id: string): SQL =>
  sql`SELECT owner_id FROM workspaces WHERE template_id = ${id} AND deleted_at IS NULL`;

/** True in SQL while it is deprecated with these words, or with none. */
export const whereDeprecationIs = (id: string, message: string): SQL =>
  sql`EXISTS (SELECT 1 FROM templates WHERE id = ${id} AND deprecation_message = ${message})`;

/** True in SQL while no user has a workspace of it; prebuilds don't count. */
export const templateUnusedSql = (id: string): SQL => sql`NOT EXISTS (
  SELECT 1 FROM workspaces w JOIN users o ON o.id = w.owner_id
  WHERE w.template_id = ${id} AND w.deleted_at IS NULL AND NOT o.is_system)`;

/** `templates:manage` while the caller is signed in. */
export const canManageTemplatesSql = (actor: Pick<Actor, "userId" | "keyId">): SQL =>
  hasPermissionSql(actor, "templates:manage");
