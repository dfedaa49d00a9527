// SQL of what an event needs of its kind: the template's text, and whether notifications are paused.
import { eq, sql } from "drizzle-orm";
import { query } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import { notificationTemplates, notificationTemplateVersions } from "../../../../db/schema.ts";
import { isPausedSql, settingsKey } from "../../preferences/store/settings.ts";
import { planReceiversSql } from "../../receivers/store/receivers.ts";
import { planRulesSql } from "../../routing/store/rules.ts";
import { activeVersion, templateColumns } from "../../texts/store/templates.ts";

export const findTemplateToSend = prepared((id: string) =>
  query
    .select({
      ...templateColumns,
      defaultChoice: notificationTemplates.defaultChoice,
      isPaused: sql<number>`${isPausedSql}`.as("is_paused"),
      receivers: planReceiversSql.as("receivers"),
      rules: planRulesSql.as("rules"),
    })
    .from(notificationTemplates)
    .innerJoin(notificationTemplateVersions, activeVersion)
    .where(eq(notificationTemplates.id, id)),
);

export type TemplateToSend = ReturnType<typeof findTemplateToSend>["_"]["result"][number];

/** The same for a kind that isn't stored yet: the settings, the receivers and the rules, each if there are any. */
export const findSettingsOfNew = prepared(() =>
  query.all<{ key: string; value: string }>(sql`SELECT key, value FROM settings WHERE key = ${settingsKey}
    UNION ALL SELECT 'receivers', value FROM (SELECT ${planReceiversSql} AS value) WHERE value <> '[]'
    UNION ALL SELECT 'rules', value FROM (SELECT ${planRulesSql} AS value) WHERE value <> '[]'`),
);
