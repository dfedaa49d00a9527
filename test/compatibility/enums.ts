// Coder's sets of values beside Belfry's.
import { siteRoles } from "../../db/schema.ts";
import {
  appStates,
  buildStatuses,
  lifecycleStates,
  messageStatuses,
  methods,
  prebuildStatuses,
  tokenScopes,
  transitions,
  userStatuses,
} from "../../db/schema/values.ts";
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
    "no `unknown`, which Coder never writes. Ours ends where Coder's does; `inhibited` also says why",
  ),
  set("notification_template_kind", ["system", "custom"], "same"),
  set("inbox_notification_read_status", ["all", "unread", "read"], "same"),
  set(
    "prebuild_status",
    prebuildStatuses,
    "different",
    "`normal` is what Coder calls `healthy`; `validation_failed` is used: a preset that can't work is left alone",
  ),
  set("user_status", userStatuses, "different", "nobody becomes `dormant`"),
  set(
    "login_type",
    ["password", "token", "none"],
    "different",
    "of a user `password`, of a token `token`, of users of the system `none`",
  ),
  set(
    "api_key_scope",
    tokenScopes,
    "different",
    "`all` is Coder's; `read` only looks, `notify` only sends to oneself",
  ),
  set("site roles", siteRoles, "same", "everybody is a `member`; there are no roles of organizations"),
  set("workspace_transition", transitions, "same"),
  set("provisioner_job_status", buildStatuses, "same"),
  set(
    "JobErrorCode",
    [...permanentErrorCodes, leaseLost],
    "different",
    "`REQUIRED_TEMPLATE_VARIABLES` is Coder's, the others are ours; no `INSUFFICIENT_QUOTA`: there are no quotas",
  ),
  set("workspace_agent_lifecycle_state", lifecycleStates, "same"),
  set("workspace_app_status_state", appStates, "same"),
];
