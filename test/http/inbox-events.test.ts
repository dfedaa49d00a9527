// The live inbox: server-sent events that lose and double nothing.
import { expect, test } from "vitest";
import { frameOf, openEvents } from "../support/events.ts";
import { addUser, signInFirst, startTestServer, type TestServer } from "../support/server.ts";

const send = (server: TestServer, token: string, title: string) =>
  server.call("POST", "/api/v2/notifications/custom", { token, json: { content: { title, message: "x" } } });

async function start() {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  return { server, token, url: `${server.url}/api/v2/notifications/inbox/events` };
}

const titleOf = (event: { data: string }) => frameOf(event).notification.title;

test("a new notification is streamed with the count, to its own user only", async () => {
  const { server, token, url } = await start();
  const grace = await addUser(server, "grace");
  const [hers, mine] = [await openEvents(url, grace.token), await openEvents(url, token)];
  await Promise.all([hers.ready, mine.ready]);
  await send(server, grace.token, "hers");
  await send(server, token, "mine");
  const event = await mine.next();
  expect(event.event).toBe("notification");
  expect(frameOf(event)).toMatchObject({
    notification: { title: "mine", read_at: null },
    unread_count: 1,
  });
  expect(titleOf(await hers.next())).toBe("hers");
});

test("missed notifications are sent after resuming, in order, once", async () => {
  const { server, token, url } = await start();
  const first = await openEvents(url, token);
  await first.ready;
  await send(server, token, "one");
  await first.next();
  first.close();
  for (const title of ["two", "three"]) await send(server, token, title);
  const second = await openEvents(url, token, first.lastId());
  await second.ready;
  await send(server, token, "four");
  expect([titleOf(await second.next()), titleOf(await second.next()), titleOf(await second.next())]).toEqual([
    "two",
    "three",
    "four",
  ]);
});

test("a reader who saw nothing yet can resume too", async () => {
  const { server, token, url } = await start();
  await send(server, token, "before");
  const first = await openEvents(url, token);
  await first.ready;
  first.close();
  await send(server, token, "meanwhile");
  const second = await openEvents(url, token, first.lastId());
  expect(titleOf(await second.next())).toBe("meanwhile");
});

test("only notifications that match the filter are streamed", async () => {
  const { server, token, url } = await start();
  const stream = await openEvents(`${url}?templates=c425f63e-716a-4bf4-ae24-78348f706c3f`, token);
  await stream.ready;
  await send(server, token, "not this");
  await server.call("POST", "/api/v2/notifications/test", { token });
  expect(titleOf(await stream.next())).toMatch(/^Test/);
});

test("many readers and a burst: each sees everything once, in the order of the inbox", async () => {
  const { server, token, url } = await start();
  const streams = await Promise.all(Array.from({ length: 20 }, () => openEvents(url, token)));
  await Promise.all(streams.map((stream) => stream.ready));
  await Promise.all(Array.from({ length: 50 }, (_, index) => send(server, token, `Build ${index}`)));
  const seen = await Promise.all(
    streams.map(async (stream) => {
      const titles: string[] = [];
      while (titles.length < 50) titles.push(titleOf(await stream.next()));
      return titles;
    }),
  );
  expect(new Set(seen[0]).size).toBe(50);
  for (const titles of seen) expect(titles).toEqual(seen[0]);
});

test("without a key, or with an invalid query, there is an error and no stream", async () => {
  const { server, token } = await start();
  expect((await server.call("GET", "/api/v2/notifications/inbox/events")).status).toBe(401);
  const answer = await server.call("GET", "/api/v2/notifications/inbox/events?read_status=some", { token });
  expect(answer.status).toBe(400);
});

test("the stream ends when the server stops", async () => {
  const { server, token, url } = await start();
  const stream = await openEvents(url, token);
  await stream.ready;
  await server.stop();
  await stream.ended;
});
