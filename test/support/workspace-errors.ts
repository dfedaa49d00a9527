// How each declared error of the routes of workspaces, builds and jobs is made.
import { randomUUID } from "node:crypto";
import { prebuildsUser } from "../../db/schema.ts";
import { abandonRun, takeLease } from "../../src/prebuilds/reconcile/store/lease.ts";
import { agentTokenOf, outcome } from "./workspaces.ts";
import type { CallAnswer, Refused } from "./call.ts";
import type { TestServer } from "./server.ts";

interface World {
  server: TestServer;
  token: string;
  /** The key of a provisioner. */
  provisioner: string;
}
export type Make = (world: World) => Promise<CallAnswer<Refused | null>>;

const nobody = "00000000-0000-4000-8000-000000000000";
const as =
  <M extends string, P extends string>(method: M, path: P, json?: unknown) =>
  ({ server, token }: World) =>
    server.call(method, `/api/v2${path}`, { token, ...(json === undefined ? {} : { json }) });
const asProvisioner =
  <M extends string, P extends string>(method: M, path: P, json?: unknown, body?: BodyInit) =>
  ({ server, provisioner }: World) =>
    server.call(method, `/api/v2${path}`, {
      headers: { "coder-provisioner-daemon-key": provisioner },
      ...(json === undefined ? {} : { json }),
      ...(body === undefined ? {} : { body }),
    });

/** Makes a workspace whose first build waits. */
const withWorkspace =
  (make: (workspace: { id: string; name: string; templateId: string; buildId: string }) => Make): Make =>
  async (world) => {
    const organization = "/organizations/default";
    const name = `t${randomUUID().slice(0, 8)}`;
    const version = (await as("POST", `${organization}/templateversions`, {})(world)).json;
    const body = { name, template_version_id: version.id };
    const template = (await as("POST", `${organization}/templates`, body)(world)).json;
    const { json } = await as("POST", "/users/me/workspaces", { name, template_id: template.id })(world);
    return make({ id: json.id, name, templateId: template.id, buildId: json.latest_build.id })(world);
  };

/** With a key that another request has used. */
export const withUsedKey =
  (path: string, json: unknown): Make =>
  async ({ server, token }) => {
    const key = randomUUID();
    const headers = { "idempotency-key": key };
    const other = { content: { title: key, message: "x" } };
    await server.call("POST", "/api/v2/notifications/custom", { token, json: other, headers });
    return server.call("POST", path.startsWith("/api/") ? path : `/api/v2${path}`, { token, json, headers });
  };

const taskWithUsedKey =
  (path: string): Make =>
  async (world) => {
    const organization = "/organizations/default";
    const parameters = [{ name: "ai_prompt" }];
    const made = await as("POST", `${organization}/templateversions`, { has_ai_task: true, parameters })(
      world,
    );
    const template = { name: `t${randomUUID().slice(0, 8)}`, template_version_id: made.json.id };
    await as("POST", `${organization}/templates`, template)(world);
    return withUsedKey(path, { template_version_id: made.json.id, input: "Fix the bug" })(world);
  };

/** Of a workspace whose first build waits: nobody knows its agents yet. */
const asAgentTooEarly = (method: string, path: string, json: unknown): Make =>
  withWorkspace(({ id }) => async ({ server }) => {
    const token = await agentTokenOf(server, id);
    return server.call(method, `/api/v2/workspaceagents/me/${path}`, { token, json });
  });

const ofAgents: Record<string, Make> = {
  "POST /api/v2/workspaceagents/me/report-lifecycle 409": asAgentTooEarly("POST", "report-lifecycle", {
    state: "ready",
  }),
  "PATCH /api/v2/workspaceagents/me/app-status 409": asAgentTooEarly("PATCH", "app-status", {
    app_slug: "web",
    state: "idle",
  }),
};

const settings: Record<string, unknown> = {
  autostart: { schedule: "30 8 * * 1-5" },
  autoupdates: { automatic_updates: "always" },
};

/** Nobody has claimed it yet. */
const ofPool = (setting: string): Make =>
  withWorkspace(({ id }) => async (world) => {
    await world.server.sql(`UPDATE workspaces SET owner_id = '${prebuildsUser.id}' WHERE id = '${id}'`);
    return as("PUT", `/workspaces/${id}/${setting}`, settings[setting])(world);
  });

const ofSettings = Object.fromEntries(
  Object.keys(settings).flatMap((setting) => {
    const route = `PUT /api/v2/workspaces/:id/${setting}`;
    return [
      [`${route} 404`, as("PUT", `/workspaces/${nobody}/${setting}`, settings[setting])],
      [`${route} 409`, ofPool(setting)],
    ] as [string, Make][];
  }),
);

