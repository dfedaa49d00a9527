// `npm run bench:latency`: how long a notification takes from its request to the receiver and to an open inbox, on an idle
// server, beside a reconciliation of 1,000 pools and a purge, and beside receivers of the other channel that are dead or slow.
// Receivers are in this process, which sends the requests, so that there is one clock. Each scenario has a new server and a new
// database; rounds are interleaved. Variables: ROUNDS (3), SAMPLES (of each scenario in each round, 100), ONLY (a part of a scenario's
// name), PROFILES (a folder for CPU profiles).
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "undici";
import { createDatabase, type Database } from "../../db/client.ts";
import { openFileClient } from "../../src/runtime/file-client.ts";
import { fillBacklog, fillOld, fillPresets } from "./latency-data.ts";
import { serveMail } from "./receivers.ts";
import { describeLatencies, writeLatencies, type Latencies } from "./latency-report.ts";

const rounds = Number(process.env["ROUNDS"] ?? 3);
const samples = Number(process.env["SAMPLES"] ?? 100);
const profiles = process.env["PROFILES"];
const pathOf = (name: string) => new URL(name, import.meta.url).pathname;
const owner = { email: "bench@example.com", username: "bench", password: "correct-horse-battery-42" };

type Health = "well" | "dead" | "slow";
interface Scenario {
  name: string;
  /** The scenario that ratios refer to. */
  base: string;
  method: "webhook" | "smtp";
  /** Of the other channel's receiver, which has a backlog of its own. */
  other?: Health;
  /** Runs until it is aborted. */
  load?: (server: TestedServer, signal: AbortSignal) => Promise<unknown>;
}

const scenarios: Scenario[] = [
  { name: "webhook, idle server", base: "webhook, idle server", method: "webhook" },
  {
    name: "webhook, beside a reconciliation of 1,000 pools and a purge",
    base: "webhook, idle server",
    method: "webhook",
    load: reconcileAndPurge,
  },
  {
    name: "webhook, beside a dead mail server",
    base: "webhook, idle server",
    method: "webhook",
    other: "dead",
  },
  {
    name: "webhook, beside a slow mail server",
    base: "webhook, idle server",
    method: "webhook",
    other: "slow",
  },
  { name: "mail, idle server", base: "mail, idle server", method: "smtp" },
  { name: "mail, beside a dead webhook", base: "mail, idle server", method: "smtp", other: "dead" },
  { name: "mail, beside a slow webhook", base: "mail, idle server", method: "smtp", other: "slow" },
];

/** What arrived, by the title in it; each is waited for once. */
function createArrivals() {
  const waiting = new Map<string, (at: number) => void>();
  return {
    of: (title: string) => new Promise<number>((resolve) => waiting.set(title, resolve)),
    note: (text: string) => {
      const now = performance.now();
      for (const [title] of text.matchAll(/Latency \d+\b/g)) {
        waiting.get(title)?.(now);
        waiting.delete(title);
      }
    },
  };
}
type Arrivals = ReturnType<typeof createArrivals>;

const slowMs = 500;
const reconciliationMs = 2_000;

/** Notes what arrives; the slow one answers late, the dead one never. */
function createWebhook(health: Health, arrivals: Arrivals): Server {
  return createHttpServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      arrivals.note(body);
      if (health === "well") response.writeHead(204).end();
      else if (health === "slow") setTimeout(() => response.writeHead(204).end(), slowMs);
    });
  });
}

function createMailServer(health: Health, arrivals: Arrivals): Server {
  return createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => {});
    if (health !== "dead") serveMail(socket, (text) => arrivals.note(text), health === "slow" ? slowMs : 0);
  });
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

interface TestedServer {
  call: (method: "GET" | "POST" | "PUT", path: string, json?: unknown) => Promise<string>;
  token: string;
  url: string;
  userId: string;
  db: Database;
  child: ChildProcess;
  stop: () => Promise<void>;
}

