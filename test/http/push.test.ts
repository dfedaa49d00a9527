// Push messages: browsers subscribe on the settings page, and a push service of the tests decrypts what it gets.
import { expect, test } from "vitest";
import { kinds } from "../../src/notifications/kinds/kinds.ts";
import { deliveryLog, switchKind } from "../support/inbox.ts";
import { cookieFor, get, placeOf, post, wordsOf } from "../support/pages.ts";
import { startPushService, type Browser } from "../support/push-service.ts";
import { addUser, secretKey, startTestServer, type TestServer } from "../support/server.ts";
import { coderMessage, coderUrl } from "../support/coder-messages.ts";
import { startReceiver } from "../support/receiver.ts";
import { startMailServer } from "../support/smtp.ts";
import { addSource, postMessage } from "../support/sources.ts";
import { startTask } from "../support/task.ts";

const settings = "/settings/notifications";

async function serverKeyOf(server: TestServer, cookie: string): Promise<string> {
  return /id="push"[^>]*data-key="([\w-]+)"/.exec((await get(server, settings, cookie)).text)![1]!;
}

async function subscribe(
  server: Pick<TestServer, "call">,
  cookie: string,
  { endpoint, p256dh, auth }: Browser,
  key: string,
) {
  return post(server as TestServer, "/settings/push", { endpoint, p256dh, auth, server_key: key }, cookie, {
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
  });
}

/** The owner of a task, with a browser that gets push messages. */
async function start(environment: Record<string, string> = {}) {
  const service = await startPushService();
  const task = await startTask({
    server: { environment: { BELFRY_NOTIFICATIONS_PUSH_SERVICES: service.url, ...environment } },
  });
  const { server, member, token } = task;
  const cookie = cookieFor(member.token);
  const key = await serverKeyOf(server, cookie);
  const browser = service.subscribe();
  expect((await subscribe(server, cookie, browser, key)).status).toBe(303);
  const report = async (state: string, message = "") => {
    expect((await task.status(state, message)).status).toBe(200);
    await server.settled();
  };
  const log = async () =>
    (await deliveryLog(server, token))
      .filter(({ method }) => method === "push")
      .map(({ status, reasons }) => `${status}: ${reasons.at(-1)}`);
  return { ...task, service, cookie, key, browser, report, log };
}

test("a browser gets warnings and what waits for its user, encrypted and signed", async () => {
  const { server, report, browser, service, key, member, log } = await start();
  await report("working");
  await report("idle", "Which of *the two*?");
  expect(browser.pushed).toHaveLength(1);
  const [{ headers, content, claims, key: used }] = browser.pushed as [Browser["pushed"][number]];
  const inbox = await server.call("GET", "/api/v2/notifications/inbox", { token: member.token });
  const { id } = inbox.json.notifications[0]!;
  expect(content).toMatchObject({
    title: "Task waiting for you: Fix the bug in the parser",
    body: expect.stringContaining("Which of *the two*?"),
    url: `/inbox?open=${id}#n-${id}`,
    tag: expect.stringMatching(/^[\w-]{32}$/),
  });
  expect(headers).toMatchObject({ ttl: "86400", urgency: "normal", topic: content.tag });
  expect(used).toBe(key);
  expect(claims).toEqual({
    aud: service.url,
    exp: Math.floor(server.clock.now() / 1_000) + 12 * 3_600,
    sub: expect.stringMatching(/^(https|mailto):/),
  });
  expect(await log()).toEqual(["sent: chosen_by_user"]);

  // At most one about the same thing in a minute.
  await report("failure");
  expect(browser.pushed).toHaveLength(1);
  server.clock.advance(60_001);
  await report("working");
  await report("failure");
  expect(browser.pushed.map(({ content: { title } }) => title)).toEqual([
    content.title,
    "Task failed: Fix the bug in the parser",
  ]);
});

test("who turned the kind off, or never subscribed, gets nothing", async () => {
  const { server, member, report, browser, log, service, key } = await start();
  const other = service.subscribe();
  const grace = await addUser(server, "grace");
  await subscribe(server, cookieFor(grace.token), other, key);
  await switchKind(server, member.token, "TemplateTaskIdle", false);
  await report("idle");
  expect([browser.pushed, other.pushed]).toEqual([[], []]);
  expect(await log()).toEqual(["inhibited: disabled_by_user"]);
});

