// Coder's sets of values beside Belfry's.
import { siteRoles } from "../../db/schema.ts";
import {
  appStates,
  buildStatuses,
  lifecycleStates,
  messageStatuses,
  prebuildStatuses,
  tokenScopes,
  transitions,
  userStatuses,
} from "../../db/rules/values.ts";
import { methods } from "../../src/notifications/channels/index.ts";
import { leaseLost, permanentErrorCodes } from "../../src/workspaces/jobs/rules/job.ts";
import type { Row, Verdict } from "./row.ts";

const set = (coder: string, ours: readonly string[], verdict: Verdict, note = ""): Row => ({
  coder,
  ours: ours.map((value) => `\`${value}\``).join(", "),
  verdict,
  note,
});

export const enums: Row[] = [
  set("notification_method", methods, "same"),
  set(
    "notification_message_status",
    messageStatuses,
    "same",
    "no `unknown`, which Coder never writes; `inhibited` has a reason",
  ),
  set("notification_template_kind", ["system", "custom"], "same"),
  set("inbox_notification_read_status", ["all", "unread", "read"], "same"),
  set(
    "prebuild_status",
    prebuildStatuses,
    "different",
    "`normal` is Coder's `healthy`; `validation_failed` is used",
  ),
  set("user_status", userStatuses, "different", "no `dormant`"),
  set(
    "login_type",
    ["password", "token", "none"],
    "different",
    "users: `password`, tokens: `token`, system users: `none`",
  ),
  set("api_key_scope", tokenScopes, "different", "`all` is Coder's; `read` and `notify` are narrower"),
  set("site roles", siteRoles, "same", "every user is a `member`; no organization roles"),
  set("workspace_transition", transitions, "same"),
  set("provisioner_job_status", buildStatuses, "same"),
  set(
    "JobErrorCode",
    [...permanentErrorCodes, leaseLost],
    "different",
    "`REQUIRED_TEMPLATE_VARIABLES` is Coder's, the others are Belfry's; no quotas, so no `INSUFFICIENT_QUOTA`",
  ),
  set("workspace_agent_lifecycle_state", lifecycleStates, "same"),
  set("workspace_app_status_state", appStates, "same"),
];
