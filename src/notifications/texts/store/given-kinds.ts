// SQL of kinds that other systems have and Belfry doesn't: they are created when the first event of one arrives.
import { sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { notificationTemplates, notificationTemplateVersions } from "../../../../db/schema.ts";

export interface GivenKind {
  /** A UUID. */
  id: string;
  name: string;
}

/** Their heading in lists of kinds. */
export const givenGroup = "Coder Events";

/** The only version of their text: each event comes with its own. */
export const givenVersion = {
  version: 1,
  title: "Notification of another system",
  body: "Each notification of this kind comes with its own text.",
  actions: "[]",
};

/**
 * Creates the kind unless it exists. Another kind can have its name: then the id stands behind it, or `spareId` where even
 * that is taken, so that the name is never a reason to fail.
 */
export function insertGivenKind(
  { id, name }: GivenKind,
  spareId: string,
  now: number,
  when: SQL,
): Statement[] {
  const isTakenSql = (text: string) =>
    sql`EXISTS (SELECT 1 FROM ${notificationTemplates} t WHERE t.name = ${text} AND t.id <> ${id})`;
  const withId = `${name} (${id})`;
  return [
    query.run(sql`INSERT INTO ${notificationTemplates}
        (id, key, name, group_name, kind, enabled_by_default, method, active_version, sample)
      SELECT ${id}, ${`given:${id}`},
        CASE WHEN NOT ${isTakenSql(name)} THEN ${name} WHEN NOT ${isTakenSql(withId)} THEN ${withId} ELSE ${spareId} END,
        ${givenGroup}, 'system', 1, NULL, ${givenVersion.version}, '{"labels":{},"data":null}'
      WHERE ${when} ON CONFLICT(id) DO NOTHING`),
    query.run(sql`INSERT INTO ${notificationTemplateVersions}
        (template_id, number, title, body, actions, origin, content_hash, created_by, created_at)
      SELECT ${id}, ${givenVersion.version}, ${givenVersion.title}, ${givenVersion.body}, ${givenVersion.actions},
        'seed', 'given', NULL, ${now}
      WHERE ${when} AND NOT EXISTS (SELECT 1 FROM ${notificationTemplateVersions} WHERE template_id = ${id})`),
  ];
}
