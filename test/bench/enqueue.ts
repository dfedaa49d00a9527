// `npm run bench`: what a notification costs. A real server in a process of its own, a load from this one; the figures
// are for comparing within one run.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "undici";

const launcher = new URL("../../src/launch.js", import.meta.url).pathname;
const seconds = Number(process.env["SECONDS"] ?? 3);
const owner = { email: "bench@example.com", username: "bench", password: "correct-horse-battery-42" };

interface Started {
  url: string;
  stop: () => Promise<void>;
}

async function startServer(folder: string, environment: Record<string, string>): Promise<Started> {
  const child = spawn(process.execPath, [launcher, "serve"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, BELFRY_DATABASE_URL: `file:${folder}/belfry.db`, ...environment },
  });
  const line = await new Promise<string>((resolve) =>
    child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString())),
  );
  const { address } = JSON.parse(line) as { address: string };
  return {
    url: address,
    stop: () =>
      new Promise((resolve) => {
        child.once("close", () => resolve());
        child.kill("SIGTERM");
      }),
  };
}

async function post(pool: Pool, path: string, token: string | undefined, json: unknown, method = "POST") {
  const headers = {
    "content-type": "application/json",
    ...(token === undefined ? {} : { "coder-session-token": token }),
  };
  const answer = await pool.request({
    path: `/api/v2${path}`,
    method: method as "POST",
    headers,
    body: method === "GET" ? null : JSON.stringify(json),
  });
  return { status: answer.statusCode, text: await answer.body.text() };
}

/** Runs `request` with so many at a time for some seconds; prints rate and latencies. */
async function load(
  name: string,
  width: number,
  request: (index: number) => Promise<{ status: number }>,
): Promise<void> {
  const times: number[] = [];
  const end = performance.now() + seconds * 1_000;
  let index = 0;
  let wrong = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (performance.now() < end) {
        const before = performance.now();
        const { status } = await request((index += 1));
        if (status >= 300) wrong += 1;
        times.push(performance.now() - before);
      }
    }),
  );
  const rate = times.length / ((performance.now() - started) / 1_000);
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor(sorted.length * part)]!.toFixed(2).padStart(7);
  console.log(
    `${name.padEnd(44)} ${String(width).padStart(3)} at a time ${rate.toFixed(0).padStart(7)}/s   p50 ${at(0.5)} ms   p99 ${at(0.99)} ms${wrong > 0 ? `   ${wrong} FAILED` : ""}`,
  );
}

async function bench(title: string, environment: Record<string, string>): Promise<void> {
  console.log(`\n${title}`);
  const folder = await mkdtemp(join(tmpdir(), "belfry-bench-"));
  const server = await startServer(folder, {
    BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
    BELFRY_API_RATE_LIMIT: "0",
    ...environment,
  });
  const pool = new Pool(server.url, { connections: 64 });
  await post(pool, "/users/first", undefined, owner);
  const { session_token: token } = JSON.parse((await post(pool, "/users/login", undefined, owner)).text) as {
    session_token: string;
  };
  for (const width of [1, 10, 50]) {
    await load("custom notification", width, (index) =>
      post(pool, "/notifications/custom", token, {
        content: { title: `Build ${width} ${index}`, message: "All 312 tests passed" },
      }),
    );
  }
  await load("inbox, first page", 10, () => post(pool, "/notifications/inbox", token, undefined, "GET"));
  await pool.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

let received = 0;
const receiver = createServer((request, response) => {
  received += 1;
  request.resume().on("end", () => response.writeHead(204).end());
}).listen(0, "127.0.0.1");
await new Promise((resolve) => receiver.once("listening", resolve));

await bench("inbox only", {});
const endpoint = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
await bench("inbox and webhook, signed", {
  BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: endpoint,
  BELFRY_NOTIFICATIONS_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 1).toString("base64")}`,
});
console.log(`\n${received} webhooks arrived`);
receiver.close();
receiver.closeAllConnections();
