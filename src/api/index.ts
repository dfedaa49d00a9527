// All routes of the HTTP API. `Api` is what typed clients see.
import { absentRoutes, workspaceAgentRoutes } from "./agents.ts";
import { Hono } from "hono";
import { agentRoutes } from "./agent-self.ts";
import { auditRoutes } from "./audit.ts";
import { eventRecipientRoutes } from "./event-recipients.ts";
import { buildPartRoutes } from "./build-parts.ts";
import { buildLogRoutes } from "./build-logs.ts";
import { buildActionRoutes } from "./build-actions.ts";
import { buildRoutes } from "./builds.ts";
import { dryRunRoutes, versionImportRoutes } from "./version-jobs.ts";
import { fileRoutes } from "./files.ts";
import { firstUserRoutes, userRoutes } from "./users.ts";
import type { Env } from "../http/endpoint.ts";
import { customReachRoutes } from "./custom-reach.ts";
import { customSenderRoutes } from "./custom-senders.ts";
import { groupMemberRoutes } from "./group-members.ts";
import { groupRoutes } from "./groups.ts";
import { inboxWatch } from "./inbox-watch.ts";
import { inboxRoutes } from "./inbox.ts";
import { messageActRoutes } from "./message-acts.ts";
import { messageRoutes } from "./messages.ts";
import { metricsRoutes } from "./metrics.ts";
import { notificationChoiceRoutes } from "./notification-choices.ts";
import { notificationTemplateRoutes } from "./notification-templates.ts";
import { notificationRoutes } from "./notifications.ts";
import { organizationRoutes } from "./organizations.ts";
import { passcodeRoutes, sessionRoutes } from "./sessions.ts";
import { muteRoutes } from "./mutes.ts";
import { ownPreferenceRoutes } from "./own-preferences.ts";
import { preferenceRoutes, userPreferenceRoutes } from "./preferences.ts";
import { prebuildRoutes } from "./prebuilds.ts";
import { provisionerJobRoutes } from "./provisioner-jobs.ts";
import { provisionerPlanRoutes, provisionerStateRoutes } from "./provisioner-files.ts";
import { questionRoutes } from "./questions.ts";
import { roleRoutes, userAccessRoutes } from "./user-access.ts";
import { provisionerKeyRoutes } from "./provisioner-keys.ts";
import { receiverRoutes } from "./receivers.ts";
import { sourceMessageRoutes } from "./source-messages.ts";
import { sourcePeopleRoutes } from "./source-people.ts";
import { dryRunOfEventRoutes } from "./dry-run.ts";
import { ruleRoutes } from "./rules.ts";
import { sourceRoutes } from "./sources.ts";
import { taskLogRoutes, taskRoutes } from "./tasks.ts";
import { driftFixedRoutes, templateDriftRoutes } from "./template-drift.ts";
import { templateVersionRoutes, versionsOfTemplateRoutes } from "./template-versions.ts";
import { templateRoutes } from "./templates.ts";
import { userSessionRoutes } from "./user-sessions.ts";
import { tokenRoutes } from "./tokens.ts";
import { situationRoutes } from "./situations.ts";
import { agentSessionRoutes } from "./agent-sessions.ts";
import { waitingRoutes } from "./waiting.ts";
import { workspaceSettingRoutes } from "./workspace-settings.ts";
import { workspaceRoutes } from "./workspaces.ts";
import { buildInfoRoutes, documentRoute, healthRoutes } from "./service.ts";

const allSourceRoutes = new Hono<Env>()
  .route("/", receiverRoutes)
  .route("/", ruleRoutes)
  .route("/", dryRunOfEventRoutes)
  .route("/", sourceRoutes)
  .route("/", sourcePeopleRoutes)
  .route("/", sourceMessageRoutes);

const allSendingRoutes = new Hono<Env>()
  .route("/", notificationRoutes)
  .route("/", customReachRoutes)
  .route("/", customSenderRoutes);

const allOrganizationRoutes = new Hono<Env>()
  .route("/", organizationRoutes)
  .route("/", groupRoutes)
  .route("/", groupMemberRoutes);

function createRoutes() {
  return new Hono<Env>()
    .route("/api/v2", absentRoutes)
    .route("/api/v2", buildInfoRoutes)
    .route("/api/v2", firstUserRoutes)
    .route("/api/v2", sessionRoutes)
    .route("/api/v2", passcodeRoutes)
    .route("/api/v2", roleRoutes)
    .route("/api/v2", waitingRoutes)
    .route("/api/v2", agentSessionRoutes)
    .route("/api/v2", questionRoutes)
    .route("/api/v2", situationRoutes)
    .route("/api/v2", userRoutes)
    .route("/api/v2", userAccessRoutes)
    .route("/api/v2", tokenRoutes)
    .route("/api/v2", userSessionRoutes)
    .route("/api/v2", allOrganizationRoutes)
    .route("/api/v2", templateRoutes)
    .route("/api/v2", versionsOfTemplateRoutes)
    .route("/api/v2", templateVersionRoutes)
    .route("/api/v2", templateDriftRoutes)
    .route("/api/v2", driftFixedRoutes)
    .route("/api/v2", dryRunRoutes)
    .route("/api/v2", versionImportRoutes)
    .route("/api/v2", fileRoutes)
    .route("/api/v2", provisionerKeyRoutes)
    .route("/api/v2", allSourceRoutes)
    .route("/api/v2", auditRoutes)
    .route("/api/v2", allSendingRoutes)
    .route("/api/v2", notificationTemplateRoutes)
    .route("/api/v2", notificationChoiceRoutes)
    .route("/api/v2", messageRoutes)
    .route("/api/v2", eventRecipientRoutes)
    .route("/api/v2", messageActRoutes)
    .route("/api/v2", inboxRoutes)
    .route("/api/v2", inboxWatch)
    .route("/api/v2", preferenceRoutes)
    .route("/api/v2", muteRoutes)
    .route("/api/v2", ownPreferenceRoutes)
    .route("/api/v2", userPreferenceRoutes)
    .route("/api/v2", workspaceRoutes)
    .route("/api/v2", workspaceSettingRoutes)
    .route("/api/v2", buildRoutes)
    .route("/api/v2", buildActionRoutes)
    .route("/api/v2", taskRoutes("/api/v2"))
    .route("/api/v2", taskLogRoutes())
    .route("/api/experimental", taskRoutes("/api/experimental"))
    .route("/api/experimental", taskLogRoutes())
    .route("/api/v2", prebuildRoutes)
    .route("/api/v2", buildLogRoutes)
    .route("/api/v2", buildPartRoutes)
    .route("/api/v2", workspaceAgentRoutes)
    .route("/api/v2", provisionerJobRoutes)
    .route("/api/v2", provisionerPlanRoutes)
    .route("/api/v2", provisionerStateRoutes)
    .route("/api/v2", agentRoutes)
    .route("/", healthRoutes)
    .route("/", metricsRoutes);
}

export function createApi() {
  const routes: Hono<Env> = createRoutes();
  return routes.route("/api/v2", documentRoute);
}

export type Api = ReturnType<typeof createRoutes>;
