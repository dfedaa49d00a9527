// One suite for every way to deploy: over HTTP only, with what people configure, against real processes. The files of
// test/conformance run it.
import { randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Deploy, Deployment } from "./deployments.ts";
import { frameOf, openEvents } from "./events.ts";
import { openFrames } from "./frames.ts";
import { startReceiver, type Receiver } from "./receiver.ts";
import { callServer, type CallOptions, type Success } from "./call.ts";
import { owner } from "./server.ts";
import { startMailServer, type MailServerFixture } from "./smtp.ts";

const secret = `whsec_${Buffer.alloc(32, "k").toString("base64")}`;
const metricsToken = "a-token-of-the-metrics";
const mia = { email: "mia@example.com", username: "mia", password: "a-good-password-of-mia-9" };
const asBrowser = { accept: "text/html" };

/** What every deployment does, as tests of the group that calls this. */
export function conform(deploy: Deploy): void {
  const cleanUps: (() => Promise<void>)[] = [];
  let deployment: Deployment;
  let receiver: Receiver;
  let mail: MailServerFixture;
  let token: string;
  let member: string;

  const call = <M extends string, P extends string>(method: M, path: P, options: CallOptions = {}) =>
    callServer(deployment.url, method, `/api/v2${path}`, options);
  /** As the owner; the answer has to be a success. */
  async function done<M extends string, P extends string>(
    method: M,
    path: P,
    json?: unknown,
    options: CallOptions = {},
  ): Promise<Success<M, `/api/v2${P}`>> {
    const answer = await call(method, path, { token, ...(json === undefined ? {} : { json }), ...options });
    expect([method, path, answer.status, answer.text]).toEqual([
      method,
      path,
      expect.toSatisfy((status: number) => status < 300),
      answer.text,
    ]);
    return answer.json as Success<M, `/api/v2${P}`>;
  }
  const signIn = async ({ email, password }: { email: string; password: string }) =>
    (await done("POST", "/users/login", { email, password })).session_token;
  const send = (title: string, message = "x") =>
    done("POST", "/notifications/custom", { content: { title, message } });
  const titles = async (key = token) =>
    (await done("GET", "/notifications/inbox", undefined, { token: key })).notifications.map(
      (one) => one.title,
    );

  const arrivalsOf = (title: string) => receiver.arrivals.filter(({ json }) => json.title === title);
  const countOf = (title: string) => arrivalsOf(title).length;

  beforeAll(async () => {
    const whenDone = (cleanUp: () => Promise<void>) => void cleanUps.unshift(cleanUp);
    receiver = await startReceiver(whenDone);
    mail = await startMailServer({ whenDone });
    deployment = await deploy(
      {
        BELFRY_NOTIFICATIONS_METHOD: "webhook",
        BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
        BELFRY_NOTIFICATIONS_WEBHOOK_SECRET: secret,
        BELFRY_NOTIFICATIONS_RETRY_INTERVAL: "1s",
        BELFRY_METRICS_TOKEN: metricsToken,
        BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${mail.port}`,
        BELFRY_EMAIL_FROM: "belfry@example.com",
      },
      whenDone,
    );
    await done("POST", "/users/first", { ...owner, setup_code: deployment.setupCode }, { token: "" });
    token = await signIn(owner);
    await done("POST", "/users", mia);
    member = await signIn(mia);
  });
  afterAll(async () => {
    for (const cleanUp of cleanUps) await cleanUp();
  });

  test("the service reports its build and readiness", async () => {
    expect((await callServer(deployment.url, "GET", "/healthz")).status).toBe(200);
    await expect
      .poll(async () => (await callServer(deployment.url, "GET", "/readyz")).json, { timeout: 10_000 })
      .toMatchObject({ ready: true, database: "ok", tick: "ok" });
    expect(await done("GET", "/buildinfo")).toMatchObject({ deployment_id: expect.any(String) });
    const document = await done("GET", "/openapi.json");
    expect(Object.keys(document["paths"] as object).length).toBeGreaterThan(60);
    const headers = { authorization: `Bearer ${metricsToken}` };
    const metrics = await callServer(deployment.url, "GET", "/metrics", { headers });
    expect(metrics.text).toMatch(/^belfry_tick_age_seconds /m);
  });

  test("accounts: roles, tokens and their scopes, suspension, signing out", async () => {
    expect(await done("GET", "/users/me")).toMatchObject({ username: "ada", roles: [{ name: "owner" }] });
    expect((await call("GET", "/users", { token: member })).status).toBe(403);
    await done("PUT", "/users/mia/roles", { roles: ["template-admin"] });
    expect(await done("GET", "/users?q=mia")).toMatchObject({
      count: 1,
      users: [{ username: "mia", roles: [{ name: "template-admin" }] }],
    });
    await done("PUT", "/users/mia/roles", { roles: [] });

    const { key } = await done("POST", "/users/me/keys/tokens", { token_name: "ci", scope: "notify" });
    expect((await call("GET", "/users/me", { token: key })).status).toBe(403);
    const grace = { email: "grace@example.com", username: "grace", password: "a-good-password-of-grace-9" };
    await done("POST", "/users", grace);
    const hers = await signIn(grace);
    await done("PUT", "/users/grace/status/suspend");
    expect((await call("GET", "/users/me", { token: hers })).status).toBe(401);
    const again = await signIn(mia);
    await done("POST", "/users/logout", undefined, { token: again });
    expect((await call("GET", "/users/me", { token: again })).status).toBe(401);
    expect(JSON.stringify(await done("GET", "/audit"))).toContain("suspend");
  });

  test("a notification reaches open inboxes by stream and socket, and the receiver signed, and can be read", async () => {
    const inbox = `${deployment.url}/api/v2/notifications/inbox`;
    const [stream, socket] = await Promise.all([
      openEvents(`${inbox}/events`, token),
      openFrames(`${inbox}/watch`, token),
    ]);
    await stream.ready;
    await send("Build *done*", "All **312** tests passed");
    await expect.poll(() => countOf("Build done"), { timeout: 10_000 }).toBe(1);
    const [arrival] = arrivalsOf("Build done");
    new Webhook(secret).verify(arrival!.body, arrival!.headers as Record<string, string>);
    expect(arrival!.json).toMatchObject({ body: "All 312 tests passed", title_markdown: "Build *done*" });
    expect((await socket.next()).notification.title).toBe("Build *done*");
    expect(frameOf(await stream.next())).toMatchObject({ notification: { title: "Build *done*" } });

    const { notifications, unread_count: unread } = await done("GET", "/notifications/inbox");
    const path = `/notifications/inbox/${notifications[0]!.id}/read-status` as const;
    expect((await done("PUT", path, { is_read: true })).unread_count).toBe(unread - 1);
    await done("PUT", "/notifications/inbox/mark-all-as-read");
    expect((await done("GET", "/notifications/inbox?read_status=unread")).notifications).toEqual([]);
    expect((await call("PUT", path, { token: member, json: { is_read: true } })).status).toBe(404);

    // What was missed in between comes first.
    stream.close();
    await send("Meanwhile");
    const resumed = await openEvents(`${inbox}/events`, token, stream.lastId());
    expect((await resumed.next()).data).toContain('"title":"Meanwhile"');
    for (const reader of [resumed, socket]) reader.close();
  });

  test("the inbox is paged and filtered", async () => {
    for (let index = 0; index < 30; index += 1) await send(`Page ${index}`);
    const { notifications } = await done("GET", "/notifications/inbox");
    expect(notifications).toHaveLength(25);
    const older = await done("GET", `/notifications/inbox?starting_before=${notifications.at(-1)!.id}`);
    expect(older.notifications.slice(0, 5).map((one) => one.title)).toEqual(
      [4, 3, 2, 1, 0].map((index) => `Page ${index}`),
    );
    await done("POST", "/notifications/test");
    const template = "c425f63e-716a-4bf4-ae24-78348f706c3f";
    const filtered = await done("GET", `/notifications/inbox?templates=${template}`);
    expect(filtered.notifications).toHaveLength(1);
  });

  test("a failed delivery is retried by a later tick, under the same id", async () => {
    receiver.answer(() => ({ status: countOf("Tried twice") < 2 ? 500 : 204 }));
    await send("Tried twice");
    await expect.poll(() => countOf("Tried twice"), { timeout: 20_000 }).toBe(2);
    receiver.answer({ status: 204 });
    const [first, second] = arrivalsOf("Tried twice");
    expect(second!.json.msg_id).toBe(first!.json.msg_id);
    const path = `/notifications/messages/${first!.json.msg_id}` as const;
    await expect.poll(async () => (await done("GET", path)).status, { timeout: 10_000 }).toBe("sent");
    expect((await done("GET", path)).attempts).toHaveLength(2);
  });

  test("while paused nothing is sent; after resuming it is; a disabled kind never is", async () => {
    await done("PUT", "/notifications/settings", { notifier_paused: true });
    await send("Held back");
    expect(await titles()).not.toContain("Held back");
    await done("PUT", "/notifications/settings", { notifier_paused: false });
    await expect.poll(() => countOf("Held back"), { timeout: 20_000 }).toBe(1);
    await expect.poll(() => titles(), { timeout: 10_000 }).toContain("Held back");
    const [custom] = await done("GET", "/notifications/templates/custom");
    const path = "/users/me/notifications/preferences";
    await done("PUT", path, { template_disabled_map: { [custom!.id]: true } });
    const off = await call("POST", "/notifications/custom", {
      token,
      json: { content: { title: "Off", message: "x" } },
    });
    expect(off.status).toBe(409);
    await done("PUT", path, { template_disabled_map: { [custom!.id]: false } });
  });

  test("errors have one shape, name the field, and are problem+json on request", async () => {
    const wrong = await call("POST", "/notifications/custom", { token, json: { content: { title: 1 } } });
    expect([wrong.status, wrong.json.validations!.length > 0]).toEqual([400, true]);
    const problem = await call("GET", "/nothing", { token, headers: { accept: "application/problem+json" } });
    expect([problem.status, problem.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    expect((await call("GET", "/users/me")).status).toBe(401);
    const text = { body: "x".repeat(1_100_000), token, headers: { "content-type": "application/json" } };
    expect((await call("POST", "/notifications/custom", text)).status).toBe(413);
    const foreign = { "sec-fetch-site": "cross-site", cookie: `coder_session_token=${token}` };
    expect((await call("POST", "/notifications/test", { headers: foreign })).status).toBe(403);
  });

  test("pages: signing in with a form, the inbox, documents, files with our headers", async () => {
    const page = (path: string, headers: Record<string, string> = {}) =>
      callServer(deployment.url, "GET", path, { headers: { ...asBrowser, ...headers } });
    expect((await page("/inbox")).headers.get("location")).toBe("/login?next=%2Finbox");
    const signedIn = await callServer(deployment.url, "POST", "/login", {
      body: new URLSearchParams({ email: owner.email, password: owner.password, next: "/inbox" }),
      headers: { ...asBrowser, "sec-fetch-site": "same-origin" },
    });
    expect(signedIn.status).toBe(303);
    const cookie = signedIn.headers.get("set-cookie")!.split(";")[0]!;
    const inbox = await page("/inbox", { cookie });
    expect([inbox.status, inbox.text.includes("Held back")]).toEqual([200, true]);
    expect((await page("/docs/install/node")).text).toContain("<h1");
    const style = await page("/assets/belfry.css");
    expect([
      style.status,
      style.headers.get("content-type"),
      style.headers.get("x-content-type-options"),
    ]).toEqual([200, expect.stringContaining("text/css"), "nosniff"]);
    expect((await page("/docs/nothing")).status).toBe(404);
  });

  test("passcodes: a forgotten password is reset with the code from the mail", async () => {
    await done("POST", "/users/otp/request", { email: mia.email }, { token: "" });
    await expect.poll(() => mail.mails.length, { timeout: 20_000 }).toBeGreaterThan(0);
    const code = /\b[A-Z0-9]{4}-\d{8}\b/.exec(mail.mails.at(-1)!.email.text ?? "")![0];
    const password = "seven-green-bottles-41";
    const change = { email: mia.email, one_time_passcode: code, password };
    await done("POST", "/users/otp/change-password", change, { token: "" });
    expect((await call("GET", "/users/me", { token: member })).status).toBe(401);
    member = await signIn({ ...mia, password });
    expect((await call("POST", "/users/otp/change-password", { json: change })).status).toBe(400);
  });

  describe("workspaces", () => {
    let provisioner: Record<string, string>;
    let template: { id: string; active_version_id: string };

    const provision = <Action extends string>(jobId: string, action: Action, json: unknown) =>
      done("POST", `/provisionerjobs/${jobId}/${action}`, json, { token: "", headers: provisioner });
    const acquire = async () => {
      const answer = await call("POST", "/provisionerdaemons/jobs/acquire?wait=0", {
        headers: provisioner,
        json: { name: "rack-1", acquire_id: randomUUID() },
      });
      return answer.status === 204 ? undefined : answer.json;
    };
    const completion = {
      resources: [
        { type: "docker_container", name: "dev", agents: [{ name: "main", apps: [{ slug: "claude" }] }] },
      ],
      ai_task: { prompt: "Fix the parser", sidebar_app_slug: "claude" },
    };
    const agent = (agentToken: string, method: string, path: string, json: unknown) =>
      done(method, `/workspaceagents/me/${path}`, json, { token: agentToken });
    /** Builds what waits, and reports its agent ready. */
    async function work() {
      const job = await acquire();
      if (job === undefined) return undefined;
      await provision(job.job_id, "heartbeat", {});
      await provision(job.job_id, "logs", [
        { level: "info", source: "provisioner", stage: "Building", output: "made" },
      ]);
      await provision(job.job_id, "complete", completion);
      await agent(job.agent_token, "POST", "report-lifecycle", { state: "ready" });
      return job;
    }

    beforeAll(async () => {
      const organization = "/organizations/default";
      const { key } = await done("POST", `${organization}/provisionerkeys`, { name: "rack-1" });
      provisioner = { "coder-provisioner-daemon-key": key };
      const preset = { name: "small", parameters: [], prebuilds: { instances: 1 } };
      const version = await done("POST", `${organization}/templateversions`, {
        name: "v1",
        has_ai_task: true,
        presets: [preset],
      });
      template = await done("POST", `${organization}/templates`, {
        name: "agents",
        template_version_id: version.id,
      });
    });

    test("a pool is filled by a reconciliation, claimed, and the resources that the claim destroys are notified", async () => {
      // Somebody waits for a job, which a pass makes.
      await expect.poll(async () => (await work())?.stage, { timeout: 20_000, interval: 300 }).toBe("create");
      const [pool] = await done("GET", "/prebuilds/presets");
      expect(pool).toMatchObject({ name: "small", desired: 1, eligible: 1 });
      const claimed = await done(
        "POST",
        "/users/me/workspaces",
        { name: "claimed", template_id: template.id, template_version_preset_id: pool!.id },
        { token: member },
      );
      expect(claimed.latest_build.reason).toBe("prebuild_claim");
      // Jobs of people come before those of pools.
      const job = await acquire();
      expect(job).toMatchObject({ stage: "claim", workspace: { name: "claimed", owner_name: "mia" } });
      const change = { actions: ["delete", "create"], replace_paths: [["image"]] };
      const plan = {
        format_version: "1.2",
        resource_changes: [{ address: "docker_container.dev", type: "docker_container", change }],
      };
      expect(await provision(job!.job_id, "plan", plan)).toEqual({
        replacements: [{ resource: "docker_container.dev", paths: ["image"] }],
      });
      await provision(job!.job_id, "complete", completion);
      await expect
        .poll(() => titles(), { timeout: 10_000 })
        .toContain("Resources replaced on claim: agents / small");
      const drift = await done("GET", `/templates/${template.id}/drift`);
      expect(JSON.stringify(drift)).toContain("docker_container.dev");
      await done("PUT", "/prebuilds/settings", { reconciliation_paused: true });
      while ((await work()) !== undefined);
    });

    test("a workspace is built, its agent's task notifies, and its pages show it", async () => {
      const made = await done(
        "POST",
        "/users/me/workspaces",
        { name: "web", template_version_id: template.active_version_id },
        { token: member },
      );
      const job = await work();
      expect(job!.workspace.name).toBe("web");
      const shown = await done("GET", `/workspaces/${made.id}`, undefined, { token: member });
      expect(shown.latest_build.status).toBe("running");
      const logs = await done("GET", `/workspacebuilds/${made.latest_build.id}/logs`, undefined, {
        token: member,
      });
      expect(logs).toMatchObject([{ output: "made" }]);
      for (const state of ["working", "idle"])
        await agent(job!.agent_token, "PATCH", "app-status", { app_slug: "claude", state, message: "m" });
      expect((await titles(member))[0]).toBe("Task waiting for you: Fix the parser");
      const { notifications } = await done("GET", "/notifications/inbox", undefined, { token: member });
      const [button] = notifications[0]!.actions;
      const page = await callServer(deployment.url, "GET", new URL(button!.url).pathname, {
        headers: { ...asBrowser, cookie: `coder_session_token=${member}` },
      });
      expect([page.status, page.text.includes("web")]).toEqual([200, true]);
      const stop = await done(
        "POST",
        `/workspaces/${made.id}/builds`,
        { transition: "stop" },
        { token: member },
      );
      expect(stop.transition).toBe("stop");
      await provision((await acquire())!.job_id, "fail", { error: "no space left" });
      expect(
        (await call("POST", `/provisionerjobs/${stop.id}/heartbeat`, { headers: provisioner, json: {} }))
          .status,
      ).toBe(409);
    });
  });
}
