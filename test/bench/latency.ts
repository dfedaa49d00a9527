// `npm run bench:latency`: how long a notification takes from its request to the receiver and to an open inbox, on an idle
// server, beside a reconciliation of 1,000 pools and a purge, and beside receivers of the other channel that are dead or slow.
// Receivers are in this process, which sends the requests, so that there is one clock. Each scenario has a new server and a new
// database; rounds are interleaved. Variables: ROUNDS (3), CHECKOUT (another folder of Belfry), SAMPLES (of each scenario in each round, 300: with fewer, p99 is the longest of all), ONLY (a part of a scenario's
// name), PROFILES (a folder for CPU profiles).
import { mkdtemp, rm } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, type Database } from "../../db/client.ts";
import { openFileClient } from "../../src/runtime/file-client.ts";
import { fillBacklog, fillOld, fillPresets } from "./latency-data.ts";
import { measureFreshConnections } from "./fresh-connections.ts";
import { serveMail } from "./receivers.ts";
import { describeLatencies, writeLatencies, type Latencies } from "./latency-report.ts";
import { startBelfry, type StartedServer } from "./server.ts";

const rounds = Number(process.env["ROUNDS"] ?? 3);
const samples = Number(process.env["SAMPLES"] ?? 300);
/** Another folder of Belfry, to compare with. */
const checkout = process.env["CHECKOUT"] ?? new URL("../..", import.meta.url).pathname;

type Health = "well" | "dead" | "slow";
interface Scenario {
  name: string;
  /** The scenario that ratios refer to. */
  base: string;
  method: "webhook" | "smtp";
  /** Of the other channel's receiver, which has a backlog of its own. */
  other?: Health;
  prepare?: (server: TestedServer) => Promise<void>;
  /** Runs until it is aborted. */
  load?: (server: TestedServer, signal: AbortSignal) => Promise<unknown>;
}

const scenarios: Scenario[] = [
  { name: "webhook, idle server", base: "webhook, idle server", method: "webhook" },
  {
    name: "webhook, beside a reconciliation of 1,000 pools and a purge",
    base: "webhook, idle server",
    method: "webhook",
    prepare: fillPoolsAndOld,
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
const pools = 1_000;

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

interface TestedServer extends StartedServer {
  userId: string;
  db: Database;
}

async function startServer(folder: string, environment: Record<string, string>): Promise<TestedServer> {
  const quiet = { BELFRY_LOG_LEVEL: "error", ...environment };
  const preload = new URL("loop-monitor.js", import.meta.url).pathname;
  const server = await startBelfry(checkout, folder, quiet, { preload });
  const { id: userId } = JSON.parse(await server.call("GET", "/users/me")) as { id: string };
  const client = openFileClient(`${folder}/belfry.db`, 30_000);
  const stop = async () => {
    client.close();
    await server.stop();
  };
  return { ...server, userId, db: createDatabase(client), stop };
}

/** Delays of the event loop since the last call. */
const loopDelays = ({ child }: TestedServer) =>
  new Promise<{ p99Ms: number; maxMs: number }>((resolve) => {
    child.once("message", (delays) => resolve(delays as { p99Ms: number; maxMs: number }));
    child.send("report");
  });

/** Reads the live inbox until it is aborted. Resolves once it is open: its first event says after which notification it begins. */
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

async function fillPoolsAndOld({ db, userId }: TestedServer): Promise<void> {
  await fillPresets(db, userId, pools);
  await fillOld(db, userId, 60_000);
}

/** Runs that create a workspace for each pool, or cancel those again, while ticks delete old messages. */
async function reconcileAndPurge({ db }: TestedServer, signal: AbortSignal): Promise<void> {
  for (let isWanted = false; !signal.aborted; isWanted = !isWanted) {
    await db.write(fillPresets.want(isWanted), {});
    let isDone = false;
    while (!isDone && !signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, reconciliationMs / 10));
      const { waiting } = await db.read({ waiting: fillPresets.countWaiting() });
      const { starts, deletions } = waiting[0]!;
      // Before anything is created, the two workspaces that each pool has from the beginning are deleted.
      isDone = deletions === 2 * pools && starts === (isWanted ? pools : 0);
    }
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
  const { name, base, method, other = "well", prepare, load } = scenario;
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
  if (other !== "well") {
    await fillBacklog(server.db, server.userId, method === "webhook" ? "smtp" : "webhook", 2_000);
    await server.call("PUT", "/notifications/settings", { notifier_paused: false });
  }
  await prepare?.(server);
  const loading = load?.(server, ending.signal);
  // By then as many attempts wait for the other receiver as there are slots.
  for (let count = 0; count < 30; count += 1) await sample(server, outside, inbox);
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

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
const chosen = scenarios.filter(({ name }) => name.includes(process.env["ONLY"] ?? ""));
const results: Latencies[] = [];
for (let round = 0; round < rounds; round += 1)
  for (const scenario of chosen) {
    const result = await measure(scenario);
    results.push(result);
    console.log(describeLatencies(result));
  }
const fresh = chosen.length === scenarios.length ? [await measureFreshConnections(checkout, samples)] : [];
for (const line of fresh) console.log(line);
writeLatencies(results, samples, fresh);
process.exit(0);
