// For each route a request that is right but for who sends it: about what is mia's.
import { coderMessage, sourceSecret } from "./coder-messages.ts";
import { makeTar } from "./tar.ts";

const text = { title_template: "x", body_template: "x" };
const start = { transition: "stop" };
const good = "another-good-one-17";

const bodies: Record<string, unknown> = {
  "POST /api/v2/users/first": { email: "second@example.com", username: "second", password: good },
  "POST /api/v2/users/login": { email: "mia@example.com", password: "a-good-password-of-mia-9" },
  "POST /api/v2/users/validate-password": { password: good },
  "POST /api/v2/users/otp/request": { email: "mia@example.com" },
  "POST /api/v2/users/otp/change-password": {
    email: "mia@example.com",
    one_time_passcode: "7KQM-40618253",
    password: good,
  },
  "POST /api/v2/users": { email: "new@example.com", username: "new", password: good },
  "PUT /api/v2/users/:user/profile": { username: "mia-2", name: "Mia" },
  "PUT /api/v2/users/:user/password": { old_password: "a-good-password-of-mia-9", password: good },
  "PUT /api/v2/users/:user/roles": { roles: ["auditor"] },
  "POST /api/v2/users/:user/keys": {},
  "POST /api/v2/users/:user/keys/tokens": { token_name: "another" },
  "PATCH /api/v2/templates/:id": { display_name: "Another" },
  "PATCH /api/v2/templates/:id/versions": { id: ":templateversions" },
  "POST /api/v2/organizations/:organization/templates": {
    name: "new",
    template_version_id: ":templateversions",
  },
  "POST /api/v2/organizations/:organization/templateversions": {},
  "POST /api/v2/organizations/:organization/provisionerkeys": { name: "new" },
  "POST /api/v2/organizations/:organization/groups": { name: "fresh" },
  "PATCH /api/v2/groups/:group": { display_name: "Another" },
  "PUT /api/v2/agent-sessions/:key": { state: "done", title: "x" },
  "POST /api/v2/agent-sessions/:key/questions": { text: "Now?", options: ["Yes", "No"] },
  "POST /api/v2/questions/:id/answer": { option: "Yes" },
  "POST /api/v2/notifications/custom": { content: { title: "x", message: "x" } },
  "POST /api/v2/notifications/custom/recipients": { recipients: { users: ["mia"] } },
  "PUT /api/v2/notifications/custom/senders": { roles: ["auditor"], groups: [] },
  "PUT /api/v2/notifications/settings": { notifier_paused: true },
  "POST /api/v2/notifications/templates/:id/versions": text,
  "POST /api/v2/notifications/templates/:id/preview": text,
  "PUT /api/v2/notifications/templates/:id/version": { version: 1 },
  "PUT /api/v2/notifications/templates/:id/choices": { enabled_by_default: true },
  "PUT /api/v2/notifications/templates/:id/method": { method: "smtp" },
  "PUT /api/v2/notifications/inbox/:id/read-status": { is_read: true },
  "PUT /api/v2/notifications/inbox/:id/done-status": { is_done: true },
  "PUT /api/v2/notifications/inbox/:id/snooze-status": { snoozed_until: null },
  "POST /api/v2/notifications/inbox/:id/mute": { thing: "workspace" },
  "POST /api/v2/notifications/receivers": {
    name: "new",
    format: "slack",
    address: "https://hooks.slack.com/services/T/B/x",
  },
  "POST /api/v2/notifications/receivers/preview": { format: "slack" },
  "PATCH /api/v2/notifications/receivers/:receiver": { min_severity: "warning" },
  "POST /api/v2/notifications/chats": { name: "new", format: "ntfy", address: "https://spare.invalid/x" },
  "POST /api/v2/notifications/chats/:chat/confirm": { code: "000000" },
  "POST /api/v2/notifications/rules": { name: "new", suppress: true },
  "PATCH /api/v2/notifications/rules/:rule": { filter: "severity = info" },
  "POST /api/v2/users/:user/notifications/dry-run": { kind: "task-failed" },
  "POST /api/v2/users/:user/notifications/rules": { name: "new", suppress: true },
  "PATCH /api/v2/users/:user/notifications/rules/:rule": { filter: "severity = info" },
  "POST /api/v2/sources": { name: "new" },
  "PATCH /api/v2/sources/:source": { name: "renamed" },
  "PUT /api/v2/sources/:source/people/:id": { user: "mia" },
  "POST /api/v2/source-messages/:secret": coderMessage(),
  "PUT /api/v2/users/:user/notifications/preferences": { template_disabled_map: {} },
  "PUT /api/v2/users/:user/notifications/own-actions": { notify: true },
  "PUT /api/v2/users/:user/notifications/digest": { every: "daily" },
  "PUT /api/v2/users/:user/notifications/quiet-hours": {
    ranges: [{ days: ["mon"], from: "22:00", to: "07:00" }],
    time_zone: "UTC",
  },
  "PUT /api/v2/users/:user/notifications/channels": {
    template_id: "39b1e189-c857-4b0c-877a-511144c18516",
    method: "inbox",
    enabled: true,
  },
  "PUT /api/v2/users/:user/preferences": { task_notification_alert_dismissed: true },
  "POST /api/v2/users/:user/workspaces": { name: "new", template_id: ":templates" },
  "POST /api/v2/organizations/:organization/members/:user/workspaces": {
    name: "new",
    template_id: ":templates",
  },
  "PUT /api/v2/workspaces/:id/autostart": { schedule: "30 8 * * 1-5" },
  "PUT /api/v2/workspaces/:id/autoupdates": { automatic_updates: "always" },
  "POST /api/v2/workspaces/:id/builds": start,
  "POST /api/v2/users/:user/workspace/:name/builds": start,
  "PUT /api/v2/prebuilds/settings": { reconciliation_paused: true },
  "POST /api/v2/templateversions/:id/dry-run": { workspace_name: "new" },
  "POST /api/v2/provisionerdaemons/jobs/acquire": { name: "one", acquire_id: "another" },
  "POST /api/v2/provisionerjobs/:id/logs": [],
  "POST /api/v2/provisionerjobs/:id/complete": { resources: [] },
  "POST /api/v2/provisionerjobs/:id/fail": { error: "no" },
  "POST /api/v2/provisionerjobs/:id/plan": { resource_changes: [] },
  "POST /api/v2/workspaceagents/me/report-lifecycle": { state: "ready" },
  "PATCH /api/v2/workspaceagents/me/app-status": {
    app_slug: "claude",
    state: "working",
    message: "x",
    uri: "",
  },
};

