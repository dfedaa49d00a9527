// How fast a backlog is delivered to a webhook, by Belfry and by workers of the job queues that POST. The receiver is a process
// of its own; each measurement has a new server and a new database.
import { fork, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "undici";
import { startBelfry, startPeer, type Contender, type ContenderName } from "./contenders.ts";
import type { Measurement } from "./report.ts";

/** Answers 204, and reports when `count` requests have arrived. */
function receive(count: number): void {
  let received = 0;
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(204).end();
      received += 1;
      if (received === count) process.send!("all");
    });
  }).listen(0, "127.0.0.1", () => process.send!((server.address() as AddressInfo).port));
}

const nextMessage = <T>(child: ChildProcess) =>
  new Promise<T>((resolve) => child.once("message", (message) => resolve(message as T)));

/** Stores the backlog while delivery is paused, then measures from its start until the last request arrives. */
async function deliver(contender: Contender, count: number, receiver: ChildProcess) {
  const pool = new Pool(contender.url, { connections: 50 });
  const headers = { "content-type": "application/json", "coder-session-token": contender.token };
  const call = async (method: "POST" | "PUT", path: string, json: object) => {
    const response = await pool.request({
      method,
      path: `/api/v2/notifications/${path}`,
      headers,
      body: JSON.stringify(json),
    });
    await response.body.dump();
    if (response.statusCode >= 300) throw new Error(`${path}: ${response.statusCode}`);
  };
  await call("PUT", "settings", { notifier_paused: true });
  const titles = Array.from({ length: count }, (_, index) => `Build ${index}`);
  const enqueue = async () => {
    for (let title = titles.pop(); title !== undefined; title = titles.pop())
      await call("POST", "custom", { content: { title, message: "All 312 tests passed" } });
  };
  await Promise.all(Array.from({ length: 50 }, enqueue));
  const [cpuMs, started] = [contender.cpuMs(), performance.now()];
  const all = nextMessage(receiver);
  await call("PUT", "settings", { notifier_paused: false });
  await all;
  const seconds = (performance.now() - started) / 1_000;
  // The last results are written after the receiver's response.
  await new Promise((resolve) => setTimeout(resolve, 300));
  await pool.close();
  return { perSecond: count / seconds, cpuUsPerRequest: ((contender.cpuMs() - cpuMs) * 1_000) / count };
}

export async function measureBacklog(
  name: Exclude<ContenderName, "floor" | "coder">,
  count: number,
  round: number,
): Promise<Measurement> {
  const receiver = fork(import.meta.filename, ["receive", String(count)]);
  const endpoint = `http://127.0.0.1:${await nextMessage<number>(receiver)}/hook`;
  const folder = await mkdtemp(join(tmpdir(), "belfry-bench-"));
  const contender =
    name === "belfry"
      ? // Peers have no inbox.
        await startBelfry(folder, {
          BELFRY_NOTIFICATIONS_METHOD: "webhook",
          BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: endpoint,
          BELFRY_NOTIFICATIONS_INBOX_ENABLED: "false",
        })
      : await startPeer(name, { BENCH_ENDPOINT: endpoint });
  try {
    const subject = `delivery of ${count.toLocaleString("en")} webhooks`;
    const result = await deliver(contender, count, receiver);
    return { subject, contender: name, round, ...result, callers: 0, p50Ms: NaN, p99Ms: NaN, failed: 0 };
  } finally {
    receiver.kill();
    await contender.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

if (process.argv[2] === "receive") receive(Number(process.argv[3]));
