// Coder's routes of templates, workspaces, builds, provisioners and prebuilds beside Belfry's.
import { absent, better, different, notOurs, notYet, same, type Row } from "./row.ts";

const ownBody = "parameters and presets are in the body; Coder has its provisioner read them from Terraform";

export const workspaceRoutes: Row[] = [
  same("GET /templates", "`q` knows `exact_name:`, `name:`, `organization:`, `author:` and `deprecated:`"),
  same("GET /organizations/{organization}/templates"),
  same("GET /organizations/{organization}/templates/{name}"),
  same("POST /organizations/{organization}/templates"),
  same("GET /templates/{id}"),
  same("PATCH /templates/{id}", "display name, description and deprecation; a name stays"),
  same("DELETE /templates/{id}"),
  same("GET /templates/{id}/versions"),
  same("PATCH /templates/{id}/versions"),
  different("POST /organizations/{organization}/templateversions", ownBody),
  same("GET /templateversions/{id}"),
  same("GET /templateversions/{id}/presets"),
  same("GET /templateversions/{id}/rich-parameters"),
  same("GET /templateversions/{id}/external-auth", "always empty"),
  absent("GET /templateversions/{id}/logs", "there is no import that would log anything"),
  better("POST /files", "a tar of at most 10 MiB, stored once for equal content"),
  same("GET /files/{id}"),
  same("POST /users/{user}/workspaces"),
  same("POST /organizations/{organization}/members/{user}/workspaces"),
  same("GET /workspaces", "`q` knows `owner:`, `template:`, `name:` and `status:`"),
  same("GET /workspaces/{id}"),
  same("GET /users/{user}/workspace/{name}"),
  same("POST /workspaces/{id}/builds", "409 while another build waits or runs"),
  same("GET /workspaces/{id}/builds"),
  same("GET /workspacebuilds/{id}"),
  different("GET /workspacebuilds/{id}/logs", "by `after`; no `follow` over a WebSocket"),
  same("PATCH /workspacebuilds/{id}/cancel"),
  absent("GET /workspacebuilds/{id}/parameters", notYet),
  absent("GET /workspacebuilds/{id}/state", "state goes to provisioners alone"),
  absent("GET /users/{user}/workspace/{name}/builds/{number}", notYet),
  better("PUT /workspaces/{id}/autostart", "what is wrong with a schedule is said in words"),
  absent("PUT /workspaces/{id}/ttl", "workspaces don't stop by themselves"),
  absent("PUT /workspaces/{id}/dormant", "workspaces don't become dormant"),
  same("PUT /workspaces/{id}/autoupdates"),
  same("POST /organizations/{organization}/provisionerkeys", "`name`"),
  different(
    "GET /organizations/{organization}/provisionerdaemons/serve",
    "provisioners ask over plain HTTP, not over a WebSocket of Coder's own protocol",
    "POST /provisionerdaemons/jobs/acquire",
  ),
  same("POST /workspaceagents/me/report-lifecycle"),
  same("PATCH /workspaceagents/me/app-status"),
  absent("GET /workspaceagents/me/rpc", "agents report over plain HTTP"),
  same("GET /prebuilds/settings"),
  same("PUT /prebuilds/settings", "by template-admins too; 304 when nothing changes"),
];

export const elsewhere: Row[] = [
  absent("GET /workspaceproxies", notOurs),
  absent("GET /insights/…", notOurs),
  absent("GET /external-auth", notOurs),
  absent("GET /oauth2-provider/apps", notOurs),
  absent("GET /licenses", "there are none"),
  absent("GET /tailnet", "Belfry opens no connections into workspaces"),
];

/** What Coder has no counterpart of. */
export const ownWorkspaceRoutes: { route: string; what: string }[] = [
  { route: "GET /prebuilds/presets", what: "the pools: what each wants and has, and what has failed" },
  { route: "POST /prebuilds/reconcile", what: "a pass over the pools, or what one would do and why" },
  {
    route: "POST /prebuilds/presets/{id}/resume",
    what: "a pool is filled again: failures before now count no more",
  },
  { route: "POST /users/{user}/workspace/{name}/builds", what: "a build by the workspace's name" },
  { route: "GET /users/{user}/workspace/{name}/builds", what: "its builds" },
  { route: "GET /templates/{id}/drift", what: "which claims made resources anew, by version and preset" },
  { route: "POST /provisionerjobs/{id}/heartbeat", what: "a provisioner is alive" },
  { route: "POST /provisionerjobs/{id}/release", what: "a job goes back, not begun" },
  { route: "POST /provisionerjobs/{id}/logs", what: "what a job printed" },
  { route: "POST /provisionerjobs/{id}/plan", what: "what a build is about to do" },
  { route: "GET /provisionerjobs/{id}/state", what: "what the build before has left" },
  { route: "PUT /provisionerjobs/{id}/state", what: "what this one leaves" },
  { route: "POST /provisionerjobs/{id}/complete", what: "a job is done" },
  { route: "POST /provisionerjobs/{id}/fail", what: "a job has failed" },
];
