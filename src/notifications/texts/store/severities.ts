// SQL of the severities that owners choose for kinds: one row of the settings, JSON by the id of the kind, so that a deployment
// that chooses none reads none.
import { sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { preparedSql } from "../../../../db/prepared.ts";
import type { MinSeverity } from "../../../../db/schema.ts";

const key = "kind_severities";

/** SQL: all of them, for `severityOf`; NULL if there are none. */
export const severitiesSql = preparedSql(
  sql<string | null>`(SELECT value FROM settings WHERE key = ${key})`,
) as SQL<string | null>;

const path = (templateId: string) => `$."${templateId}"`;

/** SQL: whether another one is chosen now. */
export const hasOtherSeveritySql = (templateId: string, severity: MinSeverity | null): SQL =>
  sql`(SELECT value ->> ${path(templateId)} FROM settings WHERE key = ${key}) IS NOT ${severity}`;

/** Null: as the release has it. */
export const setSeverity = (templateId: string, severity: MinSeverity | null, now: number): Statement[] => {
  const at = path(templateId);
  if (severity === null)
    return [
      query.run(
        sql`UPDATE settings SET value = json_remove(value, ${at}), updated_at = ${now} WHERE key = ${key}`,
      ),
      query.run(sql`DELETE FROM settings WHERE key = ${key} AND value = '{}'`),
    ];
  return [
    query.run(sql`INSERT INTO settings (key, value, updated_at) VALUES (${key}, json_object(${templateId}, ${severity}), ${now})
      ON CONFLICT (key) DO UPDATE SET value = json_set(settings.value, ${at}, ${severity}), updated_at = excluded.updated_at`),
  ];
};
