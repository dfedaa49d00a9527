// A backlog: what its delivery costs, what a receiver that stops answering leaves, and that old messages are deleted as fast
// as new ones arrive.
import { createNewId } from "../../src/kernel/crypto.ts";
import { createServer, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { insertRows } from "../../db/rows.ts";
import { notificationEvents, notificationMessages } from "../../db/schema.ts";
import { dispatch } from "../../src/notifications/delivery/dispatch.ts";
import { kinds } from "../../src/notifications/kinds/kinds.ts";
import { signInFirst, startTestServer, type TestServer, type TestServerOptions } from "../support/server.ts";
import { startMailServer } from "../support/smtp.ts";
import { countRows } from "../support/stored.ts";

const webhookQueue = { method: "webhook", receiverId: null };

/** Answers 204 while `answers` says so, and keeps the other requests open. */
async function startReceiver(answers: (arrived: number) => boolean) {
  const held: ServerResponse[] = [];
  const ids: string[] = [];
  let [open, maxOpen] = [0, 0];
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      ids.push(request.headers["x-message-id"] as string);
      if (answers(ids.length)) response.writeHead(204).end();
      else held.push(response);
    });
  });
  server.on("connection", (socket) => {
    open += 1;
    maxOpen = Math.max(maxOpen, open);
    socket.on("close", () => (open -= 1));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    ids,
    held,
    maxOpen: () => maxOpen,
    release: () => held.splice(0).map((response) => response.writeHead(204).end()),
  };
}

async function start(url: string, options: TestServerOptions = {}) {
  const environment = { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: url, ...options.environment };
  const server = await startTestServer({ adapter: "plain", ...options, environment });
  return { server, ...(await signInFirst(server)) };
}

/** Messages, due now or sent long ago. */
async function fill(
  server: TestServer,
  userId: string,
  count: number,
  { sentAt, method = "webhook" }: { sentAt?: number; method?: string } = {},
): Promise<void> {
  const { db, now } = server.deps();
  const createdAt = sentAt ?? now();
  // Purges tell the age of a row by its id.
  const newId = createNewId(() => createdAt);
  const ids = Array.from({ length: count }, () => newId());
  const labels = JSON.stringify({ custom_title: "Build", custom_message: "All green" });
  const event = { templateId: kinds["custom-notification"].id, templateVersion: 1, labels, data: null };
  const status = sentAt === undefined ? ("pending" as const) : ("sent" as const);
  const message = { userId, method, status, reasons: "[]", attemptCount: 0, leaseToken: null };
  const dueAt = sentAt === undefined ? now() : null;
  await db.write(
    [
      ...insertRows(
        notificationEvents,
        ids.map((id) => ({ ...event, id, targets: "[]", createdBy: "test", createdAt })),
      ),
      ...insertRows(
        notificationMessages,
        ids.map((id) => ({ ...message, id, eventId: id, dueAt, createdAt, updatedAt: createdAt })),
      ),
    ],
    {},
  );
}

test("1,000 messages to a fast receiver take 40 statements in 9 writes at most", async () => {
  let statements = 0;
  let trips = 0;
  const receiver = await startReceiver(() => true);
  const { server, userId } = await start(receiver.url, {
    onTrip: (trip) => {
      statements += trip.statements;
      trips += 1;
    },
  });
  await fill(server, userId, 1_000);
  // However slow this machine is: results wait for their number, not for a time.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  [statements, trips] = [0, 0];
  expect(await dispatch(server.deps(), { queues: [webhookQueue] })).toEqual({
    claimed: 1_000,
    sent: 1_000,
    failed: 0,
  });
  expect(statements).toBeLessThanOrEqual(40);
  // Each claim is written with the results that wait.
  expect(trips).toBeLessThanOrEqual(9);
  expect(new Set(receiver.ids).size).toBe(1_000);
  expect(receiver.ids).toHaveLength(1_000);
});

test("what a slow receiver answers at the same moment isn't taken for speed: as many are claimed as have a slot", async () => {
  let isSlow = true;
  const receiver = await startReceiver(() => !isSlow);
  const { server, userId } = await start(receiver.url);
  await fill(server, userId, 300);
  const deps = server.deps();
  deps.defer(() => dispatch(deps, { queues: [webhookQueue] }));
  for (let wave = 1; wave <= 3; wave += 1) {
    // More are claimed once a quarter of the slots is free.
    await expect.poll(() => receiver.ids.length).toBeGreaterThan(37 + 37 * (wave - 1));
    const leased = (await server.messages()).filter(({ status }) => status === "leased");
    expect(leased.length).toBeLessThanOrEqual(100);
    server.clock.advance(500);
    isSlow = wave < 3;
    receiver.release();
  }
  await server.settled();
  expect(new Set(receiver.ids).size).toBe(300);
});

