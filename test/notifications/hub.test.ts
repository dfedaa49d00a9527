// What open inboxes cost: one look a second for all of them together, none for nobody.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createDatabase, type Database } from "../../db/client.ts";
import { migrate } from "../../db/migrate.ts";
import { insertRows } from "../../db/rows.ts";
import { inboxNotifications } from "../../db/schema.ts";
import { createHub, type Hub } from "../../src/notifications/inbox/hub.ts";
import { openClient } from "../../src/runtime/database.ts";
import { frameOf, openEvents } from "../support/events.ts";
import { openFrames } from "../support/frames.ts";
import { createMeter } from "../support/meter.ts";
import { signInFirst, startTestServer } from "../support/server.ts";

const userIds = Array.from({ length: 20 }, (_, at) => `user-${at}`);

let folder: string;
let db: Database;
let hub: Hub;
const meter = createMeter();
const errors: unknown[] = [];
/** Called when the hub has read, and before it knows. */
let afterRead: (() => Promise<unknown>) | undefined;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  folder = await mkdtemp(joinPath(tmpdir(), "belfry-"));
  const client = await openClient({
    databaseUrl: `file:${joinPath(folder, "belfry.db")}`,
    databaseAuthToken: undefined,
  });
  await migrate(client, 0);
  // The people are not what is looked at here.
  await client.execute("PRAGMA foreign_keys = off");
  db = createDatabase(client, meter);
  errors.length = 0;
  afterRead = undefined;
  hub = createHub({
    db: {
      ...db,
      read: async (reads, timeoutMs) => {
        const answers = await db.read(reads, timeoutMs);
        await afterRead?.();
        return answers;
      },
    },
    interval: 1_000,
    now: () => 0,
    validKeys: async (keyIds) => keyIds.map((id) => ({ id, expiresAt: 86_400_000 })),
    onError: (error) => errors.push(error),
  });
});
afterEach(async () => {
  hub.close();
  db.close();
  vi.useRealTimers();
  await rm(folder, { recursive: true, force: true });
});

let rows = 0;
async function notify(userId: string, count = 1): Promise<void> {
  const notifications = Array.from({ length: count }, () => ({
    id: `n${(rows += 1)}`,
    userId,
    templateId: "t",
    targets: "[]",
    title: `title ${rows}`,
    content: "",
    icon: "",
    actions: "[]",
    readAt: null,
    createdAt: 0,
  }));
  await db.write(insertRows(inboxNotifications, notifications), {});
}

/** Readers, and what each received. */
async function join(count: number) {
  const received: number[][] = [];
  const joined = await Promise.all(
    Array.from({ length: count }, (_, at) => {
      const seen: number[] = [];
      received.push(seen);
      return hub.join({
        userId: userIds[at % userIds.length]!,
        keyId: `key-${at}`,
        emit: ({ row }) => void seen.push(row.seq),
        end: () => {},
      });
    }),
  );
  return { received, leaveAll: () => joined.forEach(({ leave }) => leave()) };
}

/** Milliseconds; the reads of each second are answered in the next turn of the event loop. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 500) {
    await vi.advanceTimersByTimeAsync(Math.min(left, 500));
    await setImmediate();
    await setImmediate();
  }
}

async function tripsIn(seconds: number): Promise<number> {
  meter.reset();
  await pass(seconds * 1_000 + 10);
  return meter.trips;
}

test("a thousand readers cost as many queries a second as ten do, and nobody costs none", async () => {
  const { leaveAll } = await join(10);
  expect(await tripsIn(60)).toBe(60);
  const more = await join(990);
  expect(await tripsIn(60)).toBe(60);
  leaveAll();
  more.leaveAll();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await tripsIn(600)).toBe(0);
});

test("each receives what is theirs, once, in order, however much there is at a time", async () => {
  const { received } = await join(40);
  for (const userId of userIds) await notify(userId, 70);
  hub.wake();
  hub.wake();
  await pass(2_500);
  for (const seen of received) {
    expect(seen).toHaveLength(70);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(new Set(seen).size).toBe(70);
  }
});

test("who joins while what is new is read gets theirs", async () => {
  await join(1);
  await notify("user-1");
  const seen: string[] = [];
  afterRead = () => {
    afterRead = undefined;
    const emit = ({ row }: { row: { userId: string } }) => void seen.push(row.userId);
    return hub.join({ userId: "user-1", keyId: "key-1", emit, end: () => {} });
  };
  await pass(2_500);
  expect(seen).toEqual(["user-1"]);
});

test("what arrives while the database is unavailable is delivered afterwards, once", async () => {
  const { received } = await join(2);
  await notify(userIds[0]!);
  await tripsIn(1);
  const read = vi.spyOn(db, "read").mockRejectedValue(new Error("gone"));
  await notify(userIds[0]!, 2);
  hub.wake();
  await tripsIn(3);
  expect(errors.length).toBeGreaterThanOrEqual(3);
  read.mockRestore();
  await notify(userIds[1]!);
  await tripsIn(1);
  expect(received.map((seen) => seen.length)).toEqual([3, 1]);
});

test("who connects during a query receives what comes after it", async () => {
  const first = await join(1);
  hub.wake();
  const second = await join(1);
  await notify(userIds[0]!);
  await tripsIn(1);
  expect([first.received[0]!.length, second.received[0]!.length]).toEqual([1, 1]);
});

test("nobody joins a holder that can't look", async () => {
  vi.spyOn(db, "read").mockRejectedValue(new Error("gone"));
  await expect(join(1)).rejects.toMatchObject({ status: 503, headers: { "retry-after": "5" } });
  expect(await tripsIn(10)).toBe(0);
});

test("a thousand open connections share the looks of one process", async () => {
  vi.useRealTimers();
  const served = createMeter();
  const server = await startTestServer({ adapter: "plain", onTrip: served.onTrip });
  const { token } = await signInFirst(server);
  const events = `${server.url}/api/v2/notifications/inbox/events`;
  served.reset();
  const few = await Promise.all(Array.from({ length: 10 }, () => openEvents(events, token)));
  await Promise.all(few.map(({ ready }) => ready));
  // Each one's key, and the hub's.
  expect(served.trips).toBeLessThan(15);
  // From the first of three looks to the third, two seconds pass at least, whatever else is asked meanwhile.
  const threeLooks = async () => {
    served.reset();
    const began = performance.now();
    await vi.waitUntil(() => served.trips >= 3, { timeout: 20_000, interval: 5 });
    return performance.now() - began;
  };
  expect(await threeLooks()).toBeGreaterThan(1_900);
  const many = await Promise.all(
    Array.from({ length: 990 }, () => openFrames(events.replace("/events", "/watch"), token)),
  );
  await server.settled();
  expect(await threeLooks()).toBeGreaterThan(1_900);
  const content = { title: "for all", message: "x" };
  const made = vi.spyOn(JSON, "stringify");
  const encoded = vi.spyOn(TextEncoder.prototype, "encode");
  await server.call("POST", "/api/v2/notifications/custom", { token, json: { content } });
  const titles = await Promise.all([
    ...few.map(async (stream) => frameOf(await stream.next()).unread_count),
    ...many.map(async (socket) => (await socket.next()).unread_count),
  ]);
  expect(titles).toEqual(Array.from({ length: 1_000 }, () => 1));
  const texts = made.mock.results.map(({ value }) => String(value));
  expect(
    texts.filter((text) => text.includes(`"title":"for all"`) && text.includes("unread_count")),
  ).toHaveLength(1);
  expect(encoded.mock.calls.filter(([text]) => text?.startsWith("event: notification"))).toHaveLength(1);
});
