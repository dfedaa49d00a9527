// `npm run bench:workers`: what hot requests and runs of the cron cost on Workers: CPU of workerd, and requests to the libSQL
// server, each of them a round trip.
import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { createDatabase } from "../../db/client.ts";
import { openClient } from "../../src/runtime/database.ts";
import { bundleWorker } from "../support/bundle.ts";
import { insertDue } from "../support/due.ts";
import { startLink } from "../support/link.ts";
import { migrate } from "../support/migrate.ts";
import { startReceiver } from "../support/receiver.ts";
import { callServer, owner, type CallOptions } from "../support/server.ts";
import { startLibsqlServer } from "../support/sqld.ts";
import { startWorker } from "../support/worker.ts";
import { cpuMs, workerdPid } from "./measure.ts";
import { median, writeTable } from "./report.ts";

const requests = 300;
const rounds = 3;
const due = 500;

const template = "39b1e189-c857-4b0c-877a-511144c18516";
let sent = 0;

interface Hot {
  name: string;
  method: "GET" | "POST" | "PUT";
  path: string;
  json?: () => object;
  /** Arrivals at the webhook that each causes. */
  arrivals?: number;
}
const hot: Hot[] = [
  { name: "style sheet, which the platform answers", method: "GET", path: "/assets/HASH/belfry.css" },
  { name: "inbox, page", method: "GET", path: "/inbox" },
  { name: "inbox, API", method: "GET", path: "/api/v2/notifications/inbox" },
  { name: "release", method: "GET", path: "/api/v2/buildinfo" },
  { name: "workspaces", method: "GET", path: "/api/v2/workspaces" },
  {
    name: "preferences",
    method: "PUT",
    path: "/api/v2/users/me/notifications/preferences",
    json: () => ({ template_disabled_map: { [template]: false } }),
  },
  {
    name: "state of an agent",
    method: "PUT",
    path: "/api/v2/agent-sessions/one",
    json: () => ({ state: "working", title: `Step ${(sent += 1)}` }),
  },
  {
    name: "custom notification, with its webhook",
    method: "POST",
    path: "/api/v2/notifications/custom",
    json: () => ({ content: { title: `Build ${(sent += 1)}`, message: "All 312 tests passed" } }),
    arrivals: 1,
  },
];

async function start() {
  const [libsql, receiver, bundle] = await Promise.all([
    startLibsqlServer(),
    startReceiver(),
    bundleWorker(),
  ]);
  const { setup_code: setupCode } = await migrate(libsql.url);
  const client = await openClient({ databaseUrl: libsql.url, databaseAuthToken: undefined });
  const link = await startLink(libsql.url);
  const worker = await startWorker(bundle, {
    BELFRY_DATABASE_URL: link.url,
    BELFRY_API_RATE_LIMIT: "0",
    BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
  });
  const call = (method: string, path: string, options?: CallOptions) =>
    callServer(worker.url, method, path, options);
  const made = await callServer(worker.url, "POST", "/api/v2/users/first", {
    json: { ...owner, setup_code: setupCode },
  });
  const { email, password } = owner;
  const login = await callServer(worker.url, "POST", "/api/v2/users/login", { json: { email, password } });
  const page = await call("GET", "/docs");
  const files = /\/assets\/(\w+)\/belfry.css/.exec(page.text)![1]!;
  const stop = async () => {
    client.close();
    await libsql.stop();
    await rm(bundle.folder, { recursive: true, force: true });
  };
  const { user_id: userId } = made.json;
  const token = login.json.session_token;
  return { receiver, link, worker, call, db: createDatabase(client), userId, token, files, stop };
}

interface Cost {
  name: string;
  cpu: number;
  trips: number;
}

test("workers", async () => {
  const { receiver, link, worker, call, db, userId, token, files, stop } = await start();
  const pid = workerdPid();
  const costs: Cost[] = [];
  /** Of each of `count`. */
  async function measure(name: string, count: number, work: () => Promise<unknown>): Promise<void> {
    const [cpu, trips] = [cpuMs(pid), link.requests()];
    await work();
    costs.push({ name, cpu: (cpuMs(pid) - cpu) / count, trips: (link.requests() - trips) / count });
  }
  async function ask({ method, path, json, arrivals = 0 }: Hot, count: number): Promise<void> {
    const before = receiver.arrivals.length;
    for (let at = 0; at < count; at += 1) {
      const headers = { cookie: `coder_session_token=${token}`, accept: "text/html" };
      const given = path.startsWith("/api/") ? { token } : { headers };
      const answer = await call(method, path.replace("HASH", files), {
        ...given,
        ...(json === undefined ? {} : { json: json() }),
      });
      if (answer.status >= 300 && answer.status !== 304) throw new Error(`${path}: ${answer.status}`);
    }
    if (arrivals > 0) await receiver.wait(before + arrivals * count);
  }
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const one of hot) {
        await ask(one, round === 0 ? 50 : 5);
        await measure(one.name, requests, () => ask(one, requests));
      }
      await worker.scheduled();
      await measure("run of the cron, nothing due", 10, async () => {
        for (let at = 0; at < 10; at += 1) await worker.scheduled();
      });
      await insertDue(db, userId, due);
      await measure(`run of the cron, ${due} messages due`, 1, async () => {
        const before = receiver.arrivals.length;
        await worker.scheduled();
        await receiver.wait(before + due);
      });
    }
    expect(worker.logs).toEqual([]);
  } finally {
    await stop();
  }
  const rows = [...Map.groupBy(costs, ({ name }) => name)].map(([name, all]) => [
    name,
    median(all.map(({ cpu }) => cpu)).toFixed(2),
    median(all.map(({ trips }) => trips)).toFixed(2),
  ]);
  writeTable([["Request", "CPU ms", "Round trips"], ...rows], {
    title: "Results of the bench of Workers",
    file: "WORKERS.md",
    command: "npm run bench:workers",
    notes: [
      `Medians of ${rounds} rounds of ${requests} requests, one after another. The bundle as it is deployed, in workerd.`,
      "CPU: of the workerd process, in which the simulator's own Workers pass on each request; the style sheet shows what that costs.",
      "Round trips: requests to the libSQL server, those after the response included. A notification is delivered after its response.",
    ],
  });
});
