// The load generator: a process that sends requests with a number of callers for some time and reports rate and latencies.
import { fork } from "node:child_process";
import { Pool } from "undici";

export const requestKinds = {
  enqueue: { method: "POST", path: "/api/v2/notifications/custom", label: "custom notification" },
  inbox: { method: "GET", path: "/api/v2/notifications/inbox", label: "inbox, first page" },
} as const;
export type RequestKind = keyof typeof requestKinds;

export interface Load {
  url: string;
  token: string;
  kind: RequestKind;
  callers: number;
  durationMs: number;
}

export interface LoadResult {
  requests: number;
  failed: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
}

export interface LoadGenerator {
  /** One load at a time. */
  run: (load: Load) => Promise<LoadResult>;
  stop: () => void;
}

/** Starts the generator's process. */
export function createLoadGenerator(): LoadGenerator {
  const child = fork(import.meta.filename, ["generate"]);
  return {
    run: (load) =>
      new Promise((resolve, reject) => {
        child.removeAllListeners();
        child.once("message", (result) => resolve(result as LoadResult));
        child.once("close", (code) => reject(new Error(`The load generator ended with ${code}`)));
        child.send(load);
      }),
    stop: () => void child.kill(),
  };
}

let sent = 0;

async function generate({ url, token, kind, callers, durationMs }: Load): Promise<LoadResult> {
  const { method, path } = requestKinds[kind];
  const headers = { "content-type": "application/json", "coder-session-token": token };
  const pool = new Pool(url, { connections: callers });
  const latencies: number[] = [];
  let failed = 0;
  const started = performance.now();
  const call = async () => {
    for (let now = started; now - started < durationMs; now = performance.now()) {
      // Equal texts within a minute would be duplicates.
      const content = { title: `Build ${(sent += 1)}`, message: "All 312 tests passed" };
      const body = method === "GET" ? null : JSON.stringify({ content });
      const before = performance.now();
      const response = await pool.request({ method, path, headers, body });
      await response.body.dump();
      latencies.push(performance.now() - before);
      if (response.statusCode >= 300) failed += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  const seconds = (performance.now() - started) / 1_000;
  await pool.close();
  latencies.sort((a, b) => a - b);
  const percentile = (share: number) => latencies[Math.floor(latencies.length * share)]!;
  return { requests: latencies.length, failed, seconds, p50Ms: percentile(0.5), p99Ms: percentile(0.99) };
}

if (process.argv[2] === "generate")
  process.on("message", async (load: Load) => process.send!(await generate(load)));
