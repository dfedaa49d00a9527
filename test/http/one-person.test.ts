// The one-person check: somebody alone, with nothing but the calls named here, sees each of them work.
import { expect, test } from "vitest";
import { openEvents } from "../support/events.ts";
import { startReceiver } from "../support/receiver.ts";
import { startTestServer } from "../support/server.ts";

const me = { email: "solo@example.com", username: "solo", password: "only-one-of-me-here-7" };

test("one person sets up, signs in, sends, reads and leaves", async () => {
  const receiver = await startReceiver();
  const server = await startTestServer({
    environment: { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url },
  });
  server.secret(me.password);
  const call = (method: string, path: string, json?: unknown, token?: string) =>
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
  const token = server.secret(login.json.session_token as string);
  expect((await call("GET", "/users/me", undefined, token)).json).toMatchObject({
    username: "solo",
    status: "active",
    roles: [{ name: "owner" }],
  });
  expect((await call("GET", "/organizations", undefined, token)).json).toMatchObject([{ name: "default" }]);

  const made = await call(
    "POST",
    "/users/me/keys/tokens",
    { token_name: "ci", scope: "notify", lifetime: 3_600_000_000_000 },
    token,
  );
  const notify = server.secret(made.json.key as string);
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
  expect(JSON.parse((await stream.next()).data)).toMatchObject({
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
  expect(notifications.map((item: { title: string }) => item.title)).toEqual([
    expect.stringMatching(/^Test/),
    "Build done",
  ]);
  await call("PUT", `/notifications/inbox/${notifications[1].id}/read-status`, { is_read: true }, token);
  expect(
    (await call("GET", "/notifications/inbox?read_status=unread", undefined, token)).json.unread_count,
  ).toBe(1);
  await call("PUT", "/notifications/inbox/mark-all-as-read", undefined, token);
  expect((await call("GET", "/notifications/inbox", undefined, token)).json.unread_count).toBe(0);

  const custom = (await call("GET", "/notifications/templates/custom", undefined, token)).json[0]
    .id as string;
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

test("the OpenAPI document names every route once, and every reference leads somewhere", async () => {
  const server = await startTestServer();
  const document = (await server.call("GET", "/api/v2/openapi.json")).json;
  expect(document.openapi).toBe("3.1.0");
  const operations = Object.values(
    document.paths as Record<string, Record<string, { operationId: string; summary: string }>>,
  ).flatMap((path) => Object.values(path));
  expect(operations.length).toBeGreaterThan(40);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  for (const { summary } of operations) expect(summary).toMatch(/^[A-Z].{5,}$/);
  for (const [, name] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    expect(document.components.schemas).toHaveProperty(name!);
  }
  for (const path of Object.keys(document.paths as object)) expect(path).not.toContain(":");
});
