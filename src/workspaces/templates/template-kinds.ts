// Notifications about a template as a whole.
import { defineKind, templateAdminRoles } from "../../notifications/index.ts";
import { templateUserIdsSql, type TemplateRow } from "./store/templates.ts";

type Template = Pick<TemplateRow, "id" | "name" | "displayName" | "organizationId" | "organizationName">;

/** Its id identifies it: a template is deleted once. */
export const templateDeleted = defineKind("template-deleted", {
  audience: () => ({ roles: templateAdminRoles }),
  event: ({ template, initiator }: { template: Template; initiator: { id: string; username: string } }) => ({
    labels: { name: template.displayName || template.name, initiator: initiator.username },
    data: null,
    facts: { template: template.name },
    targets: [template.id, template.organizationId],
    createdBy: "api-templates-delete",
    identity: template.id,
    recipients: { roles: templateAdminRoles, exclude: [initiator.id] },
  }),
});

interface Deprecation {
  template: Template;
  initiatorId: string;
  message: string;
  /** Deprecated twice on one day, it is two events. */
  identity: string;
}

export const templateDeprecated = defineKind("template-deprecated", {
  audience: (templateId: string) => ({ userIdsSql: templateUserIdsSql(templateId) }),
  event: ({ template, initiatorId, message, identity }: Deprecation, people) => ({
    labels: { template: template.name, message, organization: template.organizationName },
    data: null,
    facts: { template: template.name },
    targets: [template.id, template.organizationId],
    createdBy: "notify-users-of-template-deprecation",
    initiatorId,
    identity,
    recipients: { people: people.map(({ userId }) => ({ id: userId, why: "uses_template" })) },
  }),
});
