// The Worker as it is deployed, in workerd, with a libSQL server behind it and a receiver before it. Another runtime than
// the server's: `npm run test:adapters` runs it.
import { rm } from "node:fs/promises";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { bundleWorker, type Bundle } from "../support/bundle.ts";
import { openEvents } from "../support/events.ts";
import { openFrames, refusalOf } from "../support/frames.ts";
import { startLink } from "../support/link.ts";
import { migrate } from "../support/migrate.ts";
import { okBytes, startRawReceiver } from "../support/raw-receiver.ts";
import { startPushService } from "../support/push-service.ts";
import { startReceiver } from "../support/receiver.ts";
import { callServer, owner, type CallOptions } from "../support/server.ts";
import { noServer, startLibsqlServer, type LibsqlServer } from "../support/sqld.ts";
import { startWorker } from "../support/worker.ts";

let bundle: Bundle;
beforeAll(async () => {
  bundle = await bundleWorker();
});
afterAll(() => rm(bundle.folder, { recursive: true, force: true }));

async function startDatabase(): Promise<LibsqlServer> {
  const server = await startLibsqlServer();
  onTestFinished(server.stop);
  return server;
}

test("the bundle is small and asks nothing of Node but what Workers have", () => {
  expect(bundle.problems).toEqual([]);
  // Whatever is in it is somebody's.
  const parts = Object.fromEntries(bundle.parts);
  expect(parts).toMatchObject({ zod: expect.any(Number), "src/pages": expect.any(Number) });
  expect(Object.values(parts).reduce((sum, size) => sum + size, 0)).toBeCloseTo(bundle.size);
  expect(parts["other"] ?? 0).toBeLessThan(bundle.size / 50);
});

test("a Worker without a database says so in its log, and nobody else learns why", async () => {
  const secret = "a-token-that-nobody-may-see";
  for (const [bindings, reason] of [
    [{ BELFRY_DATABASE_URL: "file:./belfry.db" }, "BELFRY_DATABASE_URL: must be a libSQL server on Workers"],
    [
      { BELFRY_DATABASE_URL: "http://127.0.0.1:1", BELFRY_LOG_LEVEL: secret },
      "BELFRY_LOG_LEVEL: must be one of",
    ],
  ] as const) {
    const worker = await startWorker(bundle, bindings);
    const answer = await callServer(worker.url, "GET", "/healthz");
    expect(answer.status).toBe(503);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.text).toMatch(/^Belfry is not configured: .* The Worker's log names it\.\n$/);
    await expect.poll(() => worker.logs.join("\n")).toContain(reason);
    expect(worker.logs.join("\n")).not.toContain(secret);
    await worker.scheduled();
  }
});

