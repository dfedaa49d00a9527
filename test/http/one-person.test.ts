// The one-person check: somebody alone, with nothing but the calls named here, sees each of them work.
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { frameOf, openEvents } from "../support/events.ts";
import { startReceiver } from "../support/receiver.ts";
import { cookieFor, get, wordsOf } from "../support/pages.ts";
import { inboxTitles } from "../support/inbox.ts";
import { signIn, signInFirst, startTestServer } from "../support/server.ts";
import { outcome } from "../support/workspaces.ts";

const me = { email: "solo@example.com", username: "solo", password: "only-one-of-me-here-7" };

test("one person sets up, signs in, sends, reads and leaves", async () => {
  const receiver = await startReceiver();
  const server = await startTestServer({
    environment: { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url },
  });
  server.secret(me.password);
  const call = <M extends string, P extends string>(method: M, path: P, json?: unknown, token?: string) =>
    server.call(method, `/api/v2${path}`, {
      ...(json === undefined ? {} : { json }),
      ...(token === undefined ? {} : { token }),
    });

  const build = await call("GET", "/buildinfo");
  expect(build.json).toMatchObject({
    version: expect.stringMatching(/^v\d+\.\d+\.\d+$/),
    dashboard_url: server.url,
    deployment_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect((await call("GET", "/users/first")).status).toBe(404);
  expect((await call("POST", "/users/first", me)).json).toEqual({
    user_id: expect.any(String),
    organization_id: expect.any(String),
  });
  expect((await call("GET", "/users/first")).status).toBe(200);

  const login = await call("POST", "/users/login", { email: me.email.toUpperCase(), password: me.password });
  expect(login.status).toBe(201);
  const token = server.secret(login.json.session_token);
  expect((await call("GET", "/users/me", undefined, token)).json).toMatchObject({
    username: "solo",
    status: "active",
    roles: [{ name: "owner" }],
  });
  expect((await call("GET", "/organizations", undefined, token)).json).toMatchObject([{ name: "default" }]);

  const created = await call(
    "POST",
    "/users/me/keys/tokens",
    { token_name: "ci", scope: "notify", lifetime: 3_600_000_000_000 },
    token,
  );
  const notify = server.secret(created.json.key);
  expect((await call("GET", "/users/me/keys/tokens", undefined, token)).json).toMatchObject([
    { token_name: "ci", scope: "notify" },
  ]);

  const stream = await openEvents(`${server.url}/api/v2/notifications/inbox/events`, token);
  await stream.ready;
  const sent = await call(
    "POST",
    "/notifications/custom",
    { content: { title: "Build done", message: "All 312 tests passed" } },
    notify,
  );
  expect(sent.status).toBe(204);
  expect(frameOf(await stream.next())).toMatchObject({
    notification: { title: "Build done" },
    unread_count: 1,
  });
  expect((await receiver.wait(1))[0]!.json).toMatchObject({
    title: "Build done",
    body: "All 312 tests passed",
  });
  expect((await call("GET", "/notifications/inbox", undefined, notify)).status).toBe(403);

  expect((await call("POST", "/notifications/test", undefined, token)).status).toBe(204);
  const { notifications } = (await call("GET", "/notifications/inbox", undefined, token)).json;
  expect(notifications.map((item) => item.title)).toEqual([expect.stringMatching(/^Test/), "Build done"]);
  await call("PUT", `/notifications/inbox/${notifications[1]!.id}/read-status`, { is_read: true }, token);
  expect(
    (await call("GET", "/notifications/inbox?read_status=unread", undefined, token)).json.unread_count,
  ).toBe(1);
  await call("PUT", "/notifications/inbox/mark-all-as-read", undefined, token);
  expect((await call("GET", "/notifications/inbox", undefined, token)).json.unread_count).toBe(0);

  const custom = (await call("GET", "/notifications/templates/custom", undefined, token)).json[0]!.id;
  await call(
    "PUT",
    "/users/me/notifications/preferences",
    { template_disabled_map: { [custom]: true } },
    token,
  );
  expect((await call("GET", "/users/me/notifications/preferences", undefined, token)).json).toMatchObject([
    { id: custom, disabled: true },
  ]);
  expect(
    (await call("POST", "/notifications/custom", { content: { title: "Silence", message: "x" } }, token))
      .status,
  ).toBe(409);

  expect((await call("PUT", "/notifications/settings", { notifier_paused: true }, token)).json).toEqual({
    notifier_paused: true,
  });
  expect((await call("PUT", "/notifications/settings", { notifier_paused: false }, token)).json).toEqual({
    notifier_paused: false,
  });
  const audit = (await call("GET", "/audit", undefined, token)).json;
  expect(JSON.stringify(audit)).toContain("notifications_settings");

  await server.runTick();
  expect((await server.call("GET", "/readyz")).json).toEqual({
    ready: true,
    database: "ok",
    tick: "ok",
    tick_age_seconds: 0,
    problems: [],
    notes: [expect.stringMatching(/^Email is not set up .*code for a new password/)],
  });
  server.clock.advance(46_000);
  expect((await server.call("GET", "/readyz")).json).toMatchObject({
    ready: false,
    tick: "late",
    tick_age_seconds: 46,
  });
  expect((await server.call("GET", "/healthz")).status).toBe(200);

  expect((await call("POST", "/users/logout", undefined, token)).status).toBe(200);
  expect((await call("GET", "/users/me", undefined, token)).status).toBe(401);
  expect(server.logs).toEqual([]);
});

test("the same person creates a template and a workspace, runs its builds, updates it and gets the receipt", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const call = async <M extends string, P extends string>(method: M, path: P, json?: unknown) => {
    const answer = await server.call(method, `/api/v2${path}`, {
      token,
      ...(json === undefined ? {} : { json }),
    });
    expect([method, path, answer.status]).toEqual([method, path, expect.toBeOneOf([200, 201])]);
    return answer.json;
  };
  const organization = "/organizations/default";
  const first = await call("POST", `${organization}/templateversions`, { name: "v1" });
  const template = await call("POST", `${organization}/templates`, {
    name: "docker",
    template_version_id: first.id,
  });
  const { key } = await call("POST", `${organization}/provisionerkeys`, { name: "rack-1" });
  const headers = { "coder-provisioner-daemon-key": server.secret(key) };
  const provision = async <M extends string, P extends string>(method: M, path: P, json: unknown) =>
    (await server.call(method, `/api/v2${path}`, { headers, json })).json;
  const work = async () => {
    const body = { name: "rack-1", acquire_id: randomUUID() };
    const job = await provision("POST", "/provisionerdaemons/jobs/acquire", body);
    await provision("POST", `/provisionerjobs/${job.job_id}/complete`, outcome);
    return job;
  };
  const workspace = await call("POST", "/users/me/workspaces", { name: "web", template_id: template.id });
  await work();
  const second = await call("POST", `${organization}/templateversions`, {
    name: "v2",
    template_id: template.id,
  });
  const update = { transition: "start", template_version_id: second.id };
  await call("POST", `/workspaces/${workspace.id}/builds`, update);
  expect((await work()).template_version.name).toBe("v2");
  expect(await inboxTitles(server, token)).toEqual(["Your workspace web is being updated to v2"]);
  const [receipt] = (await call("GET", "/notifications/inbox")).notifications;
  const [button] = receipt!.actions;
  const page = await get(server, new URL(button!.url).pathname, cookieFor(token));
  expect([button!.label, page.status]).toEqual(["View workspace", 200]);
  expect(wordsOf(page)).toContain("web running");

  // Who is alone administers: what fails comes to them, and what they have said themselves to those who use a template.
  await call("POST", `/workspaces/${workspace.id}/builds`, { transition: "stop" });
  const stop = await provision("POST", "/provisionerdaemons/jobs/acquire", {
    name: "rack-1",
    acquire_id: randomUUID(),
  });
  await provision("POST", `/provisionerjobs/${stop.job_id}/fail`, { error: "no disk" });
  await call("PATCH", `/templates/${template.id}`, { deprecation_message: "Use podman." });
  const user = {
    email: "grace@example.com",
    username: "grace",
    password: server.secret("of-grace-all-alone-7"),
  };
  await call("POST", "/users", user);
  await call("PUT", "/users/grace/status/suspend");
  await call("PUT", "/users/grace/status/activate");
  await call("POST", `/workspaces/${workspace.id}/builds`, { transition: "delete" });
  await work();
  expect((await inboxTitles(server, token)).slice(1)).toEqual([
    "Build 3 of ada/web failed",
    "Template docker is deprecated",
    "Account grace was created",
    "Account grace was suspended",
    "Account grace was reactivated",
  ]);
  expect(await inboxTitles(server, await signIn(server, user))).toEqual([
    "Your account was suspended",
    "Your account was reactivated",
  ]);
  const { entries } = await call("GET", "/audit?user=ada");
  const actions = entries.map(({ action, resource_type }) => `${action} ${resource_type}`);
  for (const action of [
    "create workspace",
    "start workspace_build",
    "stop workspace_build",
    "delete workspace",
  ])
    expect(actions).toContain(action);
});

test("the same person keeps a pool, claims from it, and learns which resources the claim replaced and the fix", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const call = async <M extends string, P extends string>(
    method: M,
    path: P,
    json?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const given = { ...(json === undefined ? {} : { json }), headers };
    const as = Object.keys(headers).length === 0 ? { token } : {};
    const answer = await server.call(method, `/api/v2${path}`, { ...as, ...given });
    expect([method, path, answer.status]).toEqual([method, path, expect.toBeOneOf([200, 201, 204])]);
    await server.settled();
    return answer.json;
  };
  const organization = "/organizations/default";
  const version = await call("POST", `${organization}/templateversions`, {
    name: "v1",
    presets: [{ name: "small", parameters: [], prebuilds: { instances: 1 } }],
  });
  const [preset] = await call("GET", `/templateversions/${version.id}/presets`);
  const newTemplate = { name: "docker", template_version_id: version.id };
  const template = await call("POST", `${organization}/templates`, newTemplate);
  const { key } = await call("POST", `${organization}/provisionerkeys`, { name: "rack-1" });
  const provisioner = { "coder-provisioner-daemon-key": server.secret(key) };
  const acquire = () =>
    call(
      "POST",
      "/provisionerdaemons/jobs/acquire",
      { name: "rack-1", acquire_id: randomUUID() },
      provisioner,
    );
  const prebuild = await acquire();
  expect(prebuild.stage).toBe("create");
  await call("POST", `/provisionerjobs/${prebuild.job_id}/complete`, outcome, provisioner);
  const agent = { "coder-session-token": server.secret(prebuild.agent_token as string) };
  await call("POST", "/workspaceagents/me/report-lifecycle", { state: "ready" }, agent);

  const workspace = await call("POST", "/users/me/workspaces", {
    name: "web",
    template_id: template.id,
    template_version_preset_id: preset!.id,
  });
  const claim = await acquire();
  expect(claim).toMatchObject({
    stage: "claim",
    job_id: workspace.latest_build.id,
    agent_token: prebuild.agent_token,
  });
  const replaced = { actions: ["delete", "create"], replace_paths: [["name"]] };
  const change = { address: "docker_volume.home", type: "docker_volume", change: replaced };
  const plan = { format_version: "1.2", resource_changes: [change] };
  await call("POST", `/provisionerjobs/${claim.job_id}/plan`, plan, provisioner);
  await call("POST", `/provisionerjobs/${claim.job_id}/complete`, outcome, provisioner);
  const [notification] = (await call("GET", "/notifications/inbox")).notifications;
  expect(notification!.title).toBe("Resources replaced on claim: docker / small");
  expect(notification!.content).toContain("    ignore_changes = [name]");
  const page = await get(server, new URL(notification!.actions[0]!.url).pathname, cookieFor(token));
  expect(wordsOf(page)).toContain("- docker_volume.home: name");
  expect(await call("GET", `/templates/${template.id}/drift`)).toMatchObject([{ claims: 1, claims_hurt: 1 }]);
});

test("the OpenAPI document names every route once, and every reference leads somewhere", async () => {
  const server = await startTestServer();
  const document = (await server.call("GET", "/api/v2/openapi.json")).json;
  expect(document.openapi).toBe("3.1.0");
  const operations = Object.values(
    document["paths"] as Record<string, Record<string, { operationId: string; summary: string }>>,
  ).flatMap((path) => Object.values(path));
  expect(operations.length).toBeGreaterThan(40);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  for (const { summary } of operations) expect(summary).toMatch(/^[A-Z].{5,}$/);
  for (const [, name] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    expect((document["components"] as { schemas: object }).schemas).toHaveProperty(name!);
  }
  for (const path of Object.keys(document["paths"] as object)) expect(path).not.toContain(":");
});
