// The way out: webhooks on real sockets, retries, leases, pause, and what the log says.
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { dispatch } from "../../src/notifications/delivery/dispatch.ts";
import { tick } from "../../src/tick.ts";
import { allNotices, deliveryLog } from "../support/inbox.ts";
import { copyNewDatabase } from "../support/new-database.ts";
import { cookieFor, get, wordsOf } from "../support/pages.ts";
import { temporaryFolder } from "../support/program.ts";
import { startReceiver, type Arrival } from "../support/receiver.ts";
import { startMailServer } from "../support/smtp.ts";
import {
  addUser,
  createClock,
  owner,
  signInFirst,
  startTestServer,
  type TestClock,
  type TestServer,
} from "../support/server.ts";
import { countRows, resumeElsewhere } from "../support/stored.ts";

const inboxQueue = { method: "inbox", receiverId: null };
const webhookQueue = { method: "webhook", receiverId: null };

const secret = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;

async function start(environment: Record<string, string> = {}) {
  const receiver = await startReceiver();
  const server = await startTestServer({
    environment: { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url, ...environment },
  });
  return { server, receiver, ...(await signInFirst(server)) };
}

const send = (server: TestServer, token: string, title: string) =>
  server.call("POST", "/api/v2/notifications/custom", {
    token,
    json: { content: { title, message: "*All* green" } },
  });

/** Sends what is due and answers how many attempts came of it; the nudges of earlier answers are over before. */
async function pass(server: TestServer) {
  await server.settled();
  return dispatch(server.deps());
}

const failures = (server: TestServer) =>
  server.logs.filter((line) => line.includes("could not be delivered"));

test("a delivery that serves several requests logs none of their ids", async () => {
  const { server, receiver, token } = await start();
  let status = 500;
  receiver.answer(() => ({ status: (status += 1) }));
  const answers = await Promise.all(["one", "two"].map((title) => send(server, token, title)));
  await receiver.wait(2);
  await server.settled();
  const lines = failures(server);
  expect(lines).toHaveLength(2);
  for (const { headers } of answers) {
    const requestId = headers.get("x-request-id")!;
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(lines.filter((line) => line.includes(requestId))).toEqual([]);
  }
});