test("while a page is visible nothing is pushed; once it is left or hidden, it is", async () => {
  const { server, cookie, report, browser, log } = await start();
  const watch = async (visible: string) => {
    const leaving = new AbortController();
    const stream = await fetch(`${server.url}/inbox/events?visible=${visible}`, {
      headers: { cookie },
      signal: leaving.signal,
    });
    const reader = stream.body!.getReader();
    await reader.read();
    return async () => {
      leaving.abort();
      await expect.poll(() => server.sql("SELECT id FROM visible_pages")).toEqual([]);
    };
  };
  const leave = await watch("1");
  await report("idle");
  expect(browser.pushed).toEqual([]);
  expect(await log()).toEqual(["inhibited: page_visible"]);
  await leave();
  await watch("0");
  server.clock.advance(61_000);
  await report("failure");
  expect(browser.pushed).toHaveLength(1);
});

test("a page that was lost counts for a minute", async () => {
  const { server, member, report, browser } = await start();
  await server.sql(
    `INSERT OR REPLACE INTO visible_pages VALUES ('lost', '${member.userId}', ${server.clock.now() + 60_000}) RETURNING id`,
  );
  await report("idle");
  expect(browser.pushed).toEqual([]);
  server.clock.advance(60_001);
  await report("failure");
  expect(browser.pushed).toHaveLength(1);
});

test.each([404, 410])(
  "a subscription that ends with %i is removed; another one still gets it",
  async (status) => {
    const { server, cookie, key, service, browser, report, log } = await start();
    const second = service.subscribe();
    await subscribe(server, cookie, second, key);
    browser.answer({ status });
    await report("idle");
    expect(second.pushed).toHaveLength(1);
    expect(await log()).toEqual(["sent: chosen_by_user"]);
    expect(await server.sql("SELECT endpoint FROM push_subscriptions")).toEqual([
      { endpoint: second.endpoint },
    ]);
    second.answer({ status });
    server.clock.advance(61_000);
    await report("failure");
    expect(await server.sql("SELECT endpoint FROM push_subscriptions")).toEqual([]);
    expect((await log()).at(-1)).toBe("inhibited: no_subscription");
  },
);

test("a service that is busy is asked again when it says", async () => {
  const { server, browser, report, log } = await start();
  browser.answer({ status: 429, headers: { "retry-after": "600" } });
  await report("idle");
  expect(await log()).toEqual(["temporary_failure: chosen_by_user"]);
  const [{ due_at: due }] = (await server.sql(
    "SELECT due_at FROM notification_messages WHERE method = 'push'",
  )) as [{ due_at: number }];
  expect(due).toBeGreaterThanOrEqual(server.clock.now() + 600_000);
  browser.answer({ status: 201 });
  server.clock.advance(900_000);
  await server.runTick();
  await server.settled();
  expect(await log()).toEqual(["sent: chosen_by_user"]);
});

test("the settings page lists the browsers, and turns one off", async () => {
  const { server, cookie, key, browser, service, report } = await start();
  const page = await get(server, settings, cookie);
  expect(wordsOf(page)).toContain("Firefox on Linux");
  expect(page.headers.get("content-security-policy")).toContain("worker-src 'self'");
  const id = /action="\/settings\/push\/([\w-]+)\/remove"/.exec(page.text)![1]!;
  // Not by somebody else.
  const grace = cookieFor((await addUser(server, "grace")).token);
  await post(server, `/settings/push/${id}/remove`, {}, grace);
  expect((await get(server, settings, cookie)).text).toContain(id);
  const removed = await post(server, `/settings/push/${id}/remove`, {}, cookie);
  expect(placeOf(removed)).toBe("/settings/notifications#push");
  await report("idle");
  expect(browser.pushed).toEqual([]);

  const refused = async (change: Partial<Browser>, sentKey = key) =>
    (await subscribe(server, cookie, { ...service.subscribe(), ...change }, sentKey)).status;
  expect(await refused({ endpoint: "http://127.0.0.1:1/x" })).toBe(400);
  expect(await refused({ endpoint: "https://evil.example.com/x" })).toBe(400);
  expect(await refused({ p256dh: "AAAA" })).toBe(400);
  expect(await refused({ auth: "AAAA" })).toBe(400);
  expect(await refused({}, "another")).toBe(400);
});

