// `npm run bench:overload -- [--instances 4] [--seconds 120] [--callers 100] [--file]`: more requests than Belfry can take, whether it answers them
// or not. First finds out how many it can take; then sends half as many again for some time, at an even pace; then sees how soon
// single requests are quick again, and whether all that was accepted is delivered. One receiver, and a libSQL server unless --file.
import { fork } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Pool } from "undici";
import { packedLauncher, startCommand } from "../support/program.ts";
import { secretKey } from "../support/server.ts";
import { startLibsqlServer } from "../support/sqld.ts";

interface Load {
  urls: string[];
  token: string;
  /** Requests a second, evenly, whatever the answers; 0: as fast as `callers` get answers. */
  rate: number;
  callers: number;
  seconds: number;
}

interface Times {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

interface LoadResult {
  offered: number;
  accepted: Times;
  /** 503 with Retry-After. */
  refused: Times;
  /** Anything else, by what it was. */
  failed: Record<string, number>;
  /** For each URL, the longest time without an accepted request, and when it began: milliseconds. */
  gaps: { longest: number; at: number }[];
}

const connections = 1_500;
const requestTimeoutMs = 30_000;
/** Equal texts within a minute would be duplicates. */
let sent = 0;

/** In a process of its own. */
async function generate({ urls, token, rate, callers, seconds }: Load): Promise<LoadResult> {
  const pools = urls.map((url) => new Pool(url, { connections, headersTimeout: requestTimeoutMs }));
  const headers = { "content-type": "application/json", "coder-session-token": token };
  const [accepted, refused]: [number[], number[]] = [[], []];
  const failed: Record<string, number> = {};
  const start = performance.now();
  const last = urls.map(() => start);
  const gaps = urls.map(() => ({ longest: 0, at: 0 }));
  let offered = 0;
  /** Whether it was refused. */
  async function send(): Promise<boolean> {
    const number = (offered += 1);
    const at = number % urls.length;
    const content = { title: `Load ${(sent += 1)}`, message: "All 312 tests passed" };
    const before = performance.now();
    try {
      const answer = await pools[at]!.request({
        method: "POST",
        path: "/api/v2/notifications/custom",
        headers,
        body: JSON.stringify({ content }),
      });
      await answer.body.dump();
      const now = performance.now();
      if (answer.statusCode < 300) {
        accepted.push(now - before);
        if (now - last[at]! > gaps[at]!.longest)
          gaps[at] = { longest: Math.round(now - last[at]!), at: Math.round(last[at]! - start) };
        last[at] = now;
      } else if (answer.statusCode === 503 && answer.headers["retry-after"] !== undefined)
        return refused.push(now - before) > 0;
      else failed[answer.statusCode] = (failed[answer.statusCode] ?? 0) + 1;
    } catch (error) {
      const { code = String(error) } = error as { code?: string };
      failed[code] = (failed[code] ?? 0) + 1;
    }
    return false;
  }
  const isOver = () => performance.now() - start > seconds * 1_000;
  if (rate === 0)
    await Promise.all(
      Array.from({ length: callers }, async () => {
        // As it is told to.
        while (!isOver()) if (await send()) await new Promise((resolve) => setTimeout(resolve, 1_000));
      }),
    );
  else {
    const running = new Set<Promise<unknown>>();
    while (!isOver()) {
      const due = Math.floor(((performance.now() - start) / 1_000) * rate);
      while (offered < due) {
        const one: Promise<unknown> = send().finally(() => running.delete(one));
        running.add(one);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await Promise.all(running);
  }
  await Promise.all(pools.map((pool) => pool.destroy()));
  return { offered, accepted: timesOf(accepted), refused: timesOf(refused), failed, gaps };
}

function timesOf(times: number[]): Times {
  times.sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
  return { count: times.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** Counts requests, and answers them at once. */
function receive(): void {
  let count = 0;
  createServer((socket) => {
    socket.on("error", () => {});
    let rest = "";
    socket.on("data", (chunk) => {
      rest += chunk.toString("latin1");
      // Each request has a body with a length, in one piece or in several.
      for (;;) {
        const head = rest.indexOf("\r\n\r\n");
        const length = Number(/content-length: (\d+)/i.exec(rest.slice(0, head))?.[1] ?? NaN);
        if (head < 0 || Number.isNaN(length) || rest.length < head + 4 + length) return;
        rest = rest.slice(head + 4 + length);
        count += 1;
        socket.write("HTTP/1.1 204 No Content\r\n\r\n");
      }
    });
  }).listen(0, "127.0.0.1", function (this: { address: () => unknown }) {
    process.send!((this.address() as AddressInfo).port);
  });
  process.on("message", () => process.send!(count));
}

function startChild(role: string) {
  const child = fork(import.meta.filename, [role]);
  const ask = <T>(message?: unknown): Promise<T> =>
    new Promise((resolve, reject) => {
      child.removeAllListeners();
      child.once("message", (answer) => resolve(answer as T));
      child.once("close", (code) => reject(new Error(`${role} ended with ${code}`)));
      if (message !== undefined) child.send(message as object);
    });
  return { ask, stop: () => void child.kill() };
}

const cleanUps: (() => unknown)[] = [];
const whenDone = (cleanUp: () => unknown) => void cleanUps.unshift(cleanUp);

async function startInstances(count: number, isFile: boolean, endpoint: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-overload-"));
  whenDone(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  let databaseUrl = `file:${join(folder, "belfry.db")}`;
  if (!isFile) {
    const server = await startLibsqlServer();
    whenDone(server.stop);
    databaseUrl = server.url;
  }
  const environment = {
    BELFRY_DATABASE_URL: databaseUrl,
    BELFRY_SECRET_KEY: secretKey,
    BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
    BELFRY_API_RATE_LIMIT: "0",
    BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: endpoint,
  };
  const launcher = await packedLauncher();
  const urls: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const program = await startCommand([process.execPath, launcher, "serve"], environment, whenDone);
    whenDone(() => {
      if (program.stderr() !== "")
        console.log(`instance ${index} logged:\n${program.stderr().slice(0, 500)}`);
    });
    urls.push(program.url);
  }
  return urls;
}

async function signIn(url: string): Promise<string> {
  const post = async (path: string, json: object) => {
    const answer = await fetch(`${url}/api/v2${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(json),
    });
    return (await answer.json()) as Record<string, string>;
  };
  const user = { email: "ann@example.com", username: "ann", password: "a-good-password-of-ann-7" };
  await post("/users/first", user);
  return (await post("/users/login", user))["session_token"]!;
}

/** Milliseconds of one request after the other, until `quick` in a row are quick. */
async function recover(url: string, token: string): Promise<number> {
  const [quick, quickMs] = [10, 100];
  const began = performance.now();
  for (let row = 0, number = 0; row < quick; number += 1) {
    const before = performance.now();
    const answer = await fetch(`${url}/api/v2/notifications/custom`, {
      method: "POST",
      headers: { "content-type": "application/json", "coder-session-token": token },
      body: JSON.stringify({ content: { title: `After ${number}`, message: "x" } }),
    });
    row = answer.status < 300 && performance.now() - before < quickMs ? row + 1 : 0;
    if (answer.status < 300) extra += 1;
  }
  return performance.now() - began;
}
let extra = 0;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      instances: { type: "string", default: "1" },
      seconds: { type: "string", default: "120" },
      factor: { type: "string", default: "1.5" },
      callers: { type: "string", default: "100" },
      file: { type: "boolean", default: false },
    },
  });
  const [instances, seconds] = [Number(values.instances), Number(values.seconds)];
  const receiver = startChild("receive");
  whenDone(receiver.stop);
  const port = await receiver.ask<number>();
  const urls = await startInstances(instances, values.file, `http://127.0.0.1:${port}/hook`);
  const token = await signIn(urls[0]!);
  const generator = startChild("generate");
  whenDone(generator.stop);
  const run = (load: Pick<Load, "rate" | "seconds">) =>
    generator.ask<LoadResult>({ ...load, urls, token, callers: Number(values.callers) });
  const ability = await run({ rate: 0, seconds: 30 });
  const capacity = Math.round(ability.accepted.count / 30);
  console.log(`capacity: ${capacity} a second`, JSON.stringify(ability));
  const rate = Math.round(capacity * Number(values.factor));
  const load = await run({ rate, seconds });
  const recovered = await recover(urls[0]!, token);
  const expected = ability.accepted.count + load.accepted.count + extra;
  const began = performance.now();
  let delivered = 0;
  while (delivered < expected && performance.now() - began < 300_000) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    delivered = await receiver.ask<number>({});
  }
  console.log(`load: ${rate} a second for ${seconds} s`, JSON.stringify(load));
  console.log(`quick again after ${Math.round(recovered)} ms`);
  console.log(
    `delivered ${delivered} of ${expected} accepted, ${Math.round(performance.now() - began + recovered)} ms after the load`,
  );
}

const role = process.argv[2];
if (role === "receive") receive();
else if (role === "generate")
  process.on("message", async (load: Load) => process.send!(await generate(load)));
else
  try {
    await main();
  } finally {
    for (const cleanUp of cleanUps) await cleanUp();
  }
