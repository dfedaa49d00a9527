// `npm run bench:delivery`: how fast a backlog goes to a webhook. A server, and a receiver in another process; the messages are
// enqueued while delivery is paused. CHECKOUTS compares several folders of Belfry in one run, round by round.
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { Pool } from "undici";

const count = Number(process.env["COUNT"] ?? 4_000);
const rounds = Number(process.env["ROUNDS"] ?? 3);
const here = new URL("../..", import.meta.url).pathname;
const checkouts = (process.env["CHECKOUTS"] ?? here).split(",");
/** A folder for CPU profiles of the servers. */
const profiles = process.env["PROFILES"];
const owner = { email: "bench@example.com", username: "bench", password: "correct-horse-battery-42" };

/** Answers 204, and reports each time that another `count` requests arrived. */
function receive(): void {
  let received = 0;
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(204).end();
      received += 1;
      if (received % count === 0) process.send!("all");
    });
  }).listen(0, "127.0.0.1", () => process.send!((server.address() as AddressInfo).port));
}

const messageOf = <T>(child: ChildProcess) => new Promise<T>((resolve) => child.once("message", resolve));

async function startServer(checkout: string, environment: Record<string, string>) {
  const profiling = profiles === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profiles}`];
  const child = spawn(process.execPath, [...profiling, join(checkout, "src/launch.js"), "serve"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...environment },
  });
  const line = await new Promise<string>((resolve) =>
    child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString())),
  );
  const stop = () =>
    new Promise<void>((resolve) => {
      child.once("close", () => resolve());
      child.kill("SIGTERM");
    });
  return { url: (JSON.parse(line) as { address: string }).address, pid: child.pid!, stop };
}

/** Milliseconds of CPU that a process used; Linux only. */
function cpuMs(pid: number): number {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ").slice(11, 13);
  return (Number(user) + Number(system)) * 10;
}

/** As if the one notification had been sent `count` times, each time with another title. */
function multiply(file: string): void {
  const database = new Database(file, { timeout: 5_000 });
  const nth = (column: string) => `printf('%s%012x', substr(${column}, 1, 24), n.value)`;
  const numbers = `(WITH RECURSIVE series(value) AS (VALUES (1) UNION ALL SELECT value + 1 FROM series WHERE value < ${count - 1}) SELECT value FROM series) AS n`;
  database.exec(`BEGIN;
    INSERT INTO notification_events (id, template_id, template_version, labels, targets, created_by, created_at)
      SELECT ${nth("id")}, template_id, template_version, json_set(labels, '$.custom_title', 'Build ' || n.value),
        targets, created_by, created_at FROM notification_events, ${numbers};
    INSERT INTO notification_messages (id, event_id, user_id, method, status, reasons, due_at, attempt_count, created_at, updated_at)
      SELECT ${nth("id")}, ${nth("event_id")}, user_id, method, status, reasons, due_at, attempt_count, created_at, updated_at
      FROM notification_messages, ${numbers} WHERE method = 'webhook';
    COMMIT;`);
  database.close();
}

async function deliverBacklog(checkout: string, receiver: ChildProcess, endpoint: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-bench-"));
  const server = await startServer(checkout, {
    BELFRY_DATABASE_URL: `file:${folder}/belfry.db`,
    BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
    BELFRY_API_RATE_LIMIT: "0",
    BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: endpoint,
    BELFRY_NOTIFICATIONS_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 1).toString("base64")}`,
  });
  const pool = new Pool(server.url, { connections: 1 });
  let token = "";
  const call = async (method: "GET" | "POST" | "PUT", path: string, json?: unknown): Promise<string> => {
    const headers = { "content-type": "application/json", "coder-session-token": token };
    const body = json === undefined ? null : JSON.stringify(json);
    const answer = await pool.request({ path: `/api/v2${path}`, method, headers, body });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${text}`);
    return text;
  };
  await call("POST", "/users/first", owner);
  token = (JSON.parse(await call("POST", "/users/login", owner)) as { session_token: string }).session_token;
  await call("PUT", "/notifications/settings", { notifier_paused: true });
  await call("POST", "/notifications/custom", {
    content: { title: "Build 0", message: "All 312 tests passed" },
  });
  multiply(`${folder}/belfry.db`);
  const [cpu, started] = [cpuMs(server.pid), performance.now()];
  const all = messageOf(receiver);
  await call("PUT", "/notifications/settings", { notifier_paused: false });
  await all;
  const seconds = (performance.now() - started) / 1_000;
  // The last results are written after the receiver has answered.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const used = cpuMs(server.pid) - cpu;
  console.log(
    `${checkout.padEnd(24)} ${(count / seconds).toFixed(0).padStart(6)} messages/s   ${(used / count).toFixed(3)} ms of CPU each`,
  );
  await pool.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

async function bench(): Promise<void> {
  const receiver = spawn(process.execPath, [...process.execArgv, import.meta.filename, "receive"], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: process.env,
  });
  const port = await messageOf<number>(receiver);
  for (let round = 0; round < rounds; round += 1)
    for (const checkout of checkouts)
      await deliverBacklog(checkout, receiver, `http://127.0.0.1:${port}/hook`);
  receiver.kill();
}

if (process.argv[2] === "receive") receive();
else await bench();