const ofAgentViews = Object.fromEntries(
  ["", "/listening-ports", "/containers", "/logs"].flatMap((part) => [
    [`GET /api/v2/workspaceagents/:id${part} 400`, as("GET", `/workspaceagents/1${part}`)],
    [`GET /api/v2/workspaceagents/:id${part} 404`, as("GET", `/workspaceagents/${nobody}${part}`)],
  ]),
) as Record<string, Make>;

const ofDryRuns: Record<string, Make> = {
  ...Object.fromEntries(
    ["", "/matched-provisioners", "/resources", "/logs"].flatMap((part) => {
      const route = `GET /api/v2/templateversions/:id/dry-run/:job${part}`;
      const call = (id: string) => as("GET", `/templateversions/${id}/dry-run/${nobody}${part}`);
      return [
        [`${route} 400`, call("1")],
        [`${route} 404`, call(nobody)],
      ];
    }),
  ),
  "POST /api/v2/templateversions/:id/dry-run 404": as("POST", `/templateversions/${nobody}/dry-run`, {}),
};

const start = { transition: "start" };
const created = { name: "web", template_id: nobody };
const bodies: Record<string, unknown> = {
  logs: [],
  plan: { resource_changes: [] },
  complete: outcome,
  fail: { error: "x" },
};

const ofJobs = Object.fromEntries(
  ["heartbeat", "release", "logs", "plan", "complete", "fail"].flatMap((action) => {
    const route = `POST /api/v2/provisionerjobs/:id/${action}`;
    const call = (id: string) => asProvisioner("POST", `/provisionerjobs/${id}/${action}`, bodies[action]);
    return [
      [`${route} 400`, call("1")],
      [`${route} 404`, call(nobody)],
      [`${route} 409`, withWorkspace(({ buildId }) => call(buildId))],
    ] as [string, Make][];
  }),
);

const ofState = Object.fromEntries(
  ["GET", "PUT"].flatMap((method) => {
    const route = `${method} /api/v2/provisionerjobs/:id/state`;
    const body = method === "PUT" ? "state" : undefined;
    const call = (id: string) => asProvisioner(method, `/provisionerjobs/${id}/state`, undefined, body);
    return [
      [`${route} 400`, call("1")],
      [`${route} 404`, call(nobody)],
      [`${route} 409`, withWorkspace(({ buildId }) => call(buildId))],
    ] as [string, Make][];
  }),
);

const usedAcquisition = withWorkspace(() => async (world) => {
  const body = { name: "one", acquire_id: randomUUID() };
  const acquire = asProvisioner("POST", "/provisionerdaemons/jobs/acquire", body);
  const { json } = await acquire(world);
  await asProvisioner("POST", `/provisionerjobs/${json.job_id}/complete`, outcome)(world);
  return acquire(world);
});

const namesake = (path: string) =>
  withWorkspace(({ name, templateId }) => as("POST", path, { name, template_id: templateId }));

const largePlan = new Uint8Array(32 * 1_048_576 + 1);
const largeState = new Uint8Array(8 * 1_048_576 + 1);

