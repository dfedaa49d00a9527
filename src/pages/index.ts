// The HTML pages: set-up, sign-in, the inbox, what links in messages lead to, and the documentation.
import { Hono } from "hono";
import type { Env } from "../http/endpoint.ts";
import { accountPages } from "./account.ts";
import { agentQuestionPages } from "./agent-question.ts";
import { agentPages } from "./agents.ts";
import { buildPages } from "./builds.ts";
import { notificationSettingsPages } from "./notification-settings.ts";
import { cliAuthPages, signInPages } from "./sign-in.ts";
import { deliveryLogPages } from "./delivery-log.ts";
import { deliveryPages } from "./delivery.ts";
import { groupPages } from "./groups.ts";
import { documentPages } from "./documents.ts";
import { files, securityTxt } from "./files.ts";
import { inboxPages } from "./inbox.ts";
import { inboxFollow } from "./inbox-follow.ts";
import { messagePages } from "./message.ts";
import { needsYouPages } from "./needs-you.ts";
import { inboxLive } from "./inbox-live.ts";
import { notificationChoicePages } from "./notification-choices.ts";
import { inboxSelected } from "./inbox-selected.ts";
import { inboxSnooze } from "./inbox-snooze.ts";
import { notificationTemplateEditPages } from "./notification-template-edit.ts";
import { notificationTemplatePages } from "./notification-templates.ts";
import { ownActionPages } from "./own-actions.ts";
import { poolPages } from "./prebuilds.ts";
import { provisionerKeyPages } from "./provisioner-keys.ts";
import { pushPages } from "./push.ts";
import { resetPasswordPages } from "./reset-password.ts";
import { setupPages } from "./setup.ts";
import { sendPages } from "./send.ts";
import { receiverPages } from "./receivers.ts";
import { rulePages } from "./rules.ts";
import { sourcePages } from "./sources.ts";
import { taskListPages } from "./task-list.ts";
import { taskPages } from "./tasks.ts";
import { templateDriftPages } from "./template-drift.ts";
import { templatePages } from "./templates.ts";
import { mutePages } from "./mutes.ts";
import { presetPages } from "./preset.ts";
import { digestPages } from "./digest.ts";
import { quietHourPages } from "./quiet-hours.ts";
import { timeZonePages } from "./time-zone.ts";
import { unsubscribePages } from "./unsubscribe.ts";
import { singleUserPages } from "./user.ts";
import { userPages } from "./users.ts";
import { workspaceActionPages } from "./workspace-actions.ts";
import { workspacePages } from "./workspaces.ts";

export { errorPage } from "./layout.ts";

export function createPages() {
  return new Hono<Env>()
    .route("/", files)
    .route("/", securityTxt)
    .route("/", documentPages)
    .route("/", signInPages)
    .route("/", setupPages)
    .route("/", resetPasswordPages)
    .route("/", unsubscribePages)
    .route("/", inboxPages)
    .route("/", inboxFollow)
    .route("/", needsYouPages)
    .route("/", agentQuestionPages)
    .route("/", messagePages)
    .route("/", inboxLive)
    .route("/", inboxSnooze)
    .route("/", inboxSelected)
    .route("/", timeZonePages)
    .route("/", quietHourPages)
    .route("/", digestPages)
    .route("/", presetPages)
    .route("/", mutePages)
    .route("/", notificationSettingsPages)
    .route("/", ownActionPages)
    .route("/", pushPages)
    .route("/", accountPages)
    .route("/", cliAuthPages)
    .route("/", deliveryPages)
    .route("/", deliveryLogPages)
    .route("/", sendPages)
    .route("/", notificationTemplatePages)
    .route("/", notificationChoicePages)
    .route("/", notificationTemplateEditPages)
    .route("/", userPages)
    .route("/", singleUserPages)
    .route("/", groupPages)
    .route("/", workspacePages)
    .route("/", workspaceActionPages)
    .route("/", buildPages)
    .route("/", templatePages)
    .route("/", templateDriftPages)
    .route("/", poolPages)
    .route("/", provisionerKeyPages)
    .route("/", agentPages)
    .route("/", receiverPages)
    .route("/", rulePages)
    .route("/", sourcePages)
    .route("/", taskListPages)
    .route("/", taskPages);
}