describe.skipIf(noServer)("with a libSQL server", () => {
  test("a database without migrations is reported with the command that migrates it", async () => {
    const { url } = await startDatabase();
    const worker = await startWorker(bundle, { BELFRY_DATABASE_URL: url });
    const answer = await callServer(worker.url, "POST", "/api/v2/users/login", {
      json: { email: owner.email, password: owner.password },
    });
    expect(answer.status).toBe(503);
    expect(answer.json.message).toContain("npm run db:migrate");
    expect(answer.headers.get("retry-after")).toBe("30");

    // Files need no database. Under another address than a page's own they go out through the Worker, with the same headers.
    const style = await callServer(worker.url, "GET", "/assets/belfry.css");
    expect(style.status).toBe(200);
    expect(style.headers.get("x-request-id")).not.toBeNull();
    expect((await callServer(worker.url, "GET", "/assets/nothing.css")).status).toBe(404);
    const page = await callServer(worker.url, "GET", "/docs");
    const versioned = /href="(\/assets\/\w+\/belfry.css)"/.exec(page.text)![1]!;
    const kept = await callServer(worker.url, "GET", versioned);
    expect(kept.text).toBe(style.text);
    expect(kept.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    // The platform's, not the Worker's.
    expect(kept.headers.get("x-request-id")).toBeNull();
    const own = ["x-request-id", "cache-control", "etag", "date", "connection", "keep-alive"];
    const isShared = ([name]: [string, string]) =>
      !own.includes(name) && !/^(content-length|transfer-|vary)/.test(name);
    expect(Object.fromEntries([...kept.headers].filter(isShared))).toMatchObject(
      Object.fromEntries([...style.headers].filter(isShared)),
    );
    // What only the Worker may read can't be had otherwise.
    for (const path of ["/_files/docs/index.md", "/_files/common-passwords.txt", "/docs/index.md"])
      expect((await callServer(worker.url, "GET", path)).status).toBe(404);
  });

  test("the first user is told where the setup code is printed", async () => {
    const { url } = await startDatabase();
    await migrate(url);
    const worker = await startWorker(bundle, { BELFRY_DATABASE_URL: url });
    const refused = await callServer(worker.url, "POST", "/api/v2/users/first", { json: owner });
    expect(refused.json.detail).toMatch(/^npm run db:migrate prints it/);
    expect(refused.text).not.toContain("server prints");
    const page = await callServer(worker.url, "GET", "/setup");
    expect(page.text).toContain("Printed by npm run db:migrate");
    const { setup_code: again } = await migrate(url);
    const made = await callServer(worker.url, "POST", "/api/v2/users/first", {
      json: { ...owner, setup_code: again },
    });
    expect(made.status).toBe(201);
  });

  test("an AI agent is told where its tools are, and a question waits for its answer", async () => {
    const database = await startDatabase();
    const { setup_code: setupCode } = await migrate(database.url);
    const worker = await startWorker(bundle, { BELFRY_DATABASE_URL: database.url });
    const call = <M extends string, P extends string>(method: M, path: P, options?: CallOptions) =>
      callServer(worker.url, method, `/api/v2${path}`, options);
    await call("POST", "/users/first", { json: { ...owner, setup_code: setupCode } });
    const { email, password } = owner;
    const { session_token: token } = (await call("POST", "/users/login", { json: { email, password } })).json;
    expect(await callServer(worker.url, "POST", "/mcp")).toMatchObject({
      status: 404,
      json: { detail: expect.stringContaining("belfry mcp") },
    });
    await call("PUT", "/agent-sessions/key", { token, json: { state: "working", title: "x" } });
    const asked = await call("POST", "/agent-sessions/key/questions", {
      token,
      json: { text: "Which one?" },
    });
    const answer = call("GET", `/questions/${asked.json.id}?wait=20`, { token });
    const given = await call("POST", `/questions/${asked.json.id}/answer`, { token, json: { text: "Both" } });
    expect(given.status).toBe(200);
    expect((await answer).json).toMatchObject({ state: "answered", answer: "Both" });
  });

  test("a first user's message is in the open inbox and at the receiver, and the cron sends what was left", async () => {
    const [database, receiver] = await Promise.all([startDatabase(), startReceiver()]);
    const { setup_code: setupCode } = await migrate(database.url);
    const secret = `whsec_${Buffer.alloc(32, "k").toString("base64")}`;
    const worker = await startWorker(bundle, {
      BELFRY_DATABASE_URL: database.url,
      BELFRY_ACCESS_URL: "https://belfry.example.com",
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
      BELFRY_NOTIFICATIONS_WEBHOOK_SECRET: secret,
    });
    const call = <M extends string, P extends string>(method: M, path: P, options?: CallOptions) =>
      callServer(worker.url, method, `/api/v2${path}`, options);

    // There is no loopback on Workers: nobody is trusted without the code.
    expect((await call("POST", "/users/first", { json: owner })).status).toBe(403);
    const made = await call("POST", "/users/first", { json: { ...owner, setup_code: setupCode } });
    expect(made).toMatchObject({ status: 201 });
    const { email, password } = owner;
    // Cloudflare says where a request comes from; what else a client writes is nothing.
    const place = { "cf-connecting-ip": "203.0.113.7", "x-forwarded-for": "198.51.100.1" };
    const login = await call("POST", "/users/login", { json: { email, password }, headers: place });
    const { session_token: token } = login.json;
    const { entries } = (await call("GET", "/audit?action=login", { token })).json;
    expect(entries).toMatchObject([{ ip: "203.0.113.7" }]);

    const heard = await openEvents(`${worker.url}/api/v2/notifications/inbox/events`, token as string);
    await heard.ready;
    const first = { title: "Build done", message: "All **312** tests passed" };
    expect((await call("POST", "/notifications/custom", { token, json: { content: first } })).status).toBe(
      204,
    );
    const [arrival] = await receiver.wait(1);
    new Webhook(secret).verify(arrival!.body, arrival!.headers as Record<string, string>);
    expect(arrival!.json).toMatchObject({ title: "Build done", body: "All 312 tests passed" });
    const inbox = await call("GET", "/notifications/inbox", { token });
    expect(inbox.json).toMatchObject({ unread_count: 1, notifications: [{ title: "Build done" }] });
    expect((await heard.next()).data).toContain('"title":"Build done"');
    heard.close();

    // Left pending: paused, nothing is sent. The next pass after that finds it.
    expect(
      (await call("PUT", "/notifications/settings", { token, json: { notifier_paused: true } })).status,
    ).toBe(200);
    const second = { title: "Deployed", message: "Version 7 is out" };
    expect((await call("POST", "/notifications/custom", { token, json: { content: second } })).status).toBe(
      204,
    );
    await worker.scheduled();
    expect(receiver.arrivals).toHaveLength(1);
    expect(
      (await call("PUT", "/notifications/settings", { token, json: { notifier_paused: false } })).status,
    ).toBe(200);
    await worker.scheduled();
    expect((await receiver.wait(2))[1]!.json).toMatchObject({ title: "Deployed" });
    expect((await call("GET", "/notifications/inbox", { token })).json.unread_count).toBe(2);
    await worker.scheduled();
    expect(receiver.arrivals).toHaveLength(2);

    // The cron comes once a minute, and with that it is in time.
    expect((await callServer(worker.url, "GET", "/readyz")).json).toMatchObject({ ready: true });
    expect(worker.logs).toEqual([]);

    // Only a failure is worth a line, and it has nothing that is secret.
    receiver.answer({ status: 500 });
    const third = { title: "Failed", message: "Version 8 is not out" };
    expect((await call("POST", "/notifications/custom", { token, json: { content: third } })).status).toBe(
      204,
    );
    await receiver.wait(3);
    await expect.poll(() => worker.logs).toHaveLength(1);
    expect(worker.levels).toEqual(["warn"]);
    expect(JSON.parse(worker.logs[0]!)).toMatchObject({
      level: "warn",
      method: "webhook",
      answer: "answered 500",
    });
    for (const hidden of [token as string, setupCode, password, secret, third.message])
      expect(worker.logs[0]).not.toContain(hidden);
  });

  test("a webhook gets its name and password, and each of its odd answers is understood", async () => {
    const database = await startDatabase();
    const { setup_code: setupCode } = await migrate(database.url);
    const answers = [
      `HTTP/1.1 102 Processing\r\n\r\n${okBytes}`,
      "HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\nbegun",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n",
    ];
    const receiver = await startRawReceiver(({ socket, number }) => {
      const answer = answers.shift();
      if (answer !== undefined) socket.write(answer);
      else if (number > 1) socket.destroy();
      else socket.write(okBytes);
    });
    const password = "p@ss word";
    const worker = await startWorker(bundle, {
      BELFRY_DATABASE_URL: database.url,
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url.replace("//", "//hook:p%40ss%20word@"),
    });
    const call = <M extends string, P extends string>(method: M, path: P, options?: CallOptions) =>
      callServer(worker.url, method, `/api/v2${path}`, options);
    await call("POST", "/users/first", { json: { ...owner, setup_code: setupCode } });
    const login = { email: owner.email, password: owner.password };
    const token: string = (await call("POST", "/users/login", { json: login })).json.session_token;
    for (let index = 0; index < 10; index += 1) {
      const content = { title: `Build ${index}`, message: "x" };
      await call("POST", "/notifications/custom", { token, json: { content } });
      await expect.poll(() => receiver.requests.length).toBeGreaterThan(index);
    }
    const delivered = async () => {
      const { messages } = (await call("GET", "/notifications/messages", { token })).json;
      return messages
        .filter(({ method }) => method === "webhook")
        .map((one) => [one.status, one.attempt_count]);
    };
    await expect.poll(delivered).toEqual(Array.from({ length: 10 }, () => ["sent", 1]));
    expect(worker.logs).toEqual([]);
    const basic = `Basic ${Buffer.from(`hook:${password}`).toString("base64")}`;
    for (const { head } of receiver.requests)
      expect(head).toMatch(new RegExp(`^authorization: ${basic}$`, "im"));
  });

  test("a caller's trace goes on: to the receiver, and as spans to a collector", async () => {
    const database = await startDatabase();
    const { setup_code: setupCode } = await migrate(database.url);
    const [receiver, collector] = [await startReceiver(), await startReceiver()];
    const worker = await startWorker(bundle, {
      BELFRY_DATABASE_URL: database.url,
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: new URL(collector.url).origin,
      OTEL_TRACES_SAMPLER_ARG: "0",
    });
    const call = <M extends string, P extends string>(method: M, path: P, options?: CallOptions) =>
      callServer(worker.url, method, `/api/v2${path}`, options);
    await call("POST", "/users/first", { json: { ...owner, setup_code: setupCode } });
    const login = { email: owner.email, password: owner.password };
    const token: string = (await call("POST", "/users/login", { json: login })).json.session_token;
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    const json = { content: { title: "Build done", message: "x" } };
    await call("POST", "/notifications/custom", { token, headers, json });
    const [arrival] = await receiver.wait(1);
    expect(arrival!.headers["traceparent"]).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    const names = () => collector.arrivals.map(({ body }) => body).join();
    await expect.poll(names).toContain('"name":"POST /api/v2/notifications/custom"');
    await expect.poll(names).toContain('"name":"deliver webhook"');
    expect(worker.logs).toEqual([]);
  });

  test("receivers get what their filter names, and private addresses are refused unless they are allowed", async () => {
    const database = await startDatabase();
    const { setup_code: setupCode } = await migrate(database.url);
    const chat = await startReceiver();
    chat.answer({ status: 200, body: "x".repeat(2_000) });
    const start = async (allowed: string) => {
      const worker = await startWorker(bundle, {
        BELFRY_DATABASE_URL: database.url,
        BELFRY_NOTIFICATIONS_RECEIVERS_ALLOW_PRIVATE: allowed,
      });
      return <M extends string, P extends string>(method: M, path: P, options?: CallOptions) =>
        callServer(worker.url, method, `/api/v2${path}`, options);
    };
    const call = await start("true");
    await call("POST", "/users/first", { json: { ...owner, setup_code: setupCode } });
    const login = { email: owner.email, password: owner.password };
    const token: string = (await call("POST", "/users/login", { json: login })).json.session_token;
    const json = { name: "hooks", format: "coder", address: chat.url, kinds: ["custom-notification"] };
    const created = await call("POST", "/notifications/receivers", { token, json });
    const content = { title: "Build done", message: "x" };
    await call("POST", "/notifications/custom", { token, json: { content } });
    const [arrival] = await chat.wait(1);
    new Webhook(created.json.secret!).verify(arrival!.body, arrival!.headers as Record<string, string>);
    const tested = await call(
      "POST",
      "/notifications/receivers/hooks/test" as "/notifications/receivers/{receiver}/test",
      { token },
    );
    expect(tested.json).toEqual({ accepted: true, answer: expect.stringMatching(/^answered 200: x{199}…$/) });
    const strict = await start("false");
    const refused = await strict(
      "POST",
      "/notifications/receivers/hooks/test" as "/notifications/receivers/{receiver}/test",
      { token },
    );
    expect(refused.json).toEqual({
      accepted: false,
      answer: expect.stringContaining("not a public address"),
    });
    expect(chat.arrivals).toHaveLength(2);
  });

  test("a build's log is followed to its end, and an agent's report causes a notification, pushed to a browser", async () => {
    const database = await startDatabase();
    const { setup_code: setupCode } = await migrate(database.url);
    const service = await startPushService();
    const worker = await startWorker(bundle, {
      BELFRY_DATABASE_URL: database.url,
      BELFRY_NOTIFICATIONS_PUSH_SERVICES: service.url,
    });
    const call = async <M extends string, P extends string>(method: M, path: P, options?: CallOptions) => {
      const answer = await callServer(worker.url, method, `/api/v2${path}`, options);
      if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
      return answer.json;
    };
    await call("POST", "/users/first", { json: { ...owner, setup_code: setupCode } });
    const { email, password } = owner;
    const { session_token: token } = await call("POST", "/users/login", { json: { email, password } });
    const organization = "/organizations/default";
    const has = { name: "v1", has_ai_task: true };
    const version = await call("POST", `${organization}/templateversions`, { token, json: has });
    const body = { name: "docker", template_version_id: version.id };
    const template = await call("POST", `${organization}/templates`, { token, json: body });
    const json = { name: "dev", template_id: template.id };
    const workspace = await call("POST", "/users/me/workspaces", { token, json });
    const { key } = await call("POST", `${organization}/provisionerkeys`, { token, json: { name: "one" } });
    const headers = { "coder-provisioner-daemon-key": key };
    const acquisition = { name: "one", acquire_id: "a1" };
    const job = await call("POST", "/provisionerdaemons/jobs/acquire", { headers, json: acquisition });

    const buildId = workspace.latest_build.id;
    const url = `${worker.url}/api/v2/workspacebuilds/${buildId}/logs?follow`;
    const log = await openFrames<{ output: string }>(url, token as string);
    const line = { level: "info", source: "provisioner", stage: "Apply", output: "done" };
    await call("POST", `/provisionerjobs/${buildId}/logs`, { headers, json: [line] });
    expect((await log.next()).output).toBe("done");
    const resources = [
      { type: "container", name: "dev", agents: [{ name: "main", apps: [{ slug: "claude" }] }] },
    ];
    const outcome = { resources, ai_task: { prompt: "Fix it", sidebar_app_slug: "claude" } };
    await call("POST", `/provisionerjobs/${buildId}/complete`, { headers, json: outcome });
    expect(await log.ended).toBe(1000);

    const cookie = `coder_session_token=${token}`;
    const page = await callServer(worker.url, "GET", "/settings/notifications", { headers: { cookie } });
    const browser = service.subscribe();
    const subscribed = await callServer(worker.url, "POST", "/settings/push", {
      headers: { cookie },
      body: new URLSearchParams({
        endpoint: browser.endpoint,
        p256dh: browser.p256dh,
        auth: browser.auth,
        server_key: /data-key="([\w-]+)"/.exec(page.text)![1]!,
      }),
    });
    expect(subscribed.status).toBe(303);

    const status = { app_slug: "claude", state: "idle", message: "Which one?" };
    await call("PATCH", "/workspaceagents/me/app-status", { token: job.agent_token as string, json: status });
    const { notifications } = await call("GET", "/notifications/inbox", { token });
    expect(notifications[0]!.title).toBe("Task waiting for you: Fix it");
    await expect
      .poll(() => browser.pushed.map(({ content }) => content.title))
      .toEqual(["Task waiting for you: Fix it"]);
    expect(worker.logs).toEqual([]);
  });

  test("an agent that waits is notified of by the cron once it has waited long enough, unless it goes on", async () => {
    const database = await startDatabase();
    const { setup_code: setupCode } = await migrate(database.url);
    const bindings = { BELFRY_DATABASE_URL: database.url, BELFRY_AGENT_SESSIONS_CALM: "3s" };
    const worker = await startWorker(bundle, bindings);
    const call = <M extends string, P extends string>(method: M, path: P, options?: CallOptions) =>
      callServer(worker.url, method, `/api/v2${path}`, options);
    await call("POST", "/users/first", { json: { ...owner, setup_code: setupCode } });
    const { email, password } = owner;
    const { session_token: token } = (await call("POST", "/users/login", { json: { email, password } })).json;
    const report = (key: string, state: string) =>
      call("PUT", `/agent-sessions/${key}`, { token, json: { state, title: key } });
    const titles = async () =>
      (await call("GET", "/notifications/inbox", { token })).json.notifications.map(({ title }) => title);
    for (const [key, state] of [
      ["goes on", "waiting"],
      ["goes on", "working"],
      ["waits", "waiting"],
    ] as const)
      expect((await report(encodeURIComponent(key), state)).status).toBe(200);
    // No process lives that long: nothing but the cron sends it.
    expect(await titles()).toEqual([]);
    await expect
      .poll(async () => {
        await worker.scheduled();
        return titles();
      })
      .toEqual(["Agent waiting for you: waits"]);
    expect(worker.logs).toEqual([]);
  });

  test("asks the database once for what never changes, and for an answer that is not compressed", async () => {
    const database = await startDatabase();
    await migrate(database.url);
    const link = await startLink(database.url);
    const encodings = new Set<string | undefined>();
    link.onRequest((_body, headers) => encodings.add(headers["accept-encoding"]?.toString()));
    const worker = await startWorker(bundle, { BELFRY_DATABASE_URL: link.url });
    const release = async () => (await callServer(worker.url, "GET", "/api/v2/buildinfo")).json;
    const first = await release();
    expect(first.deployment_id).toMatch(/^[\w-]{36}$/);
    expect([...encodings]).toEqual(["identity"]);
    // What never changes is asked for once.
    expect(await release()).toEqual(first);
    expect(link.requests()).toBe(1);
  });

  test("readers of all invocations share one query a second, receive news at once, and resume", async () => {
    const database = await startDatabase();
    const { setup_code: setupCode } = await migrate(database.url);
    const link = await startLink(database.url);
    const worker = await startWorker(bundle, { BELFRY_DATABASE_URL: link.url });
    const call = <M extends string, P extends string>(method: M, path: P, options?: CallOptions) =>
      callServer(worker.url, method, `/api/v2${path}`, options);
    await call("POST", "/users/first", { json: { ...owner, setup_code: setupCode } });
    const { email, password } = owner;
    const token: string = (await call("POST", "/users/login", { json: { email, password } })).json
      .session_token;
    const send = (title: string) =>
      call("POST", "/notifications/custom", { token, json: { content: { title, message: "x" } } });
    const events = `${worker.url}/api/v2/notifications/inbox/events`;
    const watch = `${worker.url}/api/v2/notifications/inbox/watch`;

    const streams = await Promise.all(Array.from({ length: 10 }, () => openEvents(events, token)));
    const sockets = await Promise.all(Array.from({ length: 20 }, () => openFrames(watch, token)));
    await Promise.all(streams.map(({ ready }) => ready));
    await send("for all");
    expect(new Set(await Promise.all(streams.map(async (stream) => (await stream.next()).id)))).toEqual(
      new Set(["1-0"]),
    );
    const frames = await Promise.all(sockets.map((socket) => socket.next()));
    for (const frame of frames)
      expect(frame).toMatchObject({ notification: { title: "for all" }, unread_count: 1 });

    // Thirty readers, one look a second: three take about three seconds.
    await new Promise<void>((resolve) => link.onRequest(() => resolve()));
    const [before, began] = [link.requests(), performance.now()];
    await new Promise<void>((resolve) => link.onRequest(() => link.requests() >= before + 3 && resolve()));
    expect(performance.now() - began).toBeGreaterThan(2_000);

    // What was missed comes after resuming, once.
    streams[0]!.close();
    await send("missed");
    const again = await openEvents(events, token, streams[0]!.lastId());
    expect((await again.next()).data).toContain('"title":"missed"');
    expect(await refusalOf(`${watch}?targets=x`, { "coder-session-token": token })).toMatchObject({
      status: 400,
    });

    // Nobody reads: nobody asks. That a stream has no reader shows when it is written to.
    for (const stream of [...streams, again]) stream.close();
    await send("to streams without readers");
    for (const socket of sockets) socket.close();
    let last = performance.now();
    link.onRequest(() => (last = performance.now()));
    await vi.waitUntil(() => performance.now() - last > 2_500, { timeout: 20_000, interval: 100 });
    expect(worker.logs).toEqual([]);
  });
});
