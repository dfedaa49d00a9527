// What becomes of a template, and whom it concerns. Changing and deleting templates calls these.
import type { NotificationEvent } from "../../notifications/plan.ts";
import { templateAdmins } from "../../notifications/rules/audience.ts";

export interface ChangedTemplate {
  template: { id: string; name: string };
  organization: { id: string; name: string };
  initiator: { id: string; username: string; name: string };
}

/** The template admins are told, without whoever deleted it. A template is deleted once: its id tells it from others. */
export function templateDeletedEvent({
  template,
  organization,
  initiator,
}: ChangedTemplate): NotificationEvent {
  return {
    labels: { name: template.name, initiator: initiator.name || initiator.username },
    data: null,
    targets: [template.id, organization.id],
    createdBy: "api-templates-delete",
    identity: template.id,
    circle: { ...templateAdmins, without: [initiator.id] },
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
    circle: { people: users.map((id) => ({ id, why: "uses_template" })) },
  };
}