describe("a webhook", () => {
  test("has Coder's envelope and a signature that the reference library accepts", async () => {
    const { server, receiver, token, userId } = await start({ BELFRY_NOTIFICATIONS_WEBHOOK_SECRET: secret });
    await send(server, token, "Build <done> & [dusted](http://a.example)");
    const [arrival] = await receiver.wait(1);
    const { headers, body, json } = arrival!;
    expect(json).toEqual({
      _version: "1.1",
      msg_id: headers["x-message-id"],
      payload: {
        _version: "1.2",
        notification_name: "Custom Notification",
        notification_template_id: "39b1e189-c857-4b0c-877a-511144c18516",
        user_id: userId,
        user_email: owner.email,
        user_name: "Ada Lovelace",
        user_username: "ada",
        actions: [],
        labels: { custom_title: "Build <done> & [dusted](http://a.example)", custom_message: "*All* green" },
        data: { dedupe_bypass_ts: "2026-11-21T10:00:00Z" },
        targets: null,
      },
      title: "Build <done> & dusted (http://a.example)",
      title_markdown: "Build <done> & [dusted](http://a.example)",
      body: "All green",
      body_markdown: "*All* green",
    });
    expect(headers).toMatchObject({ "content-type": "application/json", "webhook-id": json.msg_id });
    expect(headers["webhook-timestamp"]).toBe(String(Math.floor(server.clock.now() / 1_000)));
    // The library has the real clock and the server the test's: only the signature is verified.
    const signed = new Webhook(secret).sign(
      json.msg_id,
      new Date(Number(headers["webhook-timestamp"]) * 1_000),
      body,
    );
    expect(headers["webhook-signature"]).toBe(signed);
  });

  test("is delivered right after the response, without a tick", async () => {
    const { server, receiver, token } = await start();
    await Promise.all(Array.from({ length: 30 }, (_, index) => send(server, token, `Build ${index}`)));
    const arrivals = await receiver.wait(30);
    expect(new Set(arrivals.map(({ json }) => json.msg_id)).size).toBe(30);
    await server.settled();
    expect(await pass(server)).toEqual({ claimed: 0, sent: 0, failed: 0 });
  });

  test("that fails is retried with growing delays under the same id, five attempts in all", async () => {
    const { server, receiver, token } = await start();
    receiver.answer({ status: 500 });
    await send(server, token, "Build done");
    await receiver.wait(1);
    for (const wait of [36_000, 144_000, 576_000, 2_304_000]) {
      expect((await pass(server)).claimed).toBe(0);
      server.clock.advance(wait);
      expect((await pass(server)).failed).toBe(1);
    }
    server.clock.advance(86_400_000);
    expect((await pass(server)).claimed).toBe(0);
    expect(receiver.arrivals).toHaveLength(5);
    expect(new Set(receiver.arrivals.map(({ json }) => json.msg_id)).size).toBe(1);
    const states = await deliveryLog(server, token);
    expect(states).toMatchObject([
      {
        status: "permanent_failure",
        attempt_count: 5,
        reasons: expect.arrayContaining(["attempts_exhausted"]),
      },
      { method: "inbox", status: "sent" },
    ]);
  });

  test("that is accepted at the second attempt is sent no more", async () => {
    const { server, receiver, token } = await start();
    receiver.answer({ status: 503, headers: { "retry-after": "300" } });
    await send(server, token, "Build done");
    await receiver.wait(1);
    await server.settled();
    receiver.answer({ status: 200 });
    server.clock.advance(200_000);
    expect((await pass(server)).claimed).toBe(0);
    server.clock.advance(100_001);
    expect((await pass(server)).sent).toBe(1);
    expect(receiver.arrivals.map(({ json }) => json.msg_id)[0]).toBe(receiver.arrivals[1]!.json.msg_id);
    const attempts = await server.attempts();
    expect(attempts).toMatchObject([
      { number: 1, outcome: "temporary_failure", detail: "answered 503" },
      { number: 2, outcome: "sent", detail: "answered 200" },
    ]);
  });

  test("with a name and a password in its address shows them to the receiver alone", async () => {
    const receiver = await startReceiver();
    const endpoint = receiver.url.replace("//", "//hook:p%40ss-word-42@");
    const server = await startTestServer({
      environment: { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: endpoint },
    });
    const basic = Buffer.from("hook:p@ss-word-42").toString("base64");
    const { token } = await signInFirst(server);
    receiver.answer({ status: 401 });
    await send(server, token, "Build done");
    const [{ headers }] = (await receiver.wait(1)) as [Arrival];
    expect(headers.authorization).toBe(`Basic ${basic}`);
    await server.settled();
    const shown = [...server.logs, JSON.stringify(await server.attempts())];
    for (const path of [
      "/deployment/notifications",
      "/inbox",
      "/metrics",
      "/readyz",
      "/api/v2/notifications/messages",
    ])
      shown.push((await server.call("GET", path, { token })).text);
    expect(shown.join("\n")).toContain("answered 401");
    expect(shown.join("\n")).not.toMatch(/ss-word-42|hook:/);
    expect(shown.join("\n")).not.toContain(basic);
  });

  test("does not follow redirects", async () => {
    const { server, receiver, token } = await start();
    const elsewhere = await startReceiver();
    receiver.answer({ status: 302, headers: { location: elsewhere.url } });
    await send(server, token, "Build done");
    await receiver.wait(1);
    await server.settled();
    expect(elsewhere.arrivals).toEqual([]);
    expect((await deliveryLog(server, token))[0]).toMatchObject({ status: "temporary_failure" });
  });

  test("answered 410 disables the endpoint, until a test notification is accepted", async () => {
    const { server, receiver, token } = await start();
    receiver.answer({ status: 410 });
    await send(server, token, "one");
    await receiver.wait(1);
    await server.settled();
    await send(server, token, "two");
    await server.settled();
    expect(receiver.arrivals).toHaveLength(1);
    expect((await deliveryLog(server, token)).filter(({ method }) => method === "webhook")).toMatchObject([
      { status: "permanent_failure", reasons: expect.arrayContaining(["endpoint_gone"]) },
      // That it is gone, which owners see in their inbox.
      { status: "inhibited", reasons: expect.arrayContaining(["endpoint_gone"]) },
      { status: "permanent_failure", reasons: expect.arrayContaining(["endpoint_gone"]) },
    ]);
    receiver.answer({ status: 200 });
    await server.call("POST", "/api/v2/notifications/test", { token });
    await receiver.wait(2);
    await server.settled();
    await send(server, token, "three");
    await receiver.wait(3);
  });

  test("without a listener fails temporarily, with the reason", async () => {
    const { server, receiver, token } = await start();
    await receiver.close();
    await send(server, token, "Build done");
    await server.settled();
    expect(await server.attempts()).toMatchObject([
      { outcome: "temporary_failure", detail: expect.stringContaining("ECONNREFUSED") },
    ]);
  });

  test("to a receiver that never answers fails after the timeout", async () => {
    const { server, receiver, token } = await start({ BELFRY_NOTIFICATIONS_DISPATCH_TIMEOUT: "200ms" });
    let release = (_: { status: number }) => {};
    receiver.answer(() => new Promise((resolve) => (release = resolve)));
    await send(server, token, "Build done");
    await server.settled();
    expect(await server.attempts()).toMatchObject([
      { outcome: "temporary_failure", detail: "no answer in time" },
    ]);
    release({ status: 200 });
  });
});