for (const address of ["/api/v2", "/api/experimental"]) {
  bodies[`POST ${address}/tasks/:user`] = { template_version_id: ":templateversions", input: "Fix it" };
  bodies[`POST ${address}/tasks/:user/:task/send`] = { input: "Go on" };
}

/** Names in paths that are no ids. */
const names: Record<string, string> = {
  "GET /api/v2/organizations/:organization/groups/:name": "spare",
  "GET /api/v2/users/:user/keys/tokens/:name": "read",
  "GET /api/v2/users/:user/workspace/:name": "fix-bug",
  "POST /api/v2/users/:user/workspace/:name/builds": "fix-bug",
  "GET /api/v2/users/:user/workspace/:name/builds": "fix-bug",
  "GET /api/v2/users/:user/workspace/:name/builds/:number": "fix-bug",
  "GET /api/v2/organizations/:organization/templates/:name": "pooled",
  "DELETE /api/v2/organizations/:organization/provisionerkeys/:name": "spare",
};

export const archive = {
  body: makeTar([{ path: "main.tf", content: "# nothing" }]) as Uint8Array<ArrayBuffer>,
  headers: { "content-type": "application/x-tar" },
};

export interface WholeRequest {
  path: string;
  json?: unknown;
  body?: BodyInit;
  headers?: Record<string, string>;
}

/** `ids` by what stands before them in a path; `user` is mia when it is left out. */
export function wholeRequest(ids: { [path: string]: string }, method: string, path: string): WholeRequest {
  const route = `${method} ${path}`;
  const filled = path
    .replace(":user", ids["user"] ?? "mia")
    .replace(":organization", "default")
    .replace(":source", "spare")
    .replace(":receiver", "spare")
    .replace(":group", "spare")
    .replace(":rule", "spare")
    .replace(":chat", ids["chats"] ?? "spare")
    .replace(":secret", sourceSecret)
    .replace(":name", names[route] ?? ":name")
    .replace(":number", "1")
    .replace(":key", ids["agent-sessions"]!)
    .replace(":task", "fix-bug")
    .replace(":key", ids["agent-sessions"]!)
    // A dry run is named like its version.
    .replace(":job", ids["templateversions"]!)
    .replace(/([a-z]+)\/:id/, (whole, before: string) => {
      const kind = path.includes("/notifications/templates/") ? "notifications/templates" : before;
      return ids[kind] === undefined ? whole : `${before}/${ids[kind]}`;
    });
  if (filled.includes(":")) throw new Error(`${route}: nobody knows what ${filled} is about`);
  if (route === "POST /api/v2/files") return { path: filled, ...archive };
  if (route === "PUT /api/v2/provisionerjobs/:id/state") return { path: filled, body: new Uint8Array(1) };
  const json = bodies[route];
  if (json === undefined) return { path: filled };
  const known = JSON.stringify(json).replaceAll(/":([a-z]+)"/g, (_, kind: string) => `"${ids[kind]}"`);
  return { path: filled, json: JSON.parse(known) as unknown };
}
