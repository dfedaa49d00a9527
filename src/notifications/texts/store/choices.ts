// SQL of what owners choose about a kind of notification: its default, channels and severity, and whether anybody gets it.
import { eq, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { notificationTemplates, type MinSeverity } from "../../../../db/schema.ts";
import { hasOtherSeveritySql, setSeverity, severitiesSql } from "./severities.ts";

/** What applies to users without a preference: an owner's choice, or what the release has. */
export const enabledByDefaultSql =
  sql<boolean>`coalesce(${notificationTemplates.defaultChoice}, ${notificationTemplates.enabledByDefault})`.mapWith(
    Boolean,
  );

/** What an owner chooses about a kind; undefined stays as it is. */
export interface KindChoices {
  /** NULL: the default of the release. */
  defaultChoice?: boolean | null | undefined;
  /** Nobody gets the kind. */
  isDisabled?: boolean | undefined;
  /** NULL: as the release has it. */
  severity?: MinSeverity | null | undefined;
  /** As `methodsOf` reads it; NULL: the deployment's default channel. */
  method?: string | null | undefined;
}

/** SQL: whether one of the choices is another one now. */
export const hasOtherChoicesSql = (
  templateId: string,
  { defaultChoice, isDisabled, severity, method }: KindChoices,
): SQL =>
  sql`EXISTS (SELECT 1 FROM ${notificationTemplates} WHERE id = ${templateId} AND (
    ${defaultChoice === undefined ? sql`0` : sql`default_choice IS NOT ${defaultChoice}`}
    OR ${isDisabled === undefined ? sql`0` : sql`is_disabled IS NOT ${isDisabled}`}
    OR ${method === undefined ? sql`0` : sql`method IS NOT ${method}`}
    OR ${severity === undefined ? sql`0` : hasOtherSeveritySql(templateId, severity)}))`;

export const setChoices = (
  templateId: string,
  { severity, ...choices }: KindChoices,
  now: number,
): Statement[] => [
  ...(severity === undefined ? [] : setSeverity(templateId, severity, now)),
  ...(Object.values(choices).every((choice) => choice === undefined)
    ? []
    : [query.update(notificationTemplates).set(choices).where(eq(notificationTemplates.id, templateId))]),
];

/** A kind with what an owner chose about it. */
export const findChoices = (id: string) =>
  query
    .select({
      id: notificationTemplates.id,
      name: notificationTemplates.name,
      defaultChoice: notificationTemplates.defaultChoice,
      isDisabled: notificationTemplates.isDisabled,
      method: notificationTemplates.method,
      severities: severitiesSql.as("severities"),
    })
    .from(notificationTemplates)
    .where(eq(notificationTemplates.id, id));