async function startServer(folder: string, environment: Record<string, string>): Promise<TestedServer> {
  const profiling = profiles === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profiles}`];
  const child = spawn(
    process.execPath,
    [...profiling, "--import", pathOf("loop-monitor.js"), pathOf("../../src/launch.js"), "serve"],
    {
      stdio: ["ignore", "pipe", "inherit", "ipc"],
      env: {
        ...process.env,
        BELFRY_DATABASE_URL: `file:${folder}/belfry.db`,
        BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
        BELFRY_API_RATE_LIMIT: "0",
        BELFRY_LOG_LEVEL: "error",
        ...environment,
      },
    },
  );
  const line = await new Promise<string>((resolve) =>
    child.stdout!.once("data", (chunk: Buffer) => resolve(chunk.toString())),
  );
  child.stdout!.resume();
  const { address: url } = JSON.parse(line) as { address: string };
  const pool = new Pool(url, { connections: 4 });
  let token = "";
  const call: TestedServer["call"] = async (method, path, json) => {
    const headers = { "content-type": "application/json", "coder-session-token": token };
    const body = json === undefined ? null : JSON.stringify(json);
    const response = await pool.request({ path: `/api/v2${path}`, method, headers, body });
    const text = await response.body.text();
    if (response.statusCode >= 300) throw new Error(`${path}: ${response.statusCode} ${text}`);
    return text;
  };
  const { user_id: userId } = JSON.parse(await call("POST", "/users/first", owner)) as { user_id: string };
  token = (JSON.parse(await call("POST", "/users/login", owner)) as { session_token: string }).session_token;
  const client = openFileClient(`${folder}/belfry.db`, 30_000);
  const stop = async () => {
    client.close();
    await pool.destroy();
    const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
    child.kill("SIGTERM");
    await closed;
  };
  return { call, token, url, userId, db: createDatabase(client), child, stop };
}

/** Delays of the event loop since the last call. */
const loopDelays = ({ child }: TestedServer) =>
  new Promise<{ p99Ms: number; maxMs: number }>((resolve) => {
    child.once("message", (delays) => resolve(delays as { p99Ms: number; maxMs: number }));
    child.send("report");
  });

/** Reads the live inbox until it is aborted. Resolves once it is open: its first event says from where it tells. */
function watchInbox({ url, token }: TestedServer, arrivals: Arrivals, signal: AbortSignal): Promise<void> {
  const headers = { "coder-session-token": token };
  return new Promise((resolve) => {
    const read = async () => {
      while (!signal.aborted) {
        const response = await fetch(`${url}/api/v2/notifications/inbox/events`, { headers, signal });
        for await (const chunk of response.body!) {
          resolve();
          arrivals.note(Buffer.from(chunk).toString());
        }
      }
    };
    read().catch(() => {});
  });
}

/** Runs that create a workspace for each pool, or cancel those again, while ticks delete old messages. */
async function reconcileAndPurge({ db, userId }: TestedServer, signal: AbortSignal): Promise<void> {
  await fillPresets(db, userId, 1_000);
  await fillOld(db, userId, 60_000);
  for (let wanted = 3; !signal.aborted; wanted = wanted === 3 ? 2 : 3) {
    await db.write([fillPresets.want(wanted)], {});
    await new Promise((resolve) => setTimeout(resolve, reconciliationMs));
  }
}

let serial = 0;

async function sample(server: TestedServer, outside: Arrivals, inbox: Arrivals): Promise<[number, number]> {
  const title = `Latency ${(serial += 1)}`;
  const [received, shown] = [outside.of(title), inbox.of(title)];
  const started = performance.now();
  await server.call("POST", "/notifications/custom", { content: { title, message: "All 312 tests passed" } });
  return [(await received) - started, (await shown) - started];
}

async function measure(scenario: Scenario): Promise<Latencies> {
  const { name, base, method, other = "well", load } = scenario;
  const [outside, inbox] = [createArrivals(), createArrivals()];
  const folder = await mkdtemp(join(tmpdir(), "belfry-bench-"));
  const webhook = createWebhook(method === "webhook" ? "well" : other, outside);
  const mail = createMailServer(method === "smtp" ? "well" : other, outside);
  const server = await startServer(folder, {
    BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: `http://127.0.0.1:${await listen(webhook)}/hook`,
    BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${await listen(mail)}`,
    BELFRY_EMAIL_FROM: "belfry@example.com",
    BELFRY_NOTIFICATIONS_METHOD: method,
    BELFRY_NOTIFICATIONS_FETCH_INTERVAL: "1s",
    BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_INTERVAL: `${reconciliationMs}ms`,
    BELFRY_WORKSPACE_PREBUILDS_MAX_PENDING: "10000",
  });
  const ending = new AbortController();
  await watchInbox(server, inbox, ending.signal);
  for (let count = 0; count < 30; count += 1) await sample(server, outside, inbox);
  if (other !== "well") {
    await fillBacklog(server.db, server.userId, method === "webhook" ? "smtp" : "webhook", 2_000);
    await server.call("PUT", "/notifications/settings", { notifier_paused: false });
  }
  const loading = load?.(server, ending.signal);
  if (load !== undefined) await new Promise((resolve) => setTimeout(resolve, 2_000));
  await loopDelays(server);
  const received: number[] = [];
  const shown: number[] = [];
  for (let count = 0; count < samples; count += 1) {
    const [toReceiver, toInbox] = await sample(server, outside, inbox);
    received.push(toReceiver);
    shown.push(toInbox);
    await new Promise((resolve) => setTimeout(resolve, 20 + (count % 7) * 5));
  }
  const loop = await loopDelays(server);
  ending.abort();
  await loading;
  await server.stop();
  for (const receiver of [webhook, mail]) receiver.close();
  (webhook as ReturnType<typeof createHttpServer>).closeAllConnections();
  await rm(folder, { recursive: true, force: true });
  return { name, base, received, shown, loop };
}

const chosen = scenarios.filter(({ name }) => name.includes(process.env["ONLY"] ?? ""));
const results: Latencies[] = [];
for (let round = 0; round < rounds; round += 1)
  for (const scenario of chosen) {
    const result = await measure(scenario);
    results.push(result);
    console.log(describeLatencies(result));
  }
writeLatencies(results, rounds * samples);
process.exit(0);
