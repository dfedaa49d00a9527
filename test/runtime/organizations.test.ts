// Organizations of one process, each with its own database file: what is one's doesn't get to the other. With the databases on
// a server: namespaces.test.ts.
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { expect, test } from "vitest";
import { frameOf, openEvents } from "../support/events.ts";
import { organizationIds, ownersOf, startOrganizations, type Member } from "../support/organizations.ts";
import { startPools } from "../support/pools.ts";
import { temporaryFolder } from "../support/program.ts";
import { startReceiver } from "../support/receiver.ts";
import { addUser, callServer, startTestServer } from "../support/server.ts";

const files = async () => {
  const folder = await temporaryFolder();
  return [`file:${join(folder, "first.db")}`, `file:${join(folder, "second.db")}`] as const;
};

const titlesOf = (name: string) => Array.from({ length: 20 }, (_, at) => `${name} ${at}`);

test("each has its own requests, keys, deliveries and live inboxes", async () => {
  const receiver = await startReceiver();
  const { server, first, second } = await startOrganizations([...(await files())], {
    environment: {
      BELFRY_NOTIFICATIONS_METHOD: "webhook",
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
    },
  });
  const open = async ({ url, token }: Member) => {
    const stream = await openEvents(`${url}/api/v2/notifications/inbox/events`, token);
    await stream.ready;
    return stream;
  };
  const streams = [await open(first), await open(second)] as const;
  const sent = await Promise.all(
    titlesOf("of").flatMap((title) => [first.send(`first ${title}`), second.send(`second ${title}`)]),
  );
  expect(sent.map(({ status }) => status)).toEqual(sent.map(() => 204));
  const arrivals = await receiver.wait(40);
  for (const [name, member, stream] of [
    ["first", first, streams[0]],
    ["second", second, streams[1]],
  ] as const) {
    const own = titlesOf(`${name} of`).toSorted();
    expect((await member.titles()).toSorted()).toEqual(own);
    const live = [];
    while (live.length < own.length) live.push(frameOf(await stream.next()).notification.title);
    expect(live.toSorted()).toEqual(own);
    const delivered = arrivals.filter(({ json }) => json.payload.user_id === member.userId);
    expect(delivered.map(({ json }) => json.title).toSorted()).toEqual(own);
    expect(await ownersOf(member.sql)).toEqual({
      notification_events: [member.id],
      notification_messages: [member.id],
      inbox_notifications: [member.id],
    });
  }
  const path = "/api/v2/users/me";
  expect((await callServer(first.url, "GET", path, { token: second.token })).status).toBe(401);
  expect((await callServer(second.url, "GET", path, { token: second.token })).status).toBe(200);
  // `fetch` sets the header itself.
  const elsewhere = get(server.url + path, {
    headers: { host: "other.example.com", "coder-session-token": first.token },
  });
  const [answer] = (await once(elsewhere, "response")) as [IncomingMessage];
  answer.resume();
  expect(answer.statusCode).toBe(421);
});

test("a database that another organization was created with is refused", async () => {
  const [url] = await files();
  const start = (id: string) =>
    startTestServer({
      environment: { BELFRY_DATABASE_URL: url },
      organizations: (config) => ({ all: [{ id, config }] }),
    });
  await (await start(organizationIds[0])).stop();
  await expect(start(organizationIds[1])).rejects.toThrow(organizationIds[0]);
});

test("all rows of a notification say whose they are, however they were written", async () => {
  const [url] = await files();
  const receiver = await startReceiver();
  const [id] = organizationIds;
  const pools = await startPools(
    {},
    {
      environment: {
        BELFRY_DATABASE_URL: url,
        BELFRY_NOTIFICATIONS_METHOD: "webhook",
        BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
        BELFRY_WORKSPACE_PREBUILDS_FAILURE_HARD_LIMIT: "1",
      },
      organizations: (config) => ({ all: [{ id, config }] }),
    },
  );
  const { server, api } = pools;
  await addUser(server, "tess", ["template-admin"]);
  await pools.pass();
  await pools.fail();
  await pools.pass();
  await server.settled();
  // The end is a notification of its own, which SQL makes of the first.
  await api("POST", `/prebuilds/presets/${pools.presetId}/resume`);
  // The second is a duplicate, and the third waits for deliveries to go on: their rows are written in other ways.
  const send = (title: string) => api("POST", "/notifications/custom", { content: { title, message: "x" } });
  expect([(await send("twice")).status, (await send("twice")).status]).toEqual([204, 409]);
  await api("PUT", "/notifications/settings", { notifier_paused: true });
  await send("later");
  await api("PUT", "/notifications/settings", { notifier_paused: false });
  server.clock.advance(16 * 60_000);
  await server.runTick();
  await server.settled();
  const written = await server.sql(`SELECT DISTINCT t.name FROM notification_events e
    JOIN notification_templates t ON t.id = e.template_id`);
  expect(written.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["Situation Resolved", "Custom Notification"]),
  );
  const inInbox = await server.sql(`SELECT title FROM inbox_notifications`);
  expect(inInbox).toContainEqual({ title: "later" });
  const duplicates = `SELECT id FROM notification_messages WHERE reasons LIKE '%"duplicate"%'`;
  expect(await server.sql(duplicates)).not.toEqual([]);
  expect(await ownersOf(server.sql)).toEqual({
    notification_events: [id],
    notification_messages: [id],
    inbox_notifications: [id],
  });
});
