// Readers who don't read and callers who never finish: what they hold is bounded, and nobody waits for them.
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { insertRows } from "../../db/rows.ts";
import { inboxNotifications } from "../../db/schema.ts";
import { openEvents } from "../support/events.ts";
import { openFrames } from "../support/frames.ts";
import { addUser, signInFirst, startTestServer, type TestServer } from "../support/server.ts";

const events = "/api/v2/notifications/inbox/events";
const watch = "/api/v2/notifications/inbox/watch";
const template = "39b1e189-c857-4b0c-877a-511144c18516";
/** Nothing here takes long; what waits for a time-out of many seconds fails. */
const soon = { timeout: 8_000 };

interface Line {
  socket: Socket;
  heard: () => string;
  /** Resolves when the connection has ended. */
  closed: Promise<void>;
}

function open(server: TestServer, text: string, from?: string): Line {
  const socket = connect({
    port: server.config.port,
    host: "127.0.0.1",
    ...(from === undefined ? {} : { localAddress: from }),
  });
  onTestFinished(() => void socket.destroy());
  let heard = "";
  socket.on("data", (chunk: Buffer) => (heard += chunk.toString()));
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  socket.write(text);
  return { socket, heard: () => heard, closed };
}

const asking = (token: string) =>
  `GET ${events} HTTP/1.1\r\nHost: here\r\nCoder-Session-Token: ${token}\r\n\r\n`;

/** Notifications as dispatch inserts them, large ones. */
async function notify(server: TestServer, userId: string, count: number): Promise<void> {
  const { db, newId, process } = server.deps();
  const row = { userId, templateId: template, targets: "[]", title: "x", icon: "", actions: "[]" };
  const rows = Array.from({ length: count }, () => ({
    ...row,
    id: newId(),
    content: "x".repeat(20_000),
    readAt: null,
    createdAt: server.clock.now(),
  }));
  await db.write(insertRows(inboxNotifications, rows), {});
  process.hub.wake();
}

test("a reader who doesn't read is cut off; one who does gets everything", { timeout: 30_000 }, async () => {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  const slow = open(server, asking(token));
  await expect.poll(() => slow.heard()).toContain("retry:");
  slow.socket.pause();
  let good = await openEvents(server.url + events, token);
  await good.ready;
  const seen: string[] = [];
  // More than the system's buffers of a connection take.
  for (let round = 0; round < 15; round += 1) {
    await notify(server, userId, 50);
    while (seen.length < (round + 1) * 50) seen.push((await good.next()).id);
  }
  expect(new Set(seen).size).toBe(750);
  slow.socket.resume();
  await slow.closed;
  expect(slow.heard().split("event: notification").length).toBeLessThan(750);
  expect(slow.heard()).not.toContain("still here");
  // From where it was it goes on.
  const last = /id: ([\d-]+)\n\n(?![\s\S]*id: [\d-]+\n\n)/.exec(slow.heard())![1]!;
  good.close();
  good = await openEvents(server.url + events, token, last);
  expect(seen.indexOf((await good.next()).id)).toBe(seen.indexOf(last) + 1);
});

test("signing out or a suspension ends every stream", soon, async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const [mia, bob] = [await addUser(server, "mia"), await addUser(server, "bob")];
  const hers = await openEvents(server.url + events, mia.token);
  const his = await openFrames(server.url + watch, bob.token);
  const mine = await openEvents(server.url + events, token);
  await Promise.all([hers.ready, mine.ready]);
  await server.call("POST", "/api/v2/users/logout", { token: mia.token });
  await hers.ended;
  await server.call("PUT", "/api/v2/users/bob/status/suspend", { token });
  expect(await his.ended).toBe(1008);
  // The owner's stream continues: it gets the notification of the suspension.
  expect((await mine.next()).data).toContain("bob");
});

test("a key that expires while it is read with ends the stream", soon, async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const hour = 3_600_000;
  const created = await server.call("POST", "/api/v2/users/me/keys/tokens", {
    token,
    json: { token_name: "short", lifetime: hour * 1_000_000 },
  });
  const stream = await openEvents(server.url + events, server.secret(created.json.key));
  await stream.ready;
  server.clock.advance(hour - 1);
  // The minute's look: it is good still, and when it ends is known now.
  server.deps().process.hub.wake();
  await server.call("POST", "/api/v2/notifications/custom", {
    token,
    json: { content: { title: "before", message: "x" } },
  });
  expect((await stream.next()).data).toContain("before");
  server.clock.advance(1);
  await stream.ended;
});

test("a stop doesn't wait for readers", soon, async () => {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  const slow = open(server, asking(token));
  await expect.poll(() => slow.heard()).toContain("retry:");
  slow.socket.pause();
  for (let round = 0; round < 6; round += 1) await notify(server, userId, 50);
  await openFrames(server.url + watch, token);
  await server.stop();
});

test("connections are limited for each address", async () => {
  const server = await startTestServer();
  const get = "GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n";
  const many = Array.from({ length: 700 }, () => open(server, get, "127.0.0.2"));
  const states = await Promise.all(
    many.map(async (line) => {
      await Promise.race([line.closed, new Promise((resolve) => line.socket.once("data", resolve))]);
      return line.heard().startsWith("HTTP/1.1 200") ? "answered" : "closed";
    }),
  );
  expect(states.filter((state) => state === "answered")).toHaveLength(500);
  const other = open(server, get, "127.0.0.3");
  await expect.poll(other.heard).toContain("HTTP/1.1 200");
  for (const { socket } of many) socket.destroy();
  await expect
    .poll(async () => {
      const again = open(server, get, "127.0.0.2");
      await Promise.race([again.closed, expect.poll(again.heard).toContain("HTTP/1.1 200")]);
      return again.heard();
    })
    .toContain("HTTP/1.1 200");
  expect(server.logs.filter((line) => line.includes("too many connections"))).toHaveLength(1);
});

test("a flood of headers is refused, and a connection that is only kept open is closed", soon, async () => {
  const server = await startTestServer({
    slowRequests: { headers: 5_000, whole: 5_000, idle: 40, check: 20 },
  });
  const flood = Array.from({ length: 3_000 }, (_, at) => `X-${at}: ${"y".repeat(20)}`).join("\r\n");
  const refused = open(server, `GET /healthz HTTP/1.1\r\nHost: here\r\n${flood}\r\n\r\n`);
  await refused.closed;
  expect(refused.heard()).toMatch(/^HTTP\/1\.1 431 |^$/);
  const idle = open(server, "GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n");
  await idle.closed;
  expect(idle.heard()).toMatch(/^HTTP\/1\.1 200 /);
});
