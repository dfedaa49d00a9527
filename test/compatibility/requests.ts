// What becomes of each member of Coder's requests (codersdk 2.27 to 2.30). A test holds the table against the schemas of
// the routes: what is honoured or refused is in the schema, what is ignored is harmless and is not.

/** `refused`: 400 names the member, unless it asks for what is the case anyway. */
export type Member =
  | { outcome: "honoured" }
  | { outcome: "refused"; example: unknown }
  | { outcome: "ignored"; why: string };

export interface RequestType {
  /** Of codersdk or agentsdk. */
  name: string;
  routes: string[];
  members: Record<string, Member>;
}

const honoured: Member = { outcome: "honoured" };
const refused = (example: unknown): Member => ({ outcome: "refused", example });
const ignored = (why: string): Member => ({ outcome: "ignored", why });

const all = (...names: string[]) => Object.fromEntries(names.map((name) => [name, honoured]));

const looks = "changes only how Coder's dashboard looks";
const noPorts = "Belfry shares no ports";
const templateSettings: Record<string, Member> = {
  icon: ignored(looks),
  default_ttl_ms: refused(3_600_000),
  activity_bump_ms: ignored("no autostop"),
  autostop_requirement: refused({ days_of_week: ["sunday"], weeks: 1 }),
  autostart_requirement: refused({ days_of_week: ["monday"] }),
  allow_user_cancel_workspace_jobs: refused(false),
  allow_user_autostart: refused(false),
  allow_user_autostop: ignored("workspaces don't stop automatically"),
  failure_ttl_ms: refused(3_600_000),
  disable_everyone_group_access: refused(true),
  require_active_version: refused(true),
  max_port_share_level: ignored(noPorts),
  cors_behavior: ignored("Belfry serves no apps"),
};

const email = ["email", "password"];