test("after the secret key was changed, a browser gets messages with the key that it knows", async () => {
  const { server, browser, report, key } = await start();
  const { BELFRY_NOTIFICATIONS_PUSH_SERVICES: services } = {
    BELFRY_NOTIFICATIONS_PUSH_SERVICES: new URL(browser.endpoint).origin,
  };
  await report("working");
  await server.stop();
  const next = await startTestServer({
    folder: server.folder,
    clock: server.clock,
    environment: {
      BELFRY_SECRET_KEY: Buffer.alloc(32, 9).toString("base64"),
      BELFRY_SECRET_KEY_PREVIOUS: secretKey,
      BELFRY_NOTIFICATIONS_PUSH_SERVICES: services,
    },
  });
  const { serverKeys } = await import("../../src/notifications/channels/push/access.ts");
  const keys = await serverKeys(next.deps());
  expect(keys.map(({ publicKey }) => publicKey)).toEqual([expect.not.stringContaining(key), key]);
});

test("a deployment without push services has none", async () => {
  const server = await startTestServer({ environment: { BELFRY_NOTIFICATIONS_PUSH_SERVICES: "off" } });
  const worker = await server.call("GET", "/service-worker.js");
  expect([worker.status, worker.headers.get("content-type")]).toEqual([
    200,
    "text/javascript; charset=utf-8",
  ]);
  expect(worker.headers.get("cache-control")).toBe("no-cache");
  expect(server.config.notifications.channels.push).toBeUndefined();
});

test("what a Coder deployment sends goes where our own does: inbox, search, browsers, mail, webhook and log", async () => {
  const [receiver, mail] = [await startReceiver(), await startMailServer()];
  const { server, token, member, browser, cookie } = await start({
    BELFRY_NOTIFICATIONS_METHOD: "webhook",
    BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
    BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${mail.port}`,
    BELFRY_EMAIL_FROM: "belfry@example.com",
    BELFRY_EMAIL_FORCE_TLS: "false",
  });
  const source = await addSource(server, token);
  const message = (name: keyof typeof kinds, title: string) =>
    coderMessage(
      {
        notification_template_id: kinds[name].id,
        notification_name: kinds[name].name,
        user_email: member.email,
        actions: [{ label: "View", url: `${coderUrl}/tasks/mia/parser` }],
      },
      { title, title_markdown: title },
    );
  const byMail = `/api/v2/notifications/templates/${kinds["workspace-deleted"].id}/method` as const;
  await server.call("PUT", byMail, { token, json: { method: "smtp" } });
  for (const each of [message("task-idle", "Task needle waits"), message("workspace-deleted", "Web is gone")])
    expect((await postMessage(server, source, each)).status).toBe(204);
  await server.settled();
  expect(browser.pushed.map(({ content }) => content.title)).toEqual(["Task needle waits"]);
  expect(receiver.arrivals.map(({ json }) => json.title)).toEqual(["Task needle waits"]);
  expect(mail.mails.map(({ email }) => email.subject)).toEqual(["Web is gone"]);
  expect(mail.mails[0]!.email.html).toContain(`${coderUrl}/tasks/mia/parser`);
  const found = await get(server, "/inbox?q=needle", cookie);
  expect(wordsOf(found)).toContain("Task needle waits");
  expect(wordsOf(found)).not.toContain("Web is gone");
  expect(found.text).toContain(`title="${coderUrl}/tasks/mia/parser"`);
  // Its workspace isn't here.
  expect(wordsOf(found)).not.toContain("Mute workspace");
  const sent = (await deliveryLog(server, token)).filter(
    ({ created_by: by, status }) => by === "source:prod" && status === "sent",
  );
  expect(sent.map(({ method }) => method).toSorted()).toEqual(["inbox", "inbox", "push", "smtp", "webhook"]);
});