test("what a slow receiver answers at the same moment isn't followed by as many new attempts at once", async () => {
  let isSlow = true;
  const receiver = await startReceiver(() => !isSlow);
  const { server, userId } = await start(receiver.url);
  await fill(server, userId, 100);
  const deps = server.deps();
  const starts: number[] = [];
  let turn = 0;
  const timer = setInterval(() => (turn += 1), 1);
  onTestFinished(() => clearInterval(timer));
  const post: typeof deps.post = async (...request) => {
    starts.push(turn);
    const answer = await deps.post(...request);
    server.clock.advance(100);
    return answer;
  };
  deps.defer(() => dispatch({ ...deps, post }, { queues: [webhookQueue] }));
  await expect.poll(() => receiver.held.length).toBe(50);
  isSlow = false;
  receiver.release();
  await server.settled();
  expect(new Set(receiver.ids).size).toBe(100);
  // The 50 slots start together as long as nothing is known of the receiver.
  const later = Map.groupBy(starts.slice(50), (at) => at);
  expect(starts).toHaveLength(100);
  expect(Math.max(...[...later.values()].map(({ length }) => length))).toBeLessThanOrEqual(2);
});

test("if a claim fails, the results that were to be written with it are written on their own", async () => {
  let refuse = (): unknown => undefined;
  const receiver = await startReceiver((arrived) => {
    if (arrived === 100) refuse();
    return true;
  });
  const { server, userId } = await start(receiver.url);
  await fill(server, userId, 600);
  refuse = () =>
    server.sql(
      "CREATE TRIGGER refuse BEFORE UPDATE ON notification_messages WHEN NEW.status = 'leased' BEGIN SELECT RAISE(ABORT, 'refused'); END",
    );
  await expect(dispatch(server.deps(), { queues: [webhookQueue] })).rejects.toThrow(/refused/);
  const messages = await server.messages();
  expect(messages.filter(({ status }) => status === "sent")).toHaveLength(receiver.ids.length);
  expect(messages.filter(({ status }) => status === "leased")).toEqual([]);
  expect(receiver.ids.length).toBeGreaterThanOrEqual(100);
});

test("a stop returns claimed messages that wait for a slot: no attempt is counted, nothing is lost", async () => {
  const receiver = await startReceiver((arrived) => arrived <= 60);
  const { server, userId } = await start(receiver.url);
  await fill(server, userId, 300);
  const deps = server.deps();
  deps.defer(() => dispatch(deps, { queues: [webhookQueue] }));
  await expect.poll(() => receiver.held.length, { timeout: 10_000 }).toBe(50);
  const leased = (await server.messages()).filter(({ status }) => status === "leased");
  expect(leased.length).toBeGreaterThan(50);
  const stopped = server.stop();
  receiver.release();
  await stopped;
  const again = await startTestServer({ adapter: "plain", folder: server.folder, clock: server.clock });
  const messages = await again.messages();
  expect(messages.filter(({ status }) => status === "sent")).toHaveLength(receiver.ids.length);
  const returned = messages.filter(({ status }) => status !== "sent");
  expect(new Set(returned.map(({ status, attemptCount }) => `${status} ${attemptCount}`))).toEqual(
    new Set(["pending 0"]),
  );
  expect(await again.attempts()).toHaveLength(receiver.ids.length);
});

test("a message that waits until its attempt could outlast its lease is returned, not sent", async () => {
  const receiver = await startReceiver((arrived) => arrived <= 60 || arrived > 110);
  const { server, userId } = await start(receiver.url, {
    environment: { BELFRY_NOTIFICATIONS_DISPATCH_TIMEOUT: "100s" },
  });
  await fill(server, userId, 120);
  const dispatching = dispatch(server.deps(), { queues: [webhookQueue], until: server.clock.now() + 19_000 });
  await expect.poll(() => receiver.held.length, { timeout: 10_000 }).toBe(50);
  server.clock.advance(20_000);
  receiver.release();
  expect(await dispatching).toEqual({ claimed: 110, sent: 110, failed: 0 });
  const returned = (await server.messages()).filter(({ status }) => status !== "sent");
  expect(returned.map(({ status, attemptCount }) => [status, attemptCount])).toEqual(
    Array.from({ length: 10 }, () => ["pending", 0]),
  );
  expect(await dispatch(server.deps(), { queues: [webhookQueue] })).toMatchObject({ claimed: 10 });
  expect(new Set(receiver.ids).size).toBe(120);
});

test("a receiver gets 64 connections at most", async () => {
  let isSilent = true;
  const receiver = await startReceiver(() => !isSilent);
  const { server, userId } = await start(receiver.url, {
    environment: { BELFRY_NOTIFICATIONS_LEASE_COUNT: "200" },
  });
  await fill(server, userId, 200);
  const dispatching = dispatch(server.deps(), { queues: [webhookQueue] });
  await expect.poll(() => receiver.held.length, { timeout: 8_000 }).toBe(64);
  isSilent = false;
  receiver.release();
  expect(await dispatching).toMatchObject({ sent: 200, failed: 0 });
  expect(receiver.maxOpen()).toBe(64);
});