export const requests: RequestType[] = [
  {
    name: "CreateWorkspaceBuildRequest",
    routes: ["POST /workspaces/:id/builds", "POST /users/:user/workspace/:name/builds"],
    members: {
      ...all("template_version_id", "transition", "rich_parameter_values", "template_version_preset_id"),
      orphan: honoured,
      dry_run: refused(true),
      state: refused("e30="),
      log_level: ignored("the log always has every line"),
      reason: ignored("a label; Belfry's builds name the initiator"),
    },
  },
  {
    name: "CreateWorkspaceRequest",
    routes: ["POST /users/:user/workspaces", "POST /organizations/:organization/members/:user/workspaces"],
    members: {
      ...all("name", "template_id", "template_version_id", "template_version_preset_id"),
      ...all("rich_parameter_values", "automatic_updates", "autostart_schedule"),
      ttl_ms: refused(3_600_000),
    },
  },
  {
    name: "UpdateWorkspaceAutostartRequest",
    routes: ["PUT /workspaces/:id/autostart"],
    members: all("schedule"),
  },
  {
    name: "UpdateWorkspaceAutomaticUpdatesRequest",
    routes: ["PUT /workspaces/:id/autoupdates"],
    members: all("automatic_updates"),
  },
  {
    name: "CreateTemplateVersionRequest",
    routes: ["POST /organizations/:organization/templateversions"],
    members: {
      ...all("name", "message", "template_id", "file_id"),
      storage_method: refused("s3"),
      example_id: refused("docker"),
      provisioner: refused("echo"),
      tags: refused({ zone: "west" }),
      user_variable_values: refused([{ name: "region", value: "west" }]),
    },
  },
  {
    name: "CreateTemplateVersionDryRunRequest",
    routes: ["POST /templateversions/:id/dry-run"],
    members: {
      ...all("workspace_name", "rich_parameter_values"),
      user_variable_values: refused([{ name: "region", value: "west" }]),
    },
  },
  {
    name: "CreateTemplateRequest",
    routes: ["POST /organizations/:organization/templates"],
    members: {
      ...all("name", "display_name", "description", "template_version_id"),
      ...templateSettings,
      dormant_ttl_ms: refused(3_600_000),
      delete_ttl_ms: refused(3_600_000),
      template_use_classic_parameter_flow: ignored("only one parameter flow"),
    },
  },
  {
    name: "UpdateTemplateMeta",
    routes: ["PATCH /templates/:id"],
    members: {
      ...all("name", "display_name", "description", "deprecation_message"),
      ...templateSettings,
      time_til_dormant_ms: refused(3_600_000),
      time_til_dormant_autodelete_ms: refused(3_600_000),
      update_workspace_last_used_at: refused(true),
      update_workspace_dormant_at: refused(true),
      use_classic_parameter_flow: ignored("only one parameter flow"),
    },
  },
  { name: "UpdateActiveTemplateVersion", routes: ["PATCH /templates/:id/versions"], members: all("id") },
  {
    name: "CreateProvisionerKeyRequest",
    routes: ["POST /organizations/:organization/provisionerkeys"],
    members: { ...all("name"), tags: refused({ zone: "west" }) },
  },
  {
    name: "CreateFirstUserRequest",
    routes: ["POST /users/first"],
    members: {
      ...all("username", "name", ...email),
      trial: ignored("no licenses"),
      trial_info: ignored("no licenses"),
    },
  },
  {
    name: "CreateUserRequestWithOrgs",
    routes: ["POST /users"],
    members: {
      ...all("username", "name", ...email, "user_status", "organization_ids"),
      login_type: refused("github"),
    },
  },
  { name: "LoginWithPasswordRequest", routes: ["POST /users/login"], members: all(...email) },
  {
    name: "ValidateUserPasswordRequest",
    routes: ["POST /users/validate-password"],
    members: all("password"),
  },
  {
    name: "RequestOneTimePasscodeRequest",
    routes: ["POST /users/otp/request"],
    members: all("email"),
  },
  {
    name: "ChangePasswordWithOneTimePasscodeRequest",
    routes: ["POST /users/otp/change-password"],
    members: all(...email, "one_time_passcode"),
  },
  {
    name: "UpdateUserProfileRequest",
    routes: ["PUT /users/:user/profile"],
    members: all("username", "name"),
  },
  {
    name: "UpdateUserPasswordRequest",
    routes: ["PUT /users/:user/password"],
    members: all("old_password", "password"),
  },
  { name: "UpdateRoles", routes: ["PUT /users/:user/roles"], members: all("roles") },
  {
    name: "CreateTokenRequest",
    routes: ["POST /users/:user/keys/tokens"],
    members: {
      ...all("lifetime", "scope", "scopes", "token_name"),
      allow_list: refused(["workspace:one"]),
    },
  },
  {
    name: "CustomNotificationRequest",
    routes: ["POST /notifications/custom"],
    members: all("content"),
  },
  { name: "NotificationsSettings", routes: ["PUT /notifications/settings"], members: all("notifier_paused") },
  {
    name: "UpdateNotificationTemplateMethod",
    routes: ["PUT /notifications/templates/:id/method"],
    members: all("method"),
  },
  {
    name: "UpdateUserNotificationPreferences",
    routes: ["PUT /users/:user/notifications/preferences"],
    members: all("template_disabled_map"),
  },
  {
    name: "UpdateInboxNotificationReadStatusRequest",
    routes: ["PUT /notifications/inbox/:id/read-status"],
    members: all("is_read"),
  },
  { name: "PrebuildsSettings", routes: ["PUT /prebuilds/settings"], members: all("reconciliation_paused") },
  {
    name: "PatchAppStatus",
    routes: ["PATCH /workspaceagents/me/app-status"],
    members: {
      ...all("app_slug", "state", "message", "uri"),
      icon: ignored("Coder calls it unused"),
      needs_user_attention: ignored("Coder calls it unused"),
    },
  },
  {
    name: "PostLifecycleRequest",
    routes: ["POST /workspaceagents/me/report-lifecycle"],
    members: all("state", "changed_at"),
  },
];
