// Audit entries (who did what, from where) as a statement for the write that they describe.
import type { SQL, Statement } from "../../db/client.ts";
import type { Deps } from "../kernel/deps.ts";
import { insertAudit } from "./store/audit.ts";

export interface AuditEntry {
  /** The user who did it; null when nobody was signed in. */
  actorId: string | null;
  /** `create`, `write`, `delete`, `login`, `login_failed`, `logout`, `suspend`, … */
  action: string;
  resourceType:
    | "user"
    | "group"
    | "api_key"
    | "notifications_settings"
    | "notification_template"
    | "notification_message"
    | "notification_receiver"
    | "notification_rule"
    | "organization"
    | "deployment"
    | "template"
    | "template_version"
    | "template_preset"
    | "prebuilds_settings"
    | "provisioner_key"
    | "source"
    | "agent_question"
    | "workspace"
    | "workspace_build";
  /** SQL for one that only the write itself finds out. */
  resourceId: SQL | string | null;
  /** What changed; never a secret. */
  detail?: Record<string, unknown>;
}

export function audit(deps: Deps, entry: AuditEntry, when?: SQL): Statement {
  const { detail = {}, ...rest } = entry;
  return insertAudit(
    {
      id: deps.newId(),
      at: deps.now(),
      requestId: deps.requestId,
      address: deps.clientAddress,
      detail: JSON.stringify(detail),
      ...rest,
    },
    when,
  );
}
