// `npm run bench:readers`: what live inboxes cost. A server, and a second process that opens real connections to it: memory and
// CPU of many idle ones, and the CPU that one notification costs with a number of readers. CHECKOUTS compares several folders.
import { fork, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { cpuMs, memoryMb } from "./measure.ts";
import { startBelfry, type StartedServer } from "./server.ts";

const idle = Number(process.env["IDLE"] ?? 10_000);
const notified = Number(process.env["NOTIFIED"] ?? 1_000);
const notifications = Number(process.env["NOTIFICATIONS"] ?? 20);
const here = new URL("../..", import.meta.url).pathname.replace(/.$/, "");
const checkouts = (process.env["CHECKOUTS"] ?? here).split(",");
const idleSeconds = 10;

/** Connections that are opened at the same time. */
const concurrency = 100;

const ways = {
  events: { path: "events", headers: "", opened: "retry:", notification: "event: notification" },
  frames: {
    path: "watch",
    headers:
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n",
    opened: "101 ",
    notification: `"unread_count"`,
  },
} as const;
type Way = keyof typeof ways;

interface Order {
  url: string;
  token: string;
  way: Way;
  count: number;
}

/** The second process: opens what it is asked to, and reports when all are open and each time that all got a notification. */
function read(): void {
  const sockets: Socket[] = [];
  process.on("message", async ({ url, token, way, count }: Order) => {
    const { hostname: host, port } = new URL(url);
    const { path, headers, opened, notification } = ways[way];
    const request = `GET /api/v2/notifications/inbox/${path} HTTP/1.1\r\nHost: ${host}\r\nCoder-Session-Token: ${token}\r\n${headers}\r\n`;
    let arrived = 0;
    const open = () =>
      new Promise<void>((resolve) => {
        const socket = connect({ host, port: Number(port) });
        sockets.push(socket);
        socket.on("error", () => {});
        socket.on("data", (chunk: Buffer) => {
          const text = chunk.toString("latin1");
          if (text.includes(opened)) resolve();
          const found = text.split(notification).length - 1;
          for (let at = 0; at < found; at += 1) {
            arrived += 1;
            if (arrived % count === 0) process.send!("notified");
          }
        });
        socket.write(request);
      });
    let left = count;
    const openSome = async () => {
      for (; left > 0;) {
        left -= 1;
        await open();
      }
    };
    await Promise.all(Array.from({ length: concurrency }, openSome));
    process.send!("open");
  });
}

const next = (child: ChildProcess, expected: string) =>
  new Promise<void>((resolve) => {
    child.on("message", function hear(message) {
      if (message !== expected) return;
      child.off("message", hear);
      resolve();
    });
  });

async function openReaders(order: Order): Promise<ChildProcess> {
  const child = fork(import.meta.filename, ["read"]);
  const opened = next(child, "open");
  child.send(order);
  await opened;
  return child;
}

async function closeReaders(child: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGKILL");
  await closed;
}

async function measureIdle(server: StartedServer, way: Way): Promise<string> {
  const started = cpuMs(server.pid);
  const readers = await openReaders({ url: server.url, token: server.token, way, count: idle });
  const opening = (cpuMs(server.pid) - started) / idle;
  await setTimeout(2_000);
  const before = cpuMs(server.pid);
  await setTimeout(idleSeconds * 1_000);
  const each = (cpuMs(server.pid) - before) / idleSeconds;
  const memory = memoryMb(server.pid);
  await closeReaders(readers);
  return `${idle} idle: ${memory.toFixed(0)} MB, ${each.toFixed(0)} ms of CPU a second, ${opening.toFixed(2)} ms to open one`;
}

/** Milliseconds of CPU that a notification costs, with those readers or none. */
async function measureNotifications(server: StartedServer, way: Way, count: number): Promise<number> {
  const order = { url: server.url, token: server.token, way, count };
  const readers = count === 0 ? undefined : await openReaders(order);
  let used = 0;
  for (let at = 0; at < notifications; at += 1) {
    await setTimeout(150);
    const arrived = readers === undefined ? setTimeout(100) : next(readers, "notified");
    const before = cpuMs(server.pid);
    await server.call("POST", "/notifications/custom", {
      content: { title: `Build ${way} ${count} ${at}`, message: "All 312 tests passed" },
    });
    await arrived;
    await setTimeout(50);
    used += cpuMs(server.pid) - before;
  }
  if (readers !== undefined) await closeReaders(readers);
  return used / notifications;
}

async function withServer<T>(checkout: string, work: (server: StartedServer) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-bench-"));
  const server = await startBelfry(checkout, folder);
  const result = await work(server);
  await server.stop();
  await rm(folder, { recursive: true, force: true });
  return result;
}

async function bench(): Promise<void> {
  for (const checkout of checkouts) {
    for (const way of ["events", "frames"] as const) {
      const name = `${checkout} ${way.padEnd(6)}`;
      console.log(`${name} ${await withServer(checkout, (server) => measureIdle(server, way))}`);
      const [alone, together] = await withServer(checkout, async (server) => [
        await measureNotifications(server, way, 0),
        await measureNotifications(server, way, notified),
      ]);
      console.log(
        `${name} one notification: ${alone!.toFixed(1)} ms of CPU without readers, ${together!.toFixed(1)} ms with ${notified}`,
      );
    }
  }
}

if (process.argv[2] === "read") read();
else await bench();