describe("before it is sent", () => {
  test("a message to a user suspended since is withheld, with the reason", async () => {
    const { server, receiver, token } = await start();
    const grace = await addUser(server, "grace");
    await server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: true } });
    await send(server, grace.token, "hers");
    await server.call("PUT", "/api/v2/users/grace/status/suspend", { token });
    await server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: false } });
    await pass(server);
    expect(receiver.arrivals.filter(({ json }) => json.title === "hers")).toEqual([]);
    const hers = (await allNotices(server)).filter(({ key }) => key === "TemplateCustomNotification");
    expect(hers.length).toBeGreaterThan(0);
    for (const message of hers) {
      expect(message).toMatchObject({
        status: "inhibited",
        reasons: expect.arrayContaining(["suspended_user"]),
      });
    }
  });

  test("a kind that the user has disabled since is withheld", async () => {
    const { server, receiver, token } = await start();
    await server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: true } });
    await send(server, token, "Build done");
    await server.call("PUT", "/api/v2/users/me/notifications/preferences", {
      token,
      json: { template_disabled_map: { "39b1e189-c857-4b0c-877a-511144c18516": true } },
    });
    await server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: false } });
    await pass(server);
    expect(receiver.arrivals).toEqual([]);
    for (const message of await deliveryLog(server, token)) {
      expect(message).toMatchObject({
        status: "inhibited",
        reasons: expect.arrayContaining(["disabled_by_user"]),
      });
    }
  });
});

describe("resuming", () => {
  test("sends delayed messages at once, by each channel", async () => {
    const { server, receiver, token } = await start();
    const pause = (paused: boolean) =>
      server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: paused } });
    await pause(true);
    await send(server, token, "Build done");
    await server.settled();
    expect((await deliveryLog(server, token)).map(({ status }) => status)).toEqual(["pending", "pending"]);
    await pause(false);
    expect((await receiver.wait(1))[0]!.json.title).toBe("Build done");
    await server.settled();
    expect((await deliveryLog(server, token)).map(({ status }) => status)).toEqual(["sent", "sent"]);
  });
});

