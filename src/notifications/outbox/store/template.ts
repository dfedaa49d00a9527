// SQL of what an event needs of its kind: the template's text, and whether notifications are paused.
import { eq, sql } from "drizzle-orm";
import { query } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import { notificationTemplates, notificationTemplateVersions } from "../../../../db/schema.ts";
import { isPausedSql } from "../../preferences/store/settings.ts";
import { activeVersion, templateColumns } from "../../texts/store/templates.ts";

export const findTemplateToSend = prepared((id: string) =>
  query
    .select({
      ...templateColumns,
      defaultChoice: notificationTemplates.defaultChoice,
      isPaused: sql<number>`${isPausedSql}`.as("is_paused"),
    })
    .from(notificationTemplates)
    .innerJoin(notificationTemplateVersions, activeVersion)
    .where(eq(notificationTemplates.id, id)),
);
