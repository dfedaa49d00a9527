// SQL of what owners choose about a kind of notification: its default, and whether anybody gets it.
import { eq, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { notificationTemplates } from "../../../../db/schema.ts";

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
}

/** SQL: whether one of the choices is another one now. */
export const hasOtherChoicesSql = (templateId: string, { defaultChoice, isDisabled }: KindChoices): SQL =>
  sql`EXISTS (SELECT 1 FROM ${notificationTemplates} WHERE id = ${templateId} AND (
    ${defaultChoice === undefined ? sql`0` : sql`default_choice IS NOT ${defaultChoice}`}
    OR ${isDisabled === undefined ? sql`0` : sql`is_disabled IS NOT ${isDisabled}`}))`;

export const setChoices = (templateId: string, choices: KindChoices): Statement =>
  query.update(notificationTemplates).set(choices).where(eq(notificationTemplates.id, templateId));

/** A kind with what an owner chose about it. */
export const findChoices = (id: string) =>
  query
    .select({
      id: notificationTemplates.id,
      name: notificationTemplates.name,
      defaultChoice: notificationTemplates.defaultChoice,
      isDisabled: notificationTemplates.isDisabled,
    })
    .from(notificationTemplates)
    .where(eq(notificationTemplates.id, id));
