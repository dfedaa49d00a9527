// The shapes that Coder's clients read (codersdk 2.27): each member's name, kind, and whether it may be missing or null. A test
// holds what Belfry answers against them.

export type Members = Readonly<Record<string, string>>;

/** `name?`: left out when empty. `|null`: null when there is none. `X[]`: a list; `X{}`: members of any name. */
const written = `
APIKey: id text, user_id uuid, last_used time, expires_at time, created_at time, updated_at time, login_type text,
  scope text, scopes text[], token_name text, lifetime_seconds int
APIKeyWithOwner: id text, user_id uuid, last_used time, expires_at time, created_at time, updated_at time,
  login_type text, scope text, scopes text[], token_name text, lifetime_seconds int, username text
AgentConnectionTiming: started_at time, ended_at time, stage text, workspace_agent_id text, workspace_agent_name text
AgentScriptTiming: started_at time, ended_at time, exit_code int, stage text, status text, display_name text,
  workspace_agent_id text, workspace_agent_name text
AssignableRoles: name text, organization_id? text, display_name text, site_permissions Permission[],
  organization_permissions Permission[], user_permissions Permission[], assignable bool, built_in bool
AuthMethod: enabled bool
AuthMethods: terms_of_service_url? text, password AuthMethod, github GithubAuthMethod, oidc OIDCAuthMethod
BuildInfoResponse: external_url text, version text, dashboard_url text, telemetry bool, workspace_proxy bool,
  agent_api_version text, provisioner_api_version text, upgrade_message text, deployment_id text,
  webpush_public_key? text
CreateFirstUserResponse: user_id uuid, organization_id uuid
CreateProvisionerKeyResponse: key text
DERPRegion: preferred bool, latency_ms number
GenerateAPIKeyResponse: key text
GetInboxNotificationResponse: notification InboxNotification, unread_count int
GetUsersResponse: users User[], count int
GithubAuthMethod: enabled bool, default_provider_configured bool
Group: id uuid, name text, display_name text, organization_id uuid, members ReducedUser[], total_member_count int,
  avatar_url text, quota_allowance int, source text, organization_name text, organization_display_name text
Healthcheck: url text, interval int, threshold int
InboxNotification: id uuid, user_id uuid, template_id uuid, targets uuid[]|null, title text, content text, icon text,
  actions InboxNotificationAction[]|null, read_at time|null, created_at time
InboxNotificationAction: label text, url text
InvalidatePresetsResponse: invalidated InvalidatedPreset[]
InvalidatedPreset: template_name text, template_version_name text, preset_name text
UserPreferenceSettings: task_notification_alert_dismissed bool
ListInboxNotificationsResponse: notifications InboxNotification[], unread_count int
LoginWithPasswordResponse: session_token text
MatchedProvisioners: count int, available int, most_recently_seen time|null
MinimalUser: id uuid, username text, avatar_url? text
NotificationMethodsResponse: available text[], default text
NotificationPreference: id uuid, disabled bool, updated_at time
NotificationTemplate: id uuid, name text, title_template text, body_template text, actions text, group text,
  method text, kind text, enabled_by_default bool
NotificationsSettings: notifier_paused bool
OIDCAuthMethod: enabled bool, signInText text, iconUrl text
Organization: id uuid, name text, display_name text, icon text, description text, created_at time, updated_at time,
  is_default bool
Permission: negate bool, resource_type text, action text
PrebuildsSettings: reconciliation_paused bool
Preset: ID uuid, Name text, Parameters PresetParameter[], Default bool, DesiredPrebuildInstances int|null,
  Description text, Icon text
PresetParameter: Name text, Value text
ProvisionerJob: id uuid, created_at time, started_at? time, completed_at? time, canceled_at? time, error? text,
  error_code? text, status text, worker_id? uuid, worker_name? text, file_id uuid, tags text{}, queue_position int,
  queue_size int, organization_id uuid, input ProvisionerJobInput, type text, available_workers? uuid[],
  metadata ProvisionerJobMetadata, logs_overflowed bool
ProvisionerJobInput: template_version_id? uuid, workspace_build_id? uuid, error? text
ProvisionerJobLog: id int, created_at time, log_source text, log_level text, stage text, output text
ProvisionerJobMetadata: template_version_name text, template_id uuid, template_name text, template_display_name text,
  template_icon text, workspace_id? uuid, workspace_name? text
ProvisionerKey: id uuid, created_at time, organization uuid, name text, tags text{}
ProvisionerTiming: job_id uuid, started_at time, ended_at time, stage text, source text, action text, resource text
Response: message text, detail? text, validations? ValidationError[]
SlimRole: name text, display_name text, organization_id? text
Template: id uuid, created_at time, updated_at time, organization_id uuid, organization_name text,
  organization_display_name text, organization_icon text, name text, display_name text, provisioner text,
  active_version_id uuid, active_user_count int, build_time_stats TransitionStats{}, description text,
  deprecated bool, deprecation_message text, icon text, default_ttl_ms int, activity_bump_ms int,
  autostop_requirement TemplateAutostopRequirement, autostart_requirement TemplateAutostartRequirement,
  created_by_id uuid, created_by_name text, allow_user_autostart bool, allow_user_autostop bool,
  allow_user_cancel_workspace_jobs bool, failure_ttl_ms int, time_til_dormant_ms int,
  time_til_dormant_autodelete_ms int, require_active_version bool, max_port_share_level text, cors_behavior text,
  use_classic_parameter_flow bool
TemplateAutostartRequirement: days_of_week text[]
TemplateAutostopRequirement: days_of_week text[], weeks int
ReducedUser: id uuid, username text, name? text, avatar_url? text, email text, created_at time, updated_at time,
  last_seen_at? time, status text, login_type text, theme_preference? text
TemplateVersion: id uuid, template_id? uuid, organization_id uuid, created_at time, updated_at time, name text,
  message text, job ProvisionerJob, readme text, created_by MinimalUser, archived bool, warnings? text[],
  matched_provisioners? MatchedProvisioners, has_external_agent bool
TemplateVersionExternalAuth: id text, type text, display_name text, display_icon text, authenticate_url text,
  authenticated bool, optional? bool
TemplateVersionParameter: name text, display_name? text, description text, description_plaintext text, type text,
  form_type text, mutable bool, default_value text, icon text, options TemplateVersionParameterOption[],
  validation_error? text, validation_regex? text, validation_min? int, validation_max? int,
  validation_monotonic? text, required bool, ephemeral bool
TemplateVersionParameterOption: name text, description text, value text, icon text
TokenConfig: max_token_lifetime int
TransitionStats: P50 int|null, P95 int|null
UpdateInboxNotificationReadStatusResponse: notification InboxNotification, unread_count int
UploadResponse: hash uuid
User: id uuid, username text, avatar_url? text, name? text, email text, created_at time, updated_at time,
  last_seen_at time, status text, login_type text, theme_preference? text, organization_ids uuid[], roles SlimRole[]
UserRoles: roles text[], organization_roles text[]{}
ValidateUserPasswordResponse: valid bool, details text
ValidationError: field text, detail text
Workspace: id uuid, created_at time, updated_at time, owner_id uuid, owner_name text, owner_avatar_url text,
  organization_id uuid, organization_name text, template_id uuid, template_name text, template_display_name text,
  template_icon text, template_allow_user_cancel_workspace_jobs bool, template_active_version_id uuid,
  template_require_active_version bool, template_use_classic_parameter_flow bool, latest_build WorkspaceBuild,
  latest_app_status WorkspaceAppStatus|null, outdated bool, name text, autostart_schedule? text, ttl_ms? int,
  last_used_at time, deleting_at time|null, dormant_at time|null, health WorkspaceHealth, automatic_updates text,
  allow_renames bool, favorite bool, next_start_at time|null, is_prebuild bool
WorkspaceAgent: id uuid, parent_id uuid|null, created_at time, updated_at time, first_connected_at? time,
  last_connected_at? time, disconnected_at? time, started_at? time, ready_at? time, status text, lifecycle_state text,
  name text, resource_id uuid, instance_id? text, architecture text, environment_variables text{},
  operating_system text, logs_length int, logs_overflowed bool, directory? text, expanded_directory? text,
  version text, api_version text, apps WorkspaceApp[], latency? DERPRegion{}, connection_timeout_seconds int,
  troubleshooting_url text, subsystems text[], health WorkspaceAgentHealth, display_apps text[],
  log_sources WorkspaceAgentLogSource[], scripts WorkspaceAgentScript[], startup_script_behavior text
WorkspaceAgentContainer: created_at time, id text, name text, image text, labels text{}, running bool,
  ports WorkspaceAgentContainerPort[], status text, volumes text{}
WorkspaceAgentContainerPort: port int, network text, host_ip? text, host_port? int
WorkspaceAgentDevcontainer: id uuid, name text, workspace_folder text, config_path? text, status text, dirty bool,
  container? WorkspaceAgentContainer, agent? WorkspaceAgentDevcontainerAgent, error? text
WorkspaceAgentDevcontainerAgent: id uuid, name text, directory text
WorkspaceAgentHealth: healthy bool, reason? text
WorkspaceAgentListContainersResponse: devcontainers WorkspaceAgentDevcontainer[],
  containers WorkspaceAgentContainer[], warnings? text[]
WorkspaceAgentListeningPort: process_name text, network text, port int
WorkspaceAgentListeningPortsResponse: ports WorkspaceAgentListeningPort[]
WorkspaceAgentLog: id int, created_at time, output text, level text, source_id uuid
WorkspaceAgentLogSource: workspace_agent_id uuid, id uuid, created_at time, display_name text, icon text
WorkspaceAgentScript: id uuid, log_source_id uuid, log_path text, script text, cron text, run_on_start bool,
  run_on_stop bool, start_blocks_login bool, timeout int, display_name text
WorkspaceApp: id uuid, url? text, external bool, slug text, display_name? text, command? text, icon? text,
  subdomain bool, subdomain_name? text, sharing_level text, healthcheck Healthcheck, health text, group? text,
  hidden bool, open_in text, tooltip? text, statuses WorkspaceAppStatus[]
WorkspaceAppStatus: id uuid, created_at time, workspace_id uuid, agent_id uuid, app_id uuid, state text, message text,
  uri text, icon text, needs_user_attention bool
WorkspaceBuild: id uuid, created_at time, updated_at time, workspace_id uuid, workspace_name text,
  workspace_owner_id uuid, workspace_owner_name text, workspace_owner_avatar_url? text, template_version_id uuid,
  template_version_name text, build_number int, transition text, initiator_id uuid, initiator_name text,
  job ProvisionerJob, reason text, resources WorkspaceResource[], deadline time|null, max_deadline time|null,
  status text, daily_cost int, matched_provisioners? MatchedProvisioners, template_version_preset_id uuid|null,
  has_ai_task? bool, ai_task_sidebar_app_id? uuid, has_external_agent? bool
WorkspaceBuildParameter: name text, value text
WorkspaceBuildTimings: provisioner_timings ProvisionerTiming[], agent_script_timings AgentScriptTiming[],
  agent_connection_timings AgentConnectionTiming[]
WorkspaceHealth: healthy bool, failing_agents uuid[]
WorkspaceResource: id uuid, created_at time, job_id uuid, workspace_transition text, type text, name text, hide bool,
  icon text, agents? WorkspaceAgent[], metadata? WorkspaceResourceMetadata[], daily_cost int
WorkspaceResourceMetadata: key text, value text, sensitive bool
WorkspacesResponse: workspaces Workspace[], count int
`;

const parse = (line: string): [string, Members] => {
  const [name = "", members = ""] = line.split(/:\s+/);
  return [name, Object.fromEntries(members.split(/,\s+/).map((one) => one.split(" ") as [string, string]))];
};

export const coderTypes: Readonly<Record<string, Members>> = Object.fromEntries(
  written
    .trim()
    .split(/\n(?=\w)/)
    .map(parse),
);

/** What answers of Belfry have besides. Go passes over it. */
export const ownMembers: Readonly<Record<string, readonly string[]>> = {
  NotificationMethodsResponse: ["channels"],
  Preset: ["id", "name", "default", "description", "icon", "parameters", "prebuilds", "prebuild_status"],
  ProvisionerKey: ["created_by", "last_used_at", "last_used_address", "jobs"],
  ProvisionerJob: ["initiator_id"],
  Template: ["active_version_name", "deleted"],
  TemplateVersion: ["file_id", "has_ai_task"],
  TemplateVersionParameter: ["sensitive"],
  UploadResponse: ["sha256"],
};
