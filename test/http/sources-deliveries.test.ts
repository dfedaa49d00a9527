// Deliveries of a source that go wrong: answers are lost or come too late, many come at once to several servers, and Belfry's
// own webhook leads back to it. Each message becomes one notification.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { coderMessage } from "../support/coder-messages.ts";
import { startCoderd, type Fate } from "../support/coderd.ts";
import { inboxTitles } from "../support/inbox.ts";
import { copyNewDatabase } from "../support/new-database.ts";
import { freePort } from "../support/program.ts";
import { startReceiver } from "../support/receiver.ts";
import { addUser, firstMoment, signInFirst, startTestServer } from "../support/server.ts";
import { addSource, postMessage } from "../support/sources.ts";

const titled = (title: string, payload = {}) => coderMessage(payload, { title, title_markdown: title });
const stranger = { user_id: crypto.randomUUID(), user_email: "pia@example.com", user_username: "pia" };

test.each<[string, Fate[], attempts: number[]]>([
  ["every answer arrives", [], [1, 1, 1]],
  ["each first answer is lost", ["lost", "arrives", "lost", "arrives", "lost"], [2, 2, 2]],
  ["each first answer is late", ["late", "arrives", "late", "arrives", "late"], [2, 2, 2]],
  ["four answers are lost or late", ["lost", "late", "lost", "late"], [5, 1, 1]],
  ["no answer of the first ever arrives", ["lost", "late", "lost", "late", "lost"], [5, 1, 1]],
])("Coder's server sends again: %s", async (_name, fates, attempts) => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const mia = await addUser(server, "mia");
  const source = await addSource(server, token);
  const coderd = await startCoderd(source.address, fates);
  const ends = [
    await coderd.deliver(titled("First")),
    await coderd.deliver(titled("Second")),
    await coderd.deliver(titled("Unknown", stranger)),
  ];
  expect(ends.map((end) => end.attempts)).toEqual(attempts);
  expect(await inboxTitles(server, mia.token)).toEqual(["First", "Second"]);
  const [listed] = (await server.call("GET", "/api/v2/sources", { token })).json;
  expect(listed).toMatchObject({ received: 3, unmatched: 1, waiting: 1 });
});

test("20 deliveries of each message at once, to two servers of one database: every write sent twice", async () => {
  const folder = await mkdtemp(join(tmpdir(), "belfry-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await copyNewDatabase(join(folder, "belfry.db"), firstMoment);
  const receiver = await startReceiver();
  const environment = {
    BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
    BELFRY_NOTIFICATIONS_METHOD: "webhook",
  };
  const servers = [
    await startTestServer({ folder, adapter: "twice", environment }),
    await startTestServer({ folder, adapter: "twice", environment }),
  ] as const;
  const [server] = servers;
  const { token } = await signInFirst(server);
  const mia = await addUser(server, "mia");
  const source = await addSource(server, token);
  const messages = [
    titled("First"),
    titled("Second", { notification_template_id: crypto.randomUUID(), notification_name: "New" }),
    titled("Unknown", stranger),
  ];
  const answers = await Promise.all(
    messages.flatMap((message) =>
      Array.from({ length: 20 }, (_, at) => postMessage(servers[at % 2]!, source, message)),
    ),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
  expect((await inboxTitles(server, mia.token)).toSorted()).toEqual(["First", "Second"]);
  const arrived = await receiver.wait(2);
  for (const one of servers) await one.settled();
  expect(receiver.arrivals).toHaveLength(2);
  expect(arrived.map(({ json }) => json.title).toSorted()).toEqual(["First", "Second"]);
  expect((await server.call("GET", "/api/v2/sources", { token })).json[0]).toMatchObject({
    received: 3,
    unmatched: 1,
    waiting: 1,
  });
  const counts = await server.sql(`SELECT (SELECT count(*) FROM source_receipts) AS receipts,
    (SELECT count(*) FROM notification_events WHERE created_by = 'source:prod') AS events,
    (SELECT sum(missed_count) FROM source_people) AS missed,
    (SELECT sum(value) FROM counters WHERE name LIKE '%finished%' AND labels LIKE '%inbox%') AS finished`);
  expect(counts).toMatchObject([{ receipts: 3, events: 2, missed: 1 }]);
});

test("the webhook passes Coder's message on, with its own id and the text as it was", async () => {
  const receiver = await startReceiver();
  const server = await startTestServer({
    environment: {
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
      BELFRY_NOTIFICATIONS_METHOD: "webhook",
    },
  });
  const { token } = await signInFirst(server);
  await addUser(server, "mia");
  const source = await addSource(server, token);
  const data = { nested: [{ a: 1 }] };
  const kind = { notification_template_id: crypto.randomUUID(), notification_name: "Chat Shared" };
  const message = coderMessage({ ...kind, data });
  expect((await postMessage(server, source, message)).status).toBe(204);
  const [{ json, headers }] = (await receiver.wait(1)) as [Awaited<ReturnType<typeof receiver.wait>>[number]];
  const { title, title_markdown, body, body_markdown } = message;
  expect(json).toMatchObject({ _version: "1.1", title, title_markdown, body, body_markdown });
  expect(json.payload).toMatchObject({
    notification_name: message.payload.notification_name,
    notification_template_id: message.payload.notification_template_id,
    user_username: "mia",
    actions: message.payload.actions,
    labels: message.payload.labels,
    targets: message.payload.targets,
    data,
  });
  expect(headers["x-message-id"]).not.toBe(message.msg_id);
});

test("Belfry's own webhook can't lead to a source: its messages are refused, and owners are notified", async () => {
  const folder = await mkdtemp(join(tmpdir(), "belfry-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await copyNewDatabase(join(folder, "belfry.db"), firstMoment);
  const address = `127.0.0.1:${await freePort()}`;
  const own = { BELFRY_HTTP_ADDRESS: address, BELFRY_ACCESS_URL: `http://${address}` };
  const first = await startTestServer({ folder, environment: own });
  const { token } = await signInFirst(first);
  const source = await addSource(first, token);
  await first.stop();
  const server = await startTestServer({
    folder,
    environment: {
      ...own,
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: source.address,
      BELFRY_NOTIFICATIONS_METHOD: "webhook",
    },
  });
  const json = { content: { title: "Round", message: "and round" } };
  expect((await server.call("POST", "/api/v2/notifications/custom", { token, json })).status).toBe(204);
  await server.settled();
  const log = (await server.call("GET", "/api/v2/notifications/messages", { token })).json.messages;
  const sent = log.find(
    ({ method, template }) => method === "webhook" && template.name === "Custom Notification",
  )!;
  expect(sent).toMatchObject({ status: "permanent_failure" });
  expect(JSON.stringify(sent)).toContain("answered 410 Gone");
  expect((await server.call("GET", "/api/v2/sources", { token })).json[0]).toMatchObject({ received: 0 });
  expect(await inboxTitles(server, token)).toContain("Round");
  expect((await inboxTitles(server, token)).some((title) => /stopped/i.test(title))).toBe(true);
  // Through something that hides who sends, its own ids give it away.
  const hidden = await postMessage(server, source, { ...coderMessage(), msg_id: sent.id });
  expect([hidden.status, hidden.json.message]).toEqual([
    410,
    "This is Belfry's own notification, not Coder's.",
  ]);
});
