// The live inbox as a WebSocket: what Coder's clients get, and who is let in.
import { request } from "node:http";
import { expect, test } from "vitest";
import { openFrames, refusalOf } from "../support/frames.ts";
import { addUser, signInFirst, startTestServer, type TestServer } from "../support/server.ts";

const testTemplate = "c425f63e-716a-4bf4-ae24-78348f706c3f";
const send = (server: TestServer, token: string, title: string, message = "x") =>
  server.call("POST", "/api/v2/notifications/custom", { token, json: { content: { title, message } } });

async function start() {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  return { server, token, url: `${server.url}/api/v2/notifications/inbox/watch` };
}

test("a frame for each new notification, with the count, to its own user; nothing to begin with", async () => {
  const { server, token, url } = await start();
  await send(server, token, "before");
  const grace = await addUser(server, "grace");
  const [hers, mine] = await Promise.all([openFrames(url, grace.token), openFrames(url, token)]);
  await send(server, grace.token, "hers");
  await send(server, token, "mine", "**bold**");
  const { notifications } = (await server.call("GET", "/api/v2/notifications/inbox", { token })).json;
  expect(await mine.next()).toEqual({ notification: notifications[0], unread_count: 2 });
  expect(await hers.next()).toMatchObject({
    notification: { title: "hers", read_at: null },
    unread_count: 1,
  });
  expect([mine.waiting(), hers.waiting()]).toEqual([0, 0]);
});

test("marking read or unread sends no frames", async () => {
  const { server, token, url } = await start();
  await send(server, token, "first");
  const { notifications } = (await server.call("GET", "/api/v2/notifications/inbox", { token })).json;
  const socket = await openFrames(url, token);
  const path = `/api/v2/notifications/inbox/${notifications[0]!.id}/read-status`;
  await server.call("PUT", path, { token, json: { is_read: true } });
  await server.call("PUT", "/api/v2/notifications/inbox/mark-all-as-read", { token });
  await send(server, token, "second");
  expect(await socket.next()).toMatchObject({ notification: { title: "second" }, unread_count: 1 });
});

test("filters are those of the list, new ones are unread, and plain text is without marks", async () => {
  const { server, token, url } = await start();
  const [tests, none, plain, odd] = await Promise.all([
    openFrames(`${url}?templates=${testTemplate}`, token),
    openFrames(`${url}?read_status=read`, token),
    openFrames(`${url}?read_status=unread&format=plaintext`, token),
    openFrames(`${url}?format=rtf`, token),
  ]);
  await send(server, token, "A *title*", "**bold** [words](https://a.example)");
  await server.call("POST", "/api/v2/notifications/test", { token });
  expect(await tests.next()).toMatchObject({ notification: { template_id: testTemplate } });
  expect(await plain.next()).toMatchObject({
    notification: { title: "A title", content: "bold words (https://a.example)" },
  });
  expect(await odd.next()).toMatchObject({ notification: { title: "A *title*" } });
  await odd.next();
  expect(none.waiting()).toBe(0);
});

test("unauthorized and invalid requests get a normal error before the handshake", async () => {
  const { server, token, url } = await start();
  expect(await refusalOf(url, {})).toMatchObject({ status: 401, json: { message: expect.any(String) } });
  const wrong = await refusalOf(`${url}?targets=x&read_status=some`, { "coder-session-token": token });
  expect(wrong.status).toBe(400);
  expect(wrong.json.validations?.map(({ field }) => field)).toEqual(["targets.0", "read_status"]);
  expect(wrong.headers["x-request-id"]).toBeDefined();

  const plain = await server.call("GET", "/api/v2/notifications/inbox/watch", { token });
  expect(plain.status).toBe(426);
  expect(plain.headers.get("upgrade")).toBe("websocket");
  expect(plain.json.detail).toContain("/notifications/inbox/events");
  // Nothing else becomes a socket.
  const list = await refusalOf(`${server.url}/api/v2/notifications/inbox`, { "coder-session-token": token });
  expect(list).toMatchObject({ status: 200, json: { unread_count: 0 } });
});

test("a cookie opens it for our own pages only", async () => {
  const { server, token, url } = await start();
  const cookie = `coder_session_token=${token}`;
  for (const headers of [
    { origin: "https://elsewhere.example" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site", origin: server.url },
  ] as Record<string, string>[]) {
    expect(await refusalOf(url, { cookie, ...headers })).toMatchObject({ status: 403 });
  }
  for (const headers of [
    { origin: server.url },
    { origin: server.url, "sec-fetch-site": "same-origin" },
    {},
  ] as Record<string, string>[]) {
    (await openFrames(url, null, { cookie, ...headers })).close();
  }
  // A key in a header was not sent by surprise.
  await openFrames(url, token, { origin: "https://elsewhere.example" });
});

test("a key that ends, or a person who is suspended, ends the socket within a minute", async () => {
  const { server, token, url } = await start();
  const grace = await addUser(server, "grace");
  const socket = await openFrames(url, grace.token);
  const mine = await openFrames(url, token);
  await server.call("PUT", "/api/v2/users/grace/status/suspend", { token });
  server.clock.advance(60_001);
  // Another user's notification triggers the check.
  await send(server, token, "news");
  expect(await socket.ended).toBe(1008);
  expect((await mine.next()).notification.title).toBe("Account grace was suspended");
  expect((await mine.next()).notification.title).toBe("news");
});

test("every socket is closed when the server stops, without waiting", async () => {
  const { server, token, url } = await start();
  const sockets = await Promise.all([openFrames(url, token), openFrames(url, token)]);
  await server.stop();
  expect(await Promise.all(sockets.map(({ ended }) => ended))).toEqual([1001, 1001]);
});

test("a handshake that breaks off, or is malformed, leaves no subscription behind", async () => {
  const { server, token, url } = await start();
  const malformed = await new Promise<number>((resolve, reject) => {
    request(url, {
      headers: {
        "coder-session-token": token,
        connection: "upgrade",
        upgrade: "websocket",
        "sec-websocket-key": "short",
        "sec-websocket-version": "13",
      },
    })
      .on("response", (answer) => resolve(answer.statusCode!))
      .on("error", reject)
      .end();
  });
  expect(malformed).toBe(400);
  const socket = await openFrames(url, token);
  await send(server, token, "still here");
  expect((await socket.next()).notification.title).toBe("still here");
});

test("another upgrade protocol is ignored: the request is answered", async () => {
  const { server, token } = await start();
  const answer = await new Promise<number>((resolve, reject) => {
    request(`${server.url}/api/v2/notifications/inbox`, {
      headers: { "coder-session-token": token, connection: "Upgrade, HTTP2-Settings", upgrade: "h2c" },
    })
      .on("response", (response) => resolve(response.statusCode!))
      .on("error", reject)
      .end();
  });
  expect(answer).toBe(200);
});
