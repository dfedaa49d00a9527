// Routes of Coder's documented API (release 2.27) that Belfry does not have, by Coder's own groups. A test holds that none of
// them is there.

export interface RouteGroup {
  name: string;
  /** Documented routes of the group in Coder. */
  total: number;
  absent: readonly string[];
}

const routes = (text: string): string[] => text.split(";").map((route) => route.trim());

export const routeGroups: readonly RouteGroup[] = [
  {
    name: "Licensed features",
    total: 81,
    absent: routes(`
      GET /.well-known/oauth-authorization-server; GET /.well-known/oauth-protected-resource; GET /appearance; PUT /appearance;
      POST /applications/reconnecting-pty-signed-token; GET /connectionlog; GET /entitlements; GET /licenses; DELETE /licenses/{id};
      GET /oauth2-provider/apps; POST /oauth2-provider/apps; DELETE /oauth2-provider/apps/{app}; GET /oauth2-provider/apps/{app};
      PUT /oauth2-provider/apps/{app}; GET /oauth2-provider/apps/{app}/secrets; POST /oauth2-provider/apps/{app}/secrets;
      DELETE /oauth2-provider/apps/{app}/secrets/{secretID}; GET /oauth2/authorize; POST /oauth2/authorize;
      DELETE /oauth2/clients/{client_id}; GET /oauth2/clients/{client_id}; PUT /oauth2/clients/{client_id}; POST /oauth2/register;
      DELETE /oauth2/tokens; POST /oauth2/tokens;
      GET /organizations/{organization}/members/{user}/workspace-quota;
      GET /organizations/{organization}/provisionerdaemons/serve; GET /organizations/{organization}/provisionerkeys/daemons;
      GET /organizations/{organization}/settings/idpsync/available-fields;
      GET /organizations/{organization}/settings/idpsync/field-values; GET /organizations/{organization}/settings/idpsync/groups;
      PATCH /organizations/{organization}/settings/idpsync/groups;
      PATCH /organizations/{organization}/settings/idpsync/groups/config;
      PATCH /organizations/{organization}/settings/idpsync/groups/mapping;
      GET /organizations/{organization}/settings/idpsync/roles; PATCH /organizations/{organization}/settings/idpsync/roles;
      PATCH /organizations/{organization}/settings/idpsync/roles/config;
      PATCH /organizations/{organization}/settings/idpsync/roles/mapping; GET /provisionerkeys/{provisionerkey}; GET /replicas;
      GET /scim/v2/ServiceProviderConfig; GET /scim/v2/Users; POST /scim/v2/Users; GET /scim/v2/Users/{id};
      PATCH /scim/v2/Users/{id}; PUT /scim/v2/Users/{id}; GET /settings/idpsync/available-fields;
      GET /settings/idpsync/field-values; GET /settings/idpsync/organization; PATCH /settings/idpsync/organization;
      PATCH /settings/idpsync/organization/config; PATCH /settings/idpsync/organization/mapping; GET /templates/{template}/acl;
      PATCH /templates/{template}/acl; GET /templates/{template}/acl/available; GET /users/{user}/quiet-hours;
      PUT /users/{user}/quiet-hours; GET /workspace-quota/{user}; GET /workspaceproxies; POST /workspaceproxies;
      POST /workspaceproxies/me/app-stats; GET /workspaceproxies/me/coordinate; GET /workspaceproxies/me/crypto-keys;
      POST /workspaceproxies/me/deregister; POST /workspaceproxies/me/issue-signed-app-token; POST /workspaceproxies/me/register;
      DELETE /workspaceproxies/{workspaceproxy}; GET /workspaceproxies/{workspaceproxy}; PATCH /workspaceproxies/{workspaceproxy};
      GET /workspaces/{workspace}/external-agent/{agent}/credentials
    `),
  },
  {
    name: "Agents",
    total: 27,
    absent: routes(`
      GET /debug/{user}/debug-link; GET /derp-map; GET /tailnet; POST /workspaceagents/aws-instance-identity;
      POST /workspaceagents/azure-instance-identity; GET /workspaceagents/connection;
      POST /workspaceagents/google-instance-identity; GET /workspaceagents/me/external-auth; GET /workspaceagents/me/gitauth;
      GET /workspaceagents/me/gitsshkey; POST /workspaceagents/me/log-source; PATCH /workspaceagents/me/logs;
      GET /workspaceagents/me/reinit; GET /workspaceagents/me/rpc; GET /workspaceagents/{workspaceagent}/connection;
      POST /workspaceagents/{workspaceagent}/containers/devcontainers/{devcontainer}/recreate;
      GET /workspaceagents/{workspaceagent}/containers/watch; GET /workspaceagents/{workspaceagent}/coordinate;
      GET /workspaceagents/{workspaceagent}/pty; GET /workspaceagents/{workspaceagent}/startup-logs;
      GET /workspaceagents/{workspaceagent}/watch-metadata; GET /workspaceagents/{workspaceagent}/watch-metadata-ws
    `),
  },
  {
    name: "Templates",
    total: 38,
    absent: routes(`
      GET /organizations/{organization}/templates/examples;
      GET /organizations/{organization}/templates/{templatename}/versions/{templateversionname};
      GET /organizations/{organization}/templates/{templatename}/versions/{templateversionname}/previous; GET /templates/examples;
      GET /templates/{template}/daus; POST /templates/{template}/versions/archive;
      GET /templates/{template}/versions/{templateversionname}; PATCH /templateversions/{templateversion};
      POST /templateversions/{templateversion}/archive; PATCH /templateversions/{templateversion}/cancel;
      PATCH /templateversions/{templateversion}/dry-run/{jobID}/cancel;
      GET /templateversions/{templateversion}/dynamic-parameters;
      POST /templateversions/{templateversion}/dynamic-parameters/evaluate; GET /templateversions/{templateversion}/parameters;
      GET /templateversions/{templateversion}/schema; POST /templateversions/{templateversion}/unarchive
    `),
  },
  {
    name: "Workspaces",
    total: 21,
    absent: routes(`
      PATCH /workspaces/{workspace}; DELETE /workspaces/{workspace}/acl; GET /workspaces/{workspace}/acl;
      PATCH /workspaces/{workspace}/acl; PUT /workspaces/{workspace}/dormant; PUT /workspaces/{workspace}/extend;
      DELETE /workspaces/{workspace}/favorite; PUT /workspaces/{workspace}/favorite;
      GET /workspaces/{workspace}/resolve-autostart; PUT /workspaces/{workspace}/ttl; POST /workspaces/{workspace}/usage;
      GET /workspaces/{workspace}/watch; GET /workspaces/{workspace}/watch-ws
    `),
  },
  {
    name: "Members",
    total: 10,
    absent: routes(`
      GET /organizations/{organization}/members; GET /organizations/{organization}/members/roles;
      POST /organizations/{organization}/members/roles; PUT /organizations/{organization}/members/roles;
      DELETE /organizations/{organization}/members/roles/{roleName}; DELETE /organizations/{organization}/members/{user};
      POST /organizations/{organization}/members/{user}; PUT /organizations/{organization}/members/{user}/roles;
      GET /organizations/{organization}/paginated-members
    `),
  },
  {
    name: "Users",
    total: 31,
    absent: routes(`
      GET /users/oauth2/github/callback; GET /users/oauth2/github/device; GET /users/oidc/callback; GET /users/{user}/appearance;
      PUT /users/{user}/appearance; GET /users/{user}/autofill-parameters; GET /users/{user}/gitsshkey;
      PUT /users/{user}/gitsshkey; GET /users/{user}/login-type
    `),
  },
  {
    name: "Debug",
    total: 8,
    absent: routes(`
      GET /debug/coordinator; GET /debug/derp/traffic; GET /debug/expvar; GET /debug/health; GET /debug/health/settings;
      PUT /debug/health/settings; GET /debug/tailnet; GET /debug/ws
    `),
  },
  {
    name: "General",
    total: 10,
    absent: routes(`
      GET /; POST /csp/reports; GET /deployment/config; GET /deployment/ssh; GET /deployment/stats; GET /experiments;
      GET /experiments/available; GET /updatecheck
    `),
  },
  {
    name: "Organizations",
    total: 9,
    absent: routes(`
      POST /licenses; POST /licenses/refresh-entitlements; POST /organizations; DELETE /organizations/{organization};
      PATCH /organizations/{organization}; GET /organizations/{organization}/provisionerjobs;
      GET /organizations/{organization}/provisionerjobs/{job}
    `),
  },
  {
    name: "Git",
    total: 5,
    absent: routes(`
      GET /external-auth; DELETE /external-auth/{externalauth}; GET /external-auth/{externalauth};
      GET /external-auth/{externalauth}/device; POST /external-auth/{externalauth}/device
    `),
  },
  {
    name: "Insights",
    total: 5,
    absent: routes(`
      GET /insights/daus; GET /insights/templates; GET /insights/user-activity; GET /insights/user-latency;
      GET /insights/user-status-counts
    `),
  },
  {
    name: "Authorization and sign-in",
    total: 7,
    absent: routes(`
      GET /auth/scopes; POST /authcheck; POST /users/{user}/convert-login
    `),
  },
  {
    name: "Notifications",
    total: 16,
    absent: routes(`
      DELETE /users/{user}/webpush/subscription; POST /users/{user}/webpush/subscription; POST /users/{user}/webpush/test
    `),
  },
  {
    name: "PortSharing",
    total: 3,
    absent: routes(`
      DELETE /workspaces/{workspace}/port-share; GET /workspaces/{workspace}/port-share; POST /workspaces/{workspace}/port-share
    `),
  },
  {
    name: "Applications",
    total: 2,
    absent: routes(`
      GET /applications/auth-redirect; GET /applications/host
    `),
  },
  {
    name: "AIBridge",
    total: 1,
    absent: routes(`
      GET /api/experimental/aibridge/interceptions
    `),
  },
  {
    name: "Audit",
    total: 2,
    absent: routes(`
      POST /audit/testgenerate
    `),
  },
  {
    name: "Builds",
    total: 10,
    absent: routes(`
      GET /workspacebuilds/{workspacebuild}/state
    `),
  },
  {
    name: "InitScript",
    total: 1,
    absent: routes(`
      GET /init-script/{os}/{arch}
    `),
  },
  {
    name: "Provisioning",
    total: 1,
    absent: routes(`
      GET /organizations/{organization}/provisionerdaemons
    `),
  },
  {
    name: "WorkspaceProxies",
    total: 1,
    absent: routes(`
      GET /regions
    `),
  },
];
