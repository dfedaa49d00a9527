// The two ends of an installation under load, each in a process of its own: who sends requests, and who receives webhooks.
// Run as a child process: open-load.ts generate | receive.
import { fork } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { Pool } from "undici";
import type { WhenDone } from "../support/program.ts";

export interface Load {
  urls: string[];
  token: string;
  /** Requests a second, evenly, whatever the answers; 0: as fast as `callers` get answers. */
  rate: number;
  callers: number;
  seconds: number;
}

export interface Times {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

/** Times in milliseconds. */
export interface LoadResult {
  offered: number;
  accepted: Times;
  /** 503 with Retry-After. */
  refused: Times;
  /** Anything else, by what it was. */
  failed: Record<string, number>;
  /** The longest time in which one of the URLs accepted nothing, and when it began. */
  gap: { longest: number; at: number };
  /** When the last one was sent, milliseconds since the epoch. */
  endedAt: number;
}

const connections = 1_500;
const requestTimeoutMs = 30_000;
/** Equal texts within a minute would be duplicates. */
let sent = 0;

function createCounters(urls: readonly string[]) {
  const start = performance.now();
  const [accepted, refused]: [number[], number[]] = [[], []];
  const failed: Record<string, number> = {};
  const last = urls.map(() => start);
  const gap = { longest: 0, at: 0 };
  return {
    accept: (url: number, milliseconds: number) => {
      const now = performance.now();
      accepted.push(milliseconds);
      if (now - last[url]! > gap.longest)
        Object.assign(gap, { longest: Math.round(now - last[url]!), at: Math.round(last[url]! - start) });
      last[url] = now;
    },
    refuse: (milliseconds: number) => void refused.push(milliseconds),
    fail: (what: string) => void (failed[what] = (failed[what] ?? 0) + 1),
    result: () => ({ accepted: timesOf(accepted), refused: timesOf(refused), failed, gap }),
  };
}

function timesOf(times: number[]): Times {
  times.sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
  return { count: times.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function generate({ urls, token, rate, callers, seconds }: Load): Promise<LoadResult> {
  const pools = urls.map((url) => new Pool(url, { connections, headersTimeout: requestTimeoutMs }));
  const headers = { "content-type": "application/json", "coder-session-token": token };
  const counters = createCounters(urls);
  let offered = 0;
  /** Whether it was refused. */
  async function send(): Promise<boolean> {
    const url = (offered += 1) % urls.length;
    const content = { title: `Load ${(sent += 1)}`, message: "All 312 tests passed" };
    const before = performance.now();
    try {
      const answer = await pools[url]!.request({
        method: "POST",
        path: "/api/v2/notifications/custom",
        headers,
        body: JSON.stringify({ content }),
      });
      await answer.body.dump();
      const took = performance.now() - before;
      const isRefused = answer.statusCode === 503 && answer.headers["retry-after"] !== undefined;
      if (answer.statusCode < 300) counters.accept(url, took);
      else if (isRefused) counters.refuse(took);
      else counters.fail(String(answer.statusCode));
      return isRefused;
    } catch (error) {
      const { code = String(error) } = error as { code?: string };
      counters.fail(code);
      return false;
    }
  }
  const start = performance.now();
  const isOver = () => performance.now() - start > seconds * 1_000;
  const running = new Set<Promise<unknown>>();
  if (rate === 0)
    await Promise.all(
      Array.from({ length: callers }, async () => {
        // As Retry-After says.
        while (!isOver()) if (await send()) await wait(1_000);
      }),
    );
  else
    while (!isOver()) {
      const due = Math.floor(((performance.now() - start) / 1_000) * rate);
      while (offered < due) {
        const one: Promise<unknown> = send().finally(() => running.delete(one));
        running.add(one);
      }
      await wait(5);
    }
  const endedAt = Date.now();
  await Promise.all(running);
  await Promise.all(pools.map((pool) => pool.destroy()));
  return { offered, ...counters.result(), endedAt };
}

/** Answers each request at once, and each message of the parent's with how many there were, and of how many messages. */
function receive(): void {
  let arrivals = 0;
  const ids = new Set<string>();
  createServer((socket) => {
    socket.on("error", () => {});
    let rest = "";
    socket.on("data", (chunk) => {
      rest += chunk.toString("latin1");
      // Each request has a body with a length, in one piece or in several.
      for (;;) {
        const end = rest.indexOf("\r\n\r\n");
        const head = rest.slice(0, end);
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? NaN);
        if (end < 0 || Number.isNaN(length) || rest.length < end + 4 + length) return;
        rest = rest.slice(end + 4 + length);
        arrivals += 1;
        ids.add(/x-message-id: (\S+)/i.exec(head)![1]!);
        socket.write("HTTP/1.1 204 No Content\r\n\r\n");
      }
    });
  }).listen(0, "127.0.0.1", function (this: { address: () => unknown }) {
    process.send!((this.address() as AddressInfo).port);
  });
  process.on("message", () => process.send!({ arrivals, messages: ids.size } satisfies Received));
}

export interface Received {
  arrivals: number;
  messages: number;
}

function startChild(role: "generate" | "receive", whenDone: WhenDone) {
  const child = fork(import.meta.filename, [role]);
  whenDone(async () => void child.kill());
  return <T>(message?: unknown): Promise<T> =>
    new Promise((resolve, reject) => {
      child.removeAllListeners();
      child.once("message", (answer) => resolve(answer as T));
      child.once("close", (code) => reject(new Error(`${role} ended with ${code}`)));
      if (message !== undefined) child.send(message as object);
    });
}

export function startGenerator(whenDone: WhenDone) {
  const ask = startChild("generate", whenDone);
  return (load: Load) => ask<LoadResult>(load);
}

export async function startCountingReceiver(whenDone: WhenDone) {
  const ask = startChild("receive", whenDone);
  const port = await ask<number>();
  return { url: `http://127.0.0.1:${port}/hook`, received: () => ask<Received>({}) };
}

if (process.send !== undefined && process.argv[1] === import.meta.filename) {
  if (process.argv[2] === "receive") receive();
  else process.on("message", async (load: Load) => process.send!(await generate(load)));
}