/** By route and status. */
export const workspaceErrors: Record<string, Make> = {
  ...ofJobs,
  ...ofState,
  ...ofAgents,
  ...ofSettings,
  "POST /api/v2/provisionerjobs/:id/plan 413": asProvisioner(
    "POST",
    `/provisionerjobs/${nobody}/plan`,
    undefined,
    largePlan,
  ),
  "PUT /api/v2/provisionerjobs/:id/state 413": asProvisioner(
    "PUT",
    `/provisionerjobs/${nobody}/state`,
    undefined,
    largeState,
  ),
  "POST /api/v2/provisionerdaemons/jobs/acquire 409": usedAcquisition,
  "POST /api/v2/users/:user/workspaces 404": as("POST", "/users/nobody/workspaces", created),
  "POST /api/v2/users/:user/workspaces 409": namesake("/users/me/workspaces"),
  "POST /api/v2/tasks/:user 422": taskWithUsedKey("/api/v2/tasks/me"),
  "POST /api/experimental/tasks/:user 422": taskWithUsedKey("/api/experimental/tasks/me"),
  "POST /api/v2/prebuilds/reconcile 409": async ({ server, token }) => {
    await server.db.write(takeLease("another", server.clock.now(), true), {});
    const answer = await server.call("POST", "/api/v2/prebuilds/reconcile", { token });
    await server.db.write([abandonRun("another")], {});
    return answer;
  },
  "POST /api/v2/users/:user/workspaces 422": withUsedKey("/users/me/workspaces", created),
  "POST /api/v2/organizations/:organization/members/:user/workspaces 422": withUsedKey(
    "/organizations/default/members/me/workspaces",
    created,
  ),
  "POST /api/v2/workspaces/:id/builds 422": withWorkspace(({ id }) =>
    withUsedKey(`/workspaces/${id}/builds`, start),
  ),
  "POST /api/v2/users/:user/workspace/:name/builds 422": withWorkspace(({ name }) =>
    withUsedKey(`/users/me/workspace/${name}/builds`, start),
  ),
  "POST /api/v2/organizations/:organization/members/:user/workspaces 404": as(
    "POST",
    "/organizations/none/members/me/workspaces",
    created,
  ),
  "POST /api/v2/organizations/:organization/members/:user/workspaces 409": namesake(
    "/organizations/default/members/me/workspaces",
  ),
  "GET /api/v2/workspaces 400": as("GET", "/workspaces?q=status:asleep"),
  "GET /api/v2/workspaces/:id 400": as("GET", "/workspaces/1"),
  "GET /api/v2/workspaces/:id 404": as("GET", `/workspaces/${nobody}`),
  "GET /api/v2/users/:user/workspace/:name 400": as(
    "GET",
    "/users/me/workspace/none?include_deleted=perhaps",
  ),
  "GET /api/v2/users/:user/workspace/:name 404": as("GET", "/users/me/workspace/none"),
  "POST /api/v2/workspaces/:id/restart 400": as("POST", "/workspaces/1/restart"),
  "POST /api/v2/workspaces/:id/restart 404": as("POST", `/workspaces/${nobody}/restart`),
  "POST /api/v2/workspaces/:id/restart 409": withWorkspace(({ id }) =>
    as("POST", `/workspaces/${id}/restart`),
  ),
  "POST /api/v2/workspaces/:id/restart 422": withWorkspace(({ id }) =>
    withUsedKey(`/workspaces/${id}/restart`, undefined),
  ),
  "POST /api/v2/workspaces/:id/builds 404": as("POST", `/workspaces/${nobody}/builds`, start),
  "POST /api/v2/workspaces/:id/builds 409": withWorkspace(({ id }) =>
    as("POST", `/workspaces/${id}/builds`, start),
  ),
  "POST /api/v2/users/:user/workspace/:name/builds 404": as("POST", "/users/me/workspace/none/builds", start),
  "POST /api/v2/users/:user/workspace/:name/builds 409": withWorkspace(({ name }) =>
    as("POST", `/users/me/workspace/${name}/builds`, start),
  ),
  "GET /api/v2/workspaces/:id/builds 400": as("GET", "/workspaces/1/builds"),
  "GET /api/v2/workspaces/:id/builds 404": as("GET", `/workspaces/${nobody}/builds`),
  "GET /api/v2/users/:user/workspace/:name/builds 400": as(
    "GET",
    "/users/me/workspace/none/builds?limit=many",
  ),
  "GET /api/v2/users/:user/workspace/:name/builds 404": as("GET", "/users/me/workspace/none/builds"),
  "GET /api/v2/workspacebuilds/:id 400": as("GET", "/workspacebuilds/1"),
  "GET /api/v2/workspacebuilds/:id 404": as("GET", `/workspacebuilds/${nobody}`),
  "GET /api/v2/workspacebuilds/:id/logs 400": as("GET", `/workspacebuilds/${nobody}/logs?follow=perhaps`),
  "GET /api/v2/workspacebuilds/:id/logs 426": withWorkspace(({ buildId }) =>
    as("GET", `/workspacebuilds/${buildId}/logs?follow`),
  ),
  ...Object.fromEntries(
    ["workspacebuilds/:id/resources", "workspacebuilds/:id/timings", "workspaces/:id/timings"].flatMap(
      (path) => [
        [`GET /api/v2/${path} 400`, as("GET", `/${path.replace(":id", "1")}`)],
        [`GET /api/v2/${path} 404`, as("GET", `/${path.replace(":id", nobody)}`)],
      ],
    ),
  ),
  "GET /api/v2/workspacebuilds/:id/parameters 400": as("GET", "/workspacebuilds/1/parameters"),
  "GET /api/v2/workspacebuilds/:id/parameters 404": as("GET", `/workspacebuilds/${nobody}/parameters`),
  "GET /api/v2/users/:user/workspace/:name/builds/:number 400": as(
    "GET",
    "/users/me/workspace/none/builds/x",
  ),
  "GET /api/v2/users/:user/workspace/:name/builds/:number 404": as(
    "GET",
    "/users/me/workspace/none/builds/1",
  ),
  ...ofAgentViews,
  ...ofDryRuns,
  "GET /api/v2/workspacebuilds/:id/logs 404": as("GET", `/workspacebuilds/${nobody}/logs`),
  "PATCH /api/v2/workspacebuilds/:id/cancel 400": as("PATCH", "/workspacebuilds/1/cancel"),
  "PATCH /api/v2/workspacebuilds/:id/cancel 404": as("PATCH", `/workspacebuilds/${nobody}/cancel`),
};