describe("a receiver that takes the connection and never answers", () => {
  test("delays no other channel, no other step of the tick, and no readiness check", async () => {
    const mail = await startMailServer();
    const { server, receiver, token } = await start({
      BELFRY_NOTIFICATIONS_METHOD: "webhook",
      BELFRY_NOTIFICATIONS_DISPATCH_TIMEOUT: "100s",
      BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${mail.port}`,
      BELFRY_EMAIL_FROM: "belfry@example.com",
      BELFRY_EMAIL_FORCE_TLS: "false",
    });
    const releases: ((reply: { status: number }) => void)[] = [];
    receiver.answer(() => new Promise((resolve) => releases.push(resolve)));
    const put = (path: string, json: object) =>
      server.call("PUT", `/api/v2/notifications/${path}`, { token, json });
    const kind = "templates/c425f63e-716a-4bf4-ae24-78348f706c3f/method";
    expect((await put(kind, { method: "smtp" })).status).toBe(200);
    // More than it sends at a time, by the queue and by what follows an answer.
    await put("settings", { notifier_paused: true });
    for (let index = 0; index < 55; index += 1) await send(server, token, `Build ${index}`);
    await put("settings", { notifier_paused: false });
    await receiver.wait(50);
    for (let index = 55; index < 65; index += 1) await send(server, token, `Build ${index}`);

    const test = () => server.call("POST", "/api/v2/notifications/test", { token, json: {} });
    expect((await test()).status).toBe(204);
    await mail.received(1);
    await put("settings", { notifier_paused: true });
    expect((await test()).status).toBe(204);
    await resumeElsewhere(server);
    server.clock.advance(10_000);
    const passed = new Promise<void>((resolve) => void tick(server.deps(), { onStepsDone: resolve }));
    await passed;
    await mail.received(2);
    expect((await server.call("GET", "/readyz")).status).toBe(200);
    const ended = (await deliveryLog(server, token)).filter(
      ({ method, next_try_at }) => method === "webhook" && next_try_at === null,
    );
    expect(ended).toEqual([]);
    receiver.answer({ status: 204 });
    for (const release of releases) release({ status: 204 });
    await server.settled();
    await server.runTick();
    expect(new Set((await deliveryLog(server, token)).map(({ status }) => status))).toEqual(
      new Set(["sent"]),
    );
    expect(receiver.arrivals).toHaveLength(65);
  });
});

describe("leases", () => {
  test("two dispatchers at once send each message once", async () => {
    const { server, receiver, token } = await start();
    await server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: true } });
    for (let index = 0; index < 120; index += 1) await send(server, token, `Build ${index}`);
    await server.settled();
    await server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: false } });
    const deps = server.deps();
    const alone = () => ({ ...deps, process: { ...deps.process, claiming: new Set<string>() } });
    await Promise.all([1, 2, 3].map(() => dispatch(alone())));
    await server.settled();
    expect(new Set((await deliveryLog(server, token)).map(({ status }) => status))).toEqual(
      new Set(["sent"]),
    );
    expect(await server.attempts()).toHaveLength(240);
    expect(new Set(receiver.arrivals.map(({ json }) => json.msg_id)).size).toBe(120);
    expect(receiver.arrivals).toHaveLength(120);
  });

  test("a platform's limits end a dispatch early, and the next one continues", async () => {
    const { server, token } = await start();
    await server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: true } });
    for (let index = 0; index < 10; index += 1) await send(server, token, `Build ${index}`);
    await server.settled();
    await resumeElsewhere(server);
    const deps = server.deps();
    const limited = (dispatchLimits: { messages: number; time: number }) =>
      dispatch(
        { ...deps, process: { ...deps.process, dispatchLimits } },
        { queues: [inboxQueue, webhookQueue] },
      );
    // Each notification is two messages, the inbox's and the webhook's.
    expect((await limited({ messages: 8, time: 1_000 })).sent).toBe(8);
    expect((await limited({ messages: 8, time: 0 })).sent).toBe(0);
    expect((await limited({ messages: 8, time: 1_000 })).sent).toBe(8);
    expect((await limited({ messages: 8, time: 1_000 })).sent).toBe(4);
  });

  test("an expired lease's message is sent again; the late result changes nothing", async () => {
    const { server, receiver, token } = await start({ BELFRY_NOTIFICATIONS_LEASE_PERIOD: "20s" });
    let release = (_: { status: number }) => {};
    receiver.answer(() => new Promise((resolve) => (release = resolve)));
    await send(server, token, "Build done");
    await receiver.wait(1);
    const releaseFirst = release;
    const { id } = (await deliveryLog(server, token))[0]!;
    const shown = async () => {
      const { json } = await server.call("GET", `/api/v2/notifications/messages/${id}`, { token });
      return json.attempts.map(({ number, outcome }) => [number, outcome]);
    };
    expect(await shown()).toEqual([[1, "started"]]);
    const secondAnswer = Promise.withResolvers<{ status: number }>();
    receiver.answer(() => secondAnswer.promise);
    server.clock.advance(20_001);
    const second = dispatch(server.deps());
    await receiver.wait(2);
    expect(await shown()).toEqual([
      [1, "started"],
      [2, "started"],
    ]);
    const page = wordsOf(await get(server, `/deployment/notifications/messages/${id}`, cookieFor(token)));
    expect(page).toMatch(/Attempt 1 .* interrupted .*Attempt 2 .* in progress/);
    secondAnswer.resolve({ status: 200 });
    expect(await second).toMatchObject({ sent: 1 });
    releaseFirst({ status: 500 });
    await server.settled();
    expect((await deliveryLog(server, token))[0]).toMatchObject({
      status: "sent",
      attempt_count: 2,
      next_try_at: null,
    });
    expect(await server.attempts()).toMatchObject([
      { number: 1, outcome: "temporary_failure" },
      { number: 2, outcome: "sent" },
    ]);
  });

  /** Two servers on one database, the first of which is sending a message to a receiver that doesn't answer yet. */
  async function startTwo(more: Record<string, string>, clock: TestClock) {
    const [receiver, folder] = [await startReceiver(), await temporaryFolder()];
    const environment = { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url, ...more };
    await copyNewDatabase(join(folder, "belfry.db"), clock.now());
    const holder = await startTestServer({ folder, clock, environment });
    const other = await startTestServer({ folder, clock, environment });
    const { token } = await signInFirst(holder);
    let release = (_: { status: number }) => {};
    receiver.answer(() => new Promise((resolve) => (release = resolve)));
    await send(holder, token, "Build done");
    await receiver.wait(1);
    const releaseFirst = release;
    receiver.answer({ status: 200 });
    return { holder, other, token, receiver, release: releaseFirst };
  }

  test("are renewed for as long as their holder lives", async () => {
    const { other, holder, token, receiver, release } = await startTwo(
      { BELFRY_NOTIFICATIONS_LEASE_PERIOD: "8s", BELFRY_NOTIFICATIONS_DISPATCH_TIMEOUT: "7s" },
      { now: Date.now, advance: () => undefined },
    );
    const end = async () =>
      Math.max(
        ...(await deliveryLog(other, token)).map(({ next_try_at: at }) => Date.parse(at ?? "1970-01-01")),
      );
    const first = await end();
    // A lease has a second here: the first one would be over.
    await expect.poll(end, { timeout: 10_000 }).toBeGreaterThan(first + 1_000);
    expect(await dispatch(other.deps())).toMatchObject({ claimed: 0 });
    release({ status: 200 });
    await holder.settled();
    expect((await deliveryLog(other, token))[0]).toMatchObject({ status: "sent", attempt_count: 1 });
    expect(receiver.arrivals).toHaveLength(1);
  });

  test("expire 15 s after their holder's last renewal, for other processes only", async () => {
    const clock = createClock();
    const { other, holder, token, receiver, release } = await startTwo({}, clock);
    clock.advance(14_999);
    expect(await dispatch(other.deps())).toMatchObject({ claimed: 0 });
    clock.advance(1);
    expect(await dispatch(holder.deps())).toMatchObject({ claimed: 0 });
    expect(await dispatch(other.deps())).toMatchObject({ claimed: 1, sent: 1 });
    release({ status: 500 });
    await holder.settled();
    expect((await deliveryLog(other, token))[0]).toMatchObject({
      status: "sent",
      attempt_count: 2,
      next_try_at: null,
    });
    expect(receiver.arrivals).toHaveLength(2);
  });

  test("a message whose every attempt was cut off is not retried forever", async () => {
    const { server, receiver, token } = await start({ BELFRY_NOTIFICATIONS_MAX_SEND_ATTEMPTS: "2" });
    receiver.answer({ status: 500 });
    await send(server, token, "Build done");
    await server.settled();
    await server.sql(
      "UPDATE notification_messages SET status = 'leased', lease_token = 'lost', attempt_count = 2, due_at = 1 WHERE method = 'webhook'",
    );
    expect(await pass(server)).toMatchObject({ claimed: 1, failed: 1 });
    expect((await deliveryLog(server, token))[0]).toMatchObject({
      status: "permanent_failure",
      reasons: expect.arrayContaining(["attempts_exhausted"]),
    });
    expect(receiver.arrivals).toHaveLength(1);
  });

  test("a server that stops claims no messages and finishes its deliveries", async () => {
    const { server, receiver, token } = await start();
    let release = (_: { status: number }) => {};
    receiver.answer(() => new Promise((resolve) => (release = resolve)));
    await send(server, token, "Build done");
    await receiver.wait(1);
    const stopped = server.stop();
    release({ status: 200 });
    await stopped;
    const again = await startTestServer({ folder: server.folder, clock: server.clock });
    expect((await again.messages())[0]).toMatchObject({ status: "sent" });
  });
});

describe("the log", () => {
  test("reports a failing receiver once a minute, with the details and a count", async () => {
    const { server, receiver, token } = await start();
    receiver.answer({ status: 500 });
    for (let index = 0; index < 5; index += 1) await send(server, token, `Build ${index}`);
    await receiver.wait(5);
    await server.settled();
    expect(failures(server)).toHaveLength(1);
    const entry = JSON.parse(failures(server)[0]!);
    expect(entry).toMatchObject({
      level: "warn",
      method: "webhook",
      host: new URL(receiver.url).host,
      answer: "answered 500",
      next_try: expect.stringMatching(/^2026-11-21T10:00/),
      message_id: expect.any(String),
    });
    server.clock.advance(61_000);
    await send(server, token, "Build 6");
    await receiver.wait(6);
    await server.settled();
    expect(JSON.parse(failures(server)[1]!)).toMatchObject({ same_before: 4 });
  });

  test("of a healthy server is silent", async () => {
    const { server, receiver, token } = await start();
    await send(server, token, "Build done");
    await receiver.wait(1);
    await server.runTick();
    await server.settled();
    expect(server.logs).toEqual([]);
  });
});

describe("retention", () => {
  test("deletes messages, attempts, events and read notifications when they expire, and not earlier", async () => {
    const { server, receiver, token } = await start({
      BELFRY_NOTIFICATIONS_MESSAGE_RETENTION: "7d",
      BELFRY_NOTIFICATIONS_INBOX_RETENTION: "14d",
    });
    const counts = async () =>
      Promise.all(
        ["notification_events", "notification_messages", "notification_attempts", "inbox_notifications"].map(
          (table) => countRows(server, table),
        ),
      );
    await send(server, token, "Build done");
    await receiver.wait(1);
    await server.settled();
    server.clock.advance(3_600_000);
    await send(server, token, "Build failed");
    await receiver.wait(2);
    await server.settled();
    server.clock.advance(7 * 86_400_000 - 3_600_000 - 1_000);
    await server.runTick();
    expect(await counts()).toEqual([2, 4, 2, 2]);
    server.clock.advance(2_000);
    await server.runTick();
    expect(await counts()).toEqual([1, 2, 1, 2]);
    // The newest of both stays: its number isn't given a second time.
    server.clock.advance(14 * 86_400_000);
    await server.runTick();
    expect(await counts()).toEqual([1, 1, 0, 1]);
  });
});