describe("a receiver that doesn't answer delays no other channel:", () => {
  const send = (server: TestServer, token: string) =>
    server.call("POST", "/api/v2/notifications/custom", {
      token,
      json: { content: { title: "During the tick", message: "All green" } },
    });
  const statuses = async (server: TestServer, method: string) =>
    new Set((await server.messages()).flatMap((one) => (one.method === method ? [one.status] : [])));
  const environmentOf = (port: number, method: string) => ({
    BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${port}`,
    BELFRY_EMAIL_FROM: "belfry@example.com",
    BELFRY_NOTIFICATIONS_METHOD: method,
    BELFRY_NOTIFICATIONS_DISPATCH_TIMEOUT: "100s",
  });

  test("mail goes out beside a silent webhook, at once and by the next tick, and the server stays ready", async () => {
    let isSilent = true;
    const receiver = await startReceiver(() => !isSilent);
    const mail = await startMailServer();
    const { server, userId, token } = await start(receiver.url, {
      environment: environmentOf(mail.port, "smtp"),
    });
    await fill(server, userId, 200);
    await fill(server, userId, 60, { method: "smtp" });
    const ticking = server.runTick();
    await mail.received(60);
    await expect.poll(() => receiver.held.length).toBe(50);
    await send(server, token);
    await mail.received(61);
    await fill(server, userId, 5, { method: "smtp" });
    expect(await server.runTick()).toMatchObject({ dispatch: { sent: 5, failed: 0 }, purged: true });
    expect((await server.call("GET", "/readyz")).status).toBe(200);
    // Meanwhile the webhook's attempts wait, as many as there are slots.
    expect(receiver.ids).toHaveLength(50);
    expect(await statuses(server, "webhook")).not.toContain("sent");
    await expect.poll(() => statuses(server, "smtp")).toEqual(new Set(["sent"]));
    isSilent = false;
    receiver.release();
    expect(await ticking).toMatchObject({ dispatch: { failed: 0 } });
    expect(receiver.ids).toHaveLength(200);
  });

  test("webhooks go out beside a silent mail server, at once and by the next tick", async () => {
    const receiver = await startReceiver(() => true);
    const sockets: Socket[] = [];
    const mail = createTcpServer((socket) => sockets.push(socket.on("error", () => {})));
    await new Promise<void>((resolve) => mail.listen(0, "127.0.0.1", resolve));
    const { port } = mail.address() as AddressInfo;
    const { server, userId, token } = await start(receiver.url, {
      environment: environmentOf(port, "webhook"),
    });
    await fill(server, userId, 60, { method: "smtp" });
    await fill(server, userId, 300);
    const ticking = server.runTick();
    await expect.poll(() => receiver.ids.length).toBe(300);
    await expect.poll(() => sockets.length).toBe(5);
    await send(server, token);
    await expect.poll(() => receiver.ids.length).toBe(301);
    await fill(server, userId, 5);
    expect(await server.runTick()).toMatchObject({ dispatch: { sent: 5, failed: 0 }, purged: true });
    expect(await statuses(server, "smtp")).not.toContain("temporary_failure");
    await expect.poll(() => statuses(server, "webhook")).toEqual(new Set(["sent"]));
    // No more connections than the pool has.
    expect(sockets).toHaveLength(5);
    mail.close();
    for (const socket of sockets) socket.destroy();
    expect(await ticking).toMatchObject({ dispatch: { failed: 60 } });
  });
});

const day = 86_400_000;

test("one tick deletes all old messages and events, in slices", async () => {
  const writes: number[] = [];
  const { server, userId } = await start("http://127.0.0.1:9/hook", {
    onTrip: ({ mode, statements }) => mode === "write" && writes.push(statements),
  });
  await fill(server, userId, 1_500, { sentAt: server.clock.now() - 31 * day });
  await fill(server, userId, 3, { sentAt: server.clock.now() - 29 * day });
  writes.length = 0;
  expect(await server.runTick()).toMatchObject({ purged: true });
  expect(await countRows(server, "notification_messages")).toBe(3);
  expect(await countRows(server, "notification_events")).toBe(3);
  // Each slice is a write of one statement, between which others are served.
  expect(writes.filter((statements) => statements === 1).length).toBeGreaterThan(12);
});

test("a purge that the database refuses doesn't keep the tick from being noted", async () => {
  const { server, userId } = await start("http://127.0.0.1:9/hook");
  await fill(server, userId, 2, { sentAt: server.clock.now() - 31 * day });
  await server.sql(
    "CREATE TRIGGER refuse BEFORE DELETE ON notification_messages BEGIN SELECT RAISE(ABORT, 'refused'); END",
  );
  server.clock.advance(day);
  expect(await server.runTick()).toMatchObject({ purged: false });
  expect((await server.call("GET", "/readyz")).status).toBe(200);
  expect(server.logs.filter((line) => line.includes("a step of the tick failed"))).toHaveLength(1);
});