/** Both addresses of tasks. */
const toAddress = (address: string, method: string, path: string, json?: unknown): Make => {
  return ({ server, token }) =>
    server.call(method, `${address}${path}`, { token, ...(json === undefined ? {} : { json }) });
};
/** A task whose first build waits. */
const withTask = (make: (task: { name: string; versionId: string }) => Make): Make => {
  return async (world) => {
    const organization = "/organizations/default";
    const name = `t${randomUUID().slice(0, 8)}`;
    const task = { has_ai_task: true, parameters: [{ name: "prompt" }] };
    const version = (await as("POST", `${organization}/templateversions`, task)(world)).json;
    await as("POST", `${organization}/templates`, { name, template_version_id: version.id })(world);
    const body = { name, template_version_id: version.id, input: "Fix it" };
    await as("POST", "/tasks/me", body)(world);
    return make({ name, versionId: version.id })(world);
  };
};
for (const address of ["/api/v2", "/api/experimental"]) {
  const to = (method: string, path: string, json?: unknown) => toAddress(address, method, path, json);
  const input = { input: "Go on" };
  const created = { template_version_id: nobody, input: "Fix it" };
  Object.assign(workspaceErrors, {
    [`GET ${address}/tasks 400`]: to("GET", "/tasks?q=status:asleep"),
    [`POST ${address}/tasks/:user 404`]: to("POST", "/tasks/nobody", created),
    [`POST ${address}/tasks/:user 409`]: withTask(({ name, versionId }) =>
      to("POST", "/tasks/me", { name, template_version_id: versionId, input: "Again" }),
    ),
    [`GET ${address}/tasks/:user/:task 404`]: to("GET", "/tasks/me/none"),
    [`DELETE ${address}/tasks/:user/:task 404`]: to("DELETE", "/tasks/me/none"),
    [`DELETE ${address}/tasks/:user/:task 409`]: withTask(({ name }) => to("DELETE", `/tasks/me/${name}`)),
    [`GET ${address}/tasks/:user/:task/logs 404`]: to("GET", "/tasks/me/none/logs"),
    [`POST ${address}/tasks/:user/:task/send 404`]: to("POST", "/tasks/me/none/send", input),
    [`POST ${address}/tasks/:user/:task/send 409`]: withTask(({ name }) =>
      to("POST", `/tasks/me/${name}/send`, input),
    ),
  });
}

const dismissed = { task_notification_alert_dismissed: true };
const driftFixed = (id: string) => as("POST", `/prebuilds/presets/${id}/drift/fixed`);
const resume = (id: string) => as("POST", `/prebuilds/presets/${id}/resume`);
Object.assign(workspaceErrors, {
  "POST /api/v2/prebuilds/reconcile 400": as("POST", "/prebuilds/reconcile?dry_run=perhaps"),
  "POST /api/v2/templates/:id/prebuilds/invalidate 400": as("POST", "/templates/1/prebuilds/invalidate"),
  "POST /api/v2/templates/:id/prebuilds/invalidate 404": as(
    "POST",
    `/templates/${nobody}/prebuilds/invalidate`,
  ),
  "GET /api/v2/users/:user/preferences 404": as("GET", "/users/nobody/preferences"),
  "PUT /api/v2/users/:user/preferences 404": as("PUT", "/users/nobody/preferences", dismissed),
  "POST /api/v2/prebuilds/presets/:id/resume 400": resume("1"),
  "POST /api/v2/prebuilds/presets/:id/resume 404": resume(nobody),
  "POST /api/v2/prebuilds/presets/:id/drift/fixed 400": driftFixed("1"),
  "POST /api/v2/prebuilds/presets/:id/drift/fixed 404": driftFixed(nobody),
});

/** Bodies that pass validation. */
export const workspaceBodies: Record<string, unknown> = {
  "POST /api/v2/tasks/:user": { template_version_id: nobody, input: "Fix it" },
  "POST /api/experimental/tasks/:user": { template_version_id: nobody, input: "Fix it" },
  "POST /api/v2/tasks/:user/:task/send": { input: "Go on" },
  "POST /api/experimental/tasks/:user/:task/send": { input: "Go on" },
  "PUT /api/v2/users/:user/preferences": { task_notification_alert_dismissed: true },
  "PUT /api/v2/prebuilds/settings": { reconciliation_paused: true },
  "POST /api/v2/templateversions/:id/dry-run": {},
  "POST /api/v2/users/:user/workspaces": created,
  "POST /api/v2/organizations/:organization/members/:user/workspaces": created,
  "POST /api/v2/workspaces/:id/builds": start,
  "POST /api/v2/users/:user/workspace/:name/builds": start,
  "PUT /api/v2/workspaces/:id/autostart": settings["autostart"],
  "PUT /api/v2/workspaces/:id/autoupdates": settings["autoupdates"],
};
