// What becomes of a template, and whom it concerns. Changing and deleting templates calls these.
import type { NotificationEvent } from "../../../notifications/outbox/prepare-event.ts";
import { templateAdminRoles } from "../../../notifications/outbox/rules/recipients.ts";

export interface ChangedTemplate {
  template: { id: string; name: string; displayName: string };
  organization: { id: string; name: string };
  initiator: { id: string; username: string };
}

/** Notifies the owners and the template admins, but not the initiator. Its id identifies it: a template is deleted once. */
export function templateDeletedEvent({
  template,
  organization,
  initiator,
}: ChangedTemplate): NotificationEvent {
  return {
    labels: { name: template.displayName || template.name, initiator: initiator.username },
    data: null,
    targets: [template.id, organization.id],
    createdBy: "api-templates-delete",
    identity: template.id,
    recipients: { roles: templateAdminRoles, exclude: [initiator.id] },
  };
}

/** `users`: ids of those who have a workspace of it. `identity`: deprecated twice on one day, it is told twice. */
export function templateDeprecatedEvent(
  { template, organization }: Omit<ChangedTemplate, "initiator">,
  { message, users, identity }: { message: string; users: readonly string[]; identity: string },
): NotificationEvent {
  return {
    labels: { template: template.name, message, organization: organization.name },
    data: null,
    targets: [template.id, organization.id],
    createdBy: "notify-users-of-template-deprecation",
    identity,
    recipients: { people: users.map((id) => ({ id, why: "uses_template" })) },
  };
}
