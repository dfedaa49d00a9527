// `npm run bench:growth`: whether Belfry keeps its rate, its memory and its file as it grows. CPU of the server's process for
// each request, with few and with many users, inbox rows and old messages; one event to 500 admins; bytes and memory after many
// notifications; how fast old rows are deleted; what a start takes; then the bench of live readers. Rows are copied by the
// database itself. Variables: ONLY (some of start, event, purge, worlds, file and readers), REQUESTS, ROUNDS, NOTIFICATIONS.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
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

const requests = Number(process.env["REQUESTS"] ?? 4_000);
const rounds = Number(process.env["ROUNDS"] ?? 8);
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
      // A busy machine can make a server late: it is asked again.
      if (answer.statusCode === 503) {
        left += 1;
        await setTimeout(1_000);
        continue;
      }
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

interface World {
  name: string;
  server: StartedServer;
  receiver: Awaited<ReturnType<typeof createReceiver>>;
  folder: string;
  /** Milliseconds of CPU of each request, by round. */
  used: Record<"enqueue" | "inbox" | "delivery", number[]>;
}

async function openWorld(name: string, growth: Growth): Promise<World> {
  const receiver = await createReceiver();
  const folder = await mkdtemp(join(tmpdir(), "belfry-growth-"));
  const webhook = { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url };
  const server = await startBelfry(here, folder, webhook);
  await server.call("PUT", "/notifications/settings", { notifier_paused: true });
  await send(server, "enqueue", 200);
  grow(join(folder, "belfry.db"), growth);
  // The first ones compile what the others use.
  for (const kind of ["enqueue", "inbox"] as const) await send(server, kind, 500);
  const used = { enqueue: [], inbox: [], delivery: [] };
  const world = { name, server, receiver, folder, used };
  await deliver(world, 700);
  return world;
}

async function deliver({ server, receiver }: World, count: number): Promise<void> {
  const all = receiver.wait(count);
  await server.call("PUT", "/notifications/settings", { notifier_paused: false });
  await all;
  await setTimeout(500);
  await server.call("PUT", "/notifications/settings", { notifier_paused: true });
}

/** Enqueueing, the first page of the inbox, and deliveries to a webhook. */
async function measureRound(world: World, count: number): Promise<void> {
  const { server, used } = world;
  used.enqueue.push(await cpuOf(server, count, () => send(server, "enqueue", count)));
  used.inbox.push(await cpuOf(server, count, () => send(server, "inbox", count)));
  used.delivery.push(await cpuOf(server, count, () => deliver(world, count)));
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** All in turn, so that what else the machine does falls on all of them; the medians of the rounds, and their growth. */
async function measureWorlds(): Promise<void> {
  const all: World[] = [];
  for (const [name, growth] of Object.entries(worlds)) all.push(await openWorld(name, growth));
  for (let round = 0; round < rounds; round += 1)
    for (const world of all) await measureRound(world, Math.ceil(requests / rounds));
  for (const { name, used, server, receiver, folder } of all) {
    const figures = (["enqueue", "inbox", "delivery"] as const).map((kind) => {
      const ms = median(used[kind]);
      const growth = (ms / median(all[0]!.used[kind]) - 1) * 100;
      return `${kind} ${ms.toFixed(3)} (${growth < 0 ? "" : "+"}${growth.toFixed(0)} %)`;
    });
    console.log(`${name.padEnd(21)} ms of CPU: ${figures.join(", ")}`);
    await server.stop();
    receiver.close();
    await rm(folder, { recursive: true, force: true });
  }
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

/** Of each number of recipients; the first ones compile what the others use. */
const events = 30;
const warmUp = 10;

/** One event, with as many recipients as there are owners. */
async function measureFanOut(admins: number): Promise<void> {
  await withOwnServer(async (server, file, trips) => {
    const db = new Database(file, { timeout: 60_000 });
    addUsers(db, admins + events);
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
    for (let at = 1; at <= events; at += 1) {
      await server.settled();
      trips.length = 0;
      const started = cpuMs(process.pid);
      const answer = await fetch(`${server.address}/api/v2/users/user-${admins + at}/status/suspend`, {
        method: "PUT",
        headers: { ...json, "coder-session-token": token },
      });
      await answer.text();
      const used = cpuMs(process.pid) - started;
      if (!answer.ok) throw new Error(`suspend: ${answer.status}`);
      writes = trips.filter(({ mode }) => mode === "write").length;
      times.push(used);
    }
    const ms = median(times.slice(warmUp));
    console.log(`one event to ${admins} admins: ${writes} write, ${ms.toFixed(1)} ms of CPU`);
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

/** The server among the processes of a group: npm and its shell are there, too. */
const findServer = (group: number): number =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .findLast((pid) => {
      const [, , groupOf] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
      return (
        Number(groupOf) === group && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("launch.js\0serve")
      );
    })!;

/** From `npm start` to the first answer, and the memory of the idle server. */
async function measureStart(): Promise<void> {
  await withFolder(async (folder) => {
    const times: number[] = [];
    let memory = 0;
    for (let start = 0; start < 7; start += 1) {
      const started = performance.now();
      const environment = {
        ...process.env,
        BELFRY_DATABASE_URL: `file:${folder}/belfry.db`,
        BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
      };
      const child = spawn("npm", ["start"], {
        cwd: here,
        detached: true,
        stdio: ["ignore", "pipe", "inherit"],
        env: environment,
      });
      await new Promise<void>((resolve) =>
        child.stdout.on("data", (chunk: Buffer) => chunk.toString().includes("http://") && resolve()),
      );
      times.push(performance.now() - started);
      await setTimeout(3_000);
      memory = memoryMb(findServer(child.pid!));
      const closed = new Promise((resolve) => child.once("close", resolve));
      process.kill(-child.pid!, "SIGTERM");
      await closed;
    }
    console.log(`npm start: ${median(times).toFixed(0)} ms, ${memory.toFixed(0)} MB when idle`);
  });
}

async function measureReaders(): Promise<void> {
  const { NOTIFICATIONS: _ofThisBench, ...environment } = process.env;
  const program = [join(here, "src/launch.js"), join(here, "test/bench/readers.ts")];
  await new Promise((resolve) =>
    spawn(process.execPath, program, { stdio: "inherit", env: environment }).once("close", resolve),
  );
}

async function measureFanOuts(): Promise<void> {
  for (const admins of [1, 500]) await measureFanOut(admins);
}

const parts: Record<string, () => Promise<void>> = {
  start: measureStart,
  event: measureFanOuts,
  purge: measurePurge,
  worlds: measureWorlds,
  file: measureFile,
  readers: measureReaders,
};
const chosen = process.env["ONLY"]?.split(",") ?? Object.keys(parts);
for (const part of chosen) await parts[part]!();
