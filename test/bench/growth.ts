// `npm run bench:growth`: whether Belfry keeps its rate, its memory and its file as it grows. CPU of the server's process for
// each request, with few and with many users, inbox rows and old messages; one event to 500 admins; bytes and memory after many
// notifications; how fast old rows are deleted. Rows are copied by the database itself.
import { statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import Database from "libsql";
import { Pool } from "undici";
import { startServer } from "../../src/runtime/server.ts";
import { tick } from "../../src/tick.ts";
import { cpuMs, memoryMb } from "./measure.ts";
import { startBelfry, type StartedServer } from "./server.ts";

const requests = Number(process.env["REQUESTS"] ?? 2_000);
const many = Number(process.env["NOTIFICATIONS"] ?? 200_000);
const here = new URL("../..", import.meta.url).pathname.replace(/.$/, "");
const concurrency = 16;
const day = 86_400_000;

interface Growth {
  users: number;
  /** Of all users together. */
  inbox: number;
  /** Finished, 20 days ago. */
  old: number;
}

const small: Growth = { users: 100, inbox: 1_000, old: 0 };
const worlds: Record<string, Growth> = {
  small,
  "10,000 users": { ...small, users: 10_000 },
  "1,000,000 inbox rows": { ...small, users: 10_000, inbox: 1_000_000 },
  "200,000 old messages": { ...small, old: 200_000 },
};

const id = (kind: number, number: string) => `printf('%08x-0000-4000-8000-%012x', ${kind}, ${number})`;

/** Copies of one row, where `n` is the number of the copy. */
function copyRows(
  db: Database.Database,
  table: string,
  count: number,
  but: Record<string, string>,
  from = "true",
) {
  if (count <= 0) return;
  const columns = db
    .prepare(`SELECT name FROM pragma_table_info('${table}') WHERE name <> 'seq'`)
    .all([]) as {
    name: string;
  }[];
  const names = columns.map(({ name }) => name);
  const values = names.map((name) => but[name] ?? `one."${name}"`);
  db.exec(`WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ${count})
    INSERT INTO ${table} (${names.map((name) => `"${name}"`).join(", ")})
    SELECT ${values.join(", ")} FROM (SELECT * FROM ${table} WHERE ${from} ORDER BY seq LIMIT 1) one, counted`);
}

const username = "'user-' || n";
const addUsers = (db: Database.Database, count: number) =>
  copyRows(
    db,
    "users",
    count,
    {
      id: id(1, "n"),
      username,
      email: `${username} || '@example.com'`,
      email_canonical: `${username} || '@example.com'`,
    },
    "username = 'bench'",
  );

/** Sent messages of the user, with their events, `days` old. */
function addOld(db: Database.Database, count: number, days: number): void {
  const at = String(Date.now() - days * day);
  const key = `${days} * 10000000 + n`;
  copyRows(db, "notification_events", count, { id: id(2, key), created_at: at });
  const message = {
    id: id(3, key),
    event_id: id(2, key),
    dedupe_key: "NULL",
    created_at: at,
    updated_at: at,
  };
  copyRows(db, "notification_messages", count, message, "due_at IS NULL");
}

function grow(file: string, { users, inbox, old }: Growth): void {
  const db = new Database(file, { timeout: 60_000 });
  db.exec("BEGIN IMMEDIATE");
  addUsers(db, users);
  copyRows(db, "inbox_notifications", inbox, { id: id(4, "n"), user_id: id(1, `1 + n % ${users}`) });
  addOld(db, old, 20);
  db.exec("COMMIT; ANALYZE");
  db.close();
}

let sent = 0;

async function send(server: StartedServer, kind: "enqueue" | "inbox", count: number): Promise<void> {
  const pool = new Pool(server.url, { connections: concurrency });
  const headers = { "content-type": "application/json", "coder-session-token": server.token };
  const isRead = kind === "inbox";
  const path = `/api/v2/notifications/${isRead ? "inbox" : "custom"}`;
  let left = count;
  const caller = async () => {
    for (; left > 0;) {
      left -= 1;
      const content = { title: `Build ${(sent += 1)} passed`, message: "All 312 tests passed" };
      const body = isRead ? null : JSON.stringify({ content });
      const answer = await pool.request({ method: isRead ? "GET" : "POST", path, headers, body });
      await answer.body.dump();
      if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  await pool.close();
}

/** Milliseconds of CPU for each of `count`. */
async function cpuOf(server: StartedServer, count: number, work: () => Promise<unknown>): Promise<number> {
  const before = cpuMs(server.pid);
  await work();
  return (cpuMs(server.pid) - before) / count;
}

/** A webhook's receiver in this process. */
async function createReceiver() {
  let count = 0;
  let arrived = () => {};
  const http = createServer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(204).end();
      count += 1;
      arrived();
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/hook`,
    wait: (wanted: number) => {
      count = 0;
      return new Promise<void>((resolve) => (arrived = () => count >= wanted && resolve()));
    },
    close: () => http.close(),
  };
}

async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-growth-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Enqueueing, the first page of the inbox, and deliveries to a webhook. */
async function measureWorld(name: string, growth: Growth): Promise<void> {
  const receiver = await createReceiver();
  await withFolder(async (folder) => {
    const webhook = { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url };
    const server = await startBelfry(here, folder, webhook);
    await server.call("PUT", "/notifications/settings", { notifier_paused: true });
    await send(server, "enqueue", 200);
    grow(join(folder, "belfry.db"), growth);
    const enqueue = await cpuOf(server, requests, () => send(server, "enqueue", requests));
    await send(server, "inbox", 200);
    const inbox = await cpuOf(server, requests, () => send(server, "inbox", requests));
    const waiting = requests + 200;
    const delivery = await cpuOf(server, waiting, async () => {
      const all = receiver.wait(waiting);
      await server.call("PUT", "/notifications/settings", { notifier_paused: false });
      await all;
      await setTimeout(500);
    });
    const figures = [enqueue, inbox, delivery].map((ms) => ms.toFixed(3));
    console.log(
      `${name.padEnd(21)} ms of CPU: enqueue ${figures[0]}, inbox page ${figures[1]}, delivery ${figures[2]}`,
    );
    await server.stop();
  });
  receiver.close();
}

/** Bytes and memory as notifications are added through the API. */
async function measureFile(): Promise<void> {
  await withFolder(async (folder) => {
    const server = await startBelfry(here, folder);
    const file = join(folder, "belfry.db");
    const report = async (count: number) => {
      const db = new Database(file, { timeout: 60_000 });
      db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      db.close();
      await setTimeout(3_000);
      console.log(
        `${count} notifications: ${(statSync(file).size / count).toFixed(0)} bytes each, ${memoryMb(server.pid).toFixed(0)} MB of memory`,
      );
    };
    await send(server, "enqueue", many / 10);
    await report(many / 10);
    await send(server, "enqueue", (many * 9) / 10);
    await report(many);
    await server.stop();
  });
}

async function withOwnServer(
  work: (
    server: Awaited<ReturnType<typeof startServer>>,
    file: string,
    trips: { mode: "read" | "write"; statements: number }[],
  ) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    // Makes the first user, and a message to copy.
    const first = await startBelfry(here, folder);
    await send(first, "enqueue", 1);
    await first.stop();
    const file = join(folder, "belfry.db");
    const trips: { mode: "read" | "write"; statements: number }[] = [];
    const server = await startServer(
      {
        BELFRY_DATABASE_URL: `file:${file}`,
        BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
        BELFRY_LOG_LEVEL: "warn",
        BELFRY_API_RATE_LIMIT: "0",
      },
      {
        write: (line) => console.error(line),
        terminal: false,
        ticking: false,
        onTrip: (trip) => trips.push(trip),
      },
    );
    await work(server, file, trips);
    await server.stop();
  });
}

const credentials = { email: "bench@example.com", password: "correct-horse-battery-42" };

/** One event, with as many recipients as there are owners. */
async function measureFanOut(admins: number): Promise<void> {
  await withOwnServer(async (server, file, trips) => {
    const db = new Database(file, { timeout: 60_000 });
    addUsers(db, admins + 10);
    db.exec(
      `INSERT INTO user_roles (user_id, role) SELECT id, 'owner' FROM users WHERE username LIKE 'user-%' LIMIT ${admins}`,
    );
    db.close();
    const json = { "content-type": "application/json" };
    const login = await fetch(`${server.address}/api/v2/users/login`, {
      method: "POST",
      headers: json,
      body: JSON.stringify(credentials),
    });
    const { session_token: token } = (await login.json()) as { session_token: string };
    const times: number[] = [];
    let writes = 0;
    for (let at = 1; at <= 10; at += 1) {
      await server.settled();
      trips.length = 0;
      const started = process.cpuUsage();
      const answer = await fetch(`${server.address}/api/v2/users/user-${admins + at}/status/suspend`, {
        method: "PUT",
        headers: { ...json, "coder-session-token": token },
      });
      await answer.text();
      const { user, system } = process.cpuUsage(started);
      if (!answer.ok) throw new Error(`suspend: ${answer.status}`);
      writes = trips.filter(({ mode }) => mode === "write").length;
      times.push((user + system) / 1_000);
    }
    const median = times.toSorted((a, b) => a - b)[5]!;
    console.log(`one event to ${admins} admins: ${writes} write, ${median.toFixed(1)} ms of CPU`);
  });
}

/** How fast ticks delete what is too old. */
async function measurePurge(): Promise<void> {
  await withOwnServer(async (server, file) => {
    const db = new Database(file, { timeout: 60_000 });
    addOld(db, many, 40);
    const count = () =>
      (db.prepare("SELECT count(*) AS count FROM notification_messages").get([]) as { count: number }).count;
    const before = count();
    const started = performance.now();
    await tick(server.deps());
    const deleted = before - count();
    const seconds = (performance.now() - started) / 1_000;
    db.close();
    const perTick = server.config.notifications.fetchInterval / 1_000;
    console.log(
      `one tick deleted ${deleted} old messages in ${seconds.toFixed(1)} s: ${((deleted * 86_400) / perTick / 1e6).toFixed(0)} million a day at a tick each ${perTick} s`,
    );
  });
}

for (const admins of [1, 500]) await measureFanOut(admins);
await measurePurge();
for (const [name, growth] of Object.entries(worlds)) await measureWorld(name, growth);
await measureFile();
