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

const changed = async (stream: { next: () => Promise<{ event: string; data: string }> }) => {
  const { event, data } = await stream.next();
  expect(event).toBe("change");
  return JSON.parse(data) as {
    changed: { id: string; is_read: boolean; is_done: boolean }[];
    is_complete: boolean;
    unread_count: number;
  };
};

test("what is read, done or moved back is streamed with the count, to its own user only", async () => {
  const { server, token, url } = await start();
  const grace = await addUser(server, "grace");
  await send(server, token, "one");
  await send(server, token, "two");
  await send(server, grace.token, "hers");
  const inbox = await server.call("GET", "/api/v2/notifications/inbox", { token });
  const [two, one] = inbox.json.notifications.map(({ id }) => id);
  const mine = await openEvents(url, token);
  const hers = await openEvents(url, grace.token);
  await Promise.all([mine.ready, hers.ready]);
  const put = (id: string, path: string, json: unknown) =>
    server.call("PUT", `/api/v2/notifications/inbox/${id}/${path}`, { token, json });

  await put(one!, "read-status", { is_read: true });
  expect(await changed(mine)).toEqual({
    changed: [{ id: one, is_read: true, is_done: false }],
    is_complete: true,
    unread_count: 1,
  });
  await put(two!, "done-status", { is_done: true });
  expect(await changed(mine)).toMatchObject({
    changed: [{ id: two, is_read: true, is_done: true }],
    unread_count: 0,
  });
  await put(two!, "done-status", { is_done: false });
  expect(await changed(mine)).toMatchObject({
    changed: [{ id: two, is_read: false, is_done: false }],
    unread_count: 1,
  });
  await server.call("PUT", "/api/v2/notifications/inbox/mark-all-as-read", { token: grace.token });
  expect((await changed(hers)).unread_count).toBe(0);
});

test("changes that were missed are named after resuming; too many are not named", async () => {
  const { server, token, url } = await start();
  for (let number = 0; number < 12; number += 1) await send(server, token, `n${number}`);
  const { notifications } = (await server.call("GET", "/api/v2/notifications/inbox", { token })).json;
  const first = await openEvents(url, token);
  await first.ready;
  first.close();
  const read = (id: string) =>
    server.call("PUT", `/api/v2/notifications/inbox/${id}/read-status`, { token, json: { is_read: true } });
  for (const { id } of notifications.slice(0, 2)) await read(id);
  const second = await openEvents(url, token, first.lastId());
  const missed = await changed(second);
  expect(missed.changed.map(({ id }) => id).toSorted()).toEqual(
    notifications
      .slice(0, 2)
      .map(({ id }) => id)
      .toSorted(),
  );
  await server.call("PUT", "/api/v2/notifications/inbox/mark-all-as-read", { token });
  const third = await openEvents(url, token, first.lastId());
  expect(await changed(third)).toEqual({ changed: [], is_complete: false, unread_count: 0 });
  // An id of the previous release: only notifications.
  const earlier = await openEvents(url, token, first.lastId().split("-")[0]);
  await earlier.ready;
  await send(server, token, "after");
  expect(titleOf(await earlier.next())).toBe("after");
});

test("a page gets its rows as HTML, with the count as it begins", async () => {
  const { server, token } = await start();
  await send(server, token, "before");
  const response = await fetch(`${server.url}/inbox/events`, {
    headers: { cookie: `coder_session_token=${token}` },
  });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  expect(response.headers.get("content-encoding")).toBeNull();
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let heard = "";
  const hear = async (words: string) => {
    while (!heard.includes(words)) heard += (await reader.read()).value ?? "";
  };
  await hear('event: change\ndata: {"unread":1,"items":[],"isComplete":true}');
  await send(server, token, "<b>new</b> *one*");
  await hear("&lt;b&gt;new&lt;/b&gt; <em>one</em>");
  await hear('{"unread":2,"item":{"id":"');
  await reader.cancel();
});
