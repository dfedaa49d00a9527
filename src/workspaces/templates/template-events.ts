// What becomes of a template, planned for the write that does it. Its verbs call these; their routes read what it takes.
import type { Answers } from "../../../db/client.ts";
import type { Actor } from "../../accounts/rules/actor.ts";
import type { Deps } from "../../kernel/deps.ts";
import { prepareEvent, type PreparedEvent } from "../../notifications/outbox/prepare-event.ts";
import { enqueueAnswersOf, enqueueReadsAs } from "../../notifications/outbox/reads.ts";
import { templateAdminRoles } from "../../notifications/outbox/rules/recipients.ts";
import { workspaceKinds } from "../builds/rules/kinds.ts";
import { templateDeletedEvent, templateDeprecatedEvent } from "./rules/template-events.ts";
import { usersOf, type TemplateRow } from "./store/templates.ts";

export const templateDeletionReads = () =>
  enqueueReadsAs("templateDeleted", workspaceKinds.templateDeleted, { roles: templateAdminRoles });
export type TemplateDeletionFacts = Answers<ReturnType<typeof templateDeletionReads>>;

export const deprecationReads = (templateId: string) =>
  enqueueReadsAs("deprecated", workspaceKinds.templateDeprecated, { userIdsSql: usersOf(templateId) });
export type DeprecationFacts = Answers<ReturnType<typeof deprecationReads>>;

const namesOf = (template: TemplateRow) => ({
  template: { id: template.id, name: template.name, displayName: template.displayName },
  organization: { id: template.organizationId, name: template.organizationName },
});

export function planTemplateDeletion(
  deps: Deps,
  actor: Actor,
  template: TemplateRow,
  facts: TemplateDeletionFacts,
): PreparedEvent {
  const initiator = { id: actor.userId, username: actor.username };
  const event = templateDeletedEvent({ ...namesOf(template), initiator });
  return prepareEvent(deps, event, enqueueAnswersOf("templateDeleted", facts));
}

/** Empty unless it is deprecated now, or with other words than before. */
export function planDeprecation(
  deps: Deps,
  template: TemplateRow,
  message: string | undefined,
  facts: DeprecationFacts,
): PreparedEvent[] {
  if (message === undefined || message === "" || message === template.deprecationMessage) return [];
  const read = enqueueAnswersOf("deprecated", facts);
  const users = read.recipients.map(({ userId }) => userId);
  const event = templateDeprecatedEvent(namesOf(template), { message, users, identity: deps.newId() });
  return [prepareEvent(deps, event, read)];
}
