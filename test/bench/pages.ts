// `npm run bench:pages`: the CPU time of hot requests, on Node with a file and in workerd with a libSQL server: of the server's
// process alone, over many requests. CHECKOUTS compares several folders on Node; WORKER=0 leaves workerd out.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "undici";
import { startServer } from "../../src/runtime/server.ts";
import { bundleWorker } from "../support/bundle.ts";
import { startLibsqlServer } from "../support/sqld.ts";
import { createWorker } from "../support/worker.ts";
import { cpuMs, workerdPid } from "./measure.ts";
import { startBelfry } from "./server.ts";

const requests = Number(process.env["REQUESTS"] ?? 3_000);
const rounds = Number(process.env["ROUNDS"] ?? 3);
const concurrency = 8;
const here = new URL("../..", import.meta.url).pathname.replace(/.$/, "");
const checkouts = (process.env["CHECKOUTS"] ?? here).split(",");
const owner = { email: "bench@example.com", username: "bench", password: "correct-horse-battery-42" };

/** As templates make them: facts, a list, links. */
const message = `Build **#214** of [project](https://example.com/project/214) passed in *4 min 12 s*.

- 312 tests passed, 4 skipped
- coverage 91.4 %
- \`npm test -- --coverage\`

What to do: [open the report](https://example.com/project/214/report), or run \`belfry workspaces list\`.`;

const kinds = {
  "inbox page": { method: "GET", path: "/inbox" },
  "inbox, API": { method: "GET", path: "/api/v2/notifications/inbox" },
  "custom notification": { method: "POST", path: "/api/v2/notifications/custom" },
  "style sheet": { method: "GET", path: "/assets/belfry.css" },
} as const;
type Kind = keyof typeof kinds;

const wanted = (process.env["KINDS"]?.split(",") ?? Object.keys(kinds)) as Kind[];

let sent = 0;

async function send(pool: Pool, token: string, kind: Kind, count: number): Promise<void> {
  const { method, path } = kinds[kind];
  const headers = {
    "content-type": "application/json",
    "coder-session-token": token,
    cookie: `coder_session_token=${token}`,
  };
  let left = count;
  const caller = async () => {
    for (; left > 0;) {
      left -= 1;
      const content = { title: `Build ${(sent += 1)} passed`, message };
      const body = method === "POST" ? JSON.stringify({ content }) : null;
      const answer = await pool.request({ method, path, headers, body });
      await answer.body.dump();
      if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
}

interface Target {
  name: string;
  url: string;
  token: string;
  pid: number;
}

async function measure({ name, url, token, pid }: Target, count: number): Promise<void> {
  const pool = new Pool(url, { connections: concurrency });
  await send(pool, token, "custom notification", 25);
  for (const kind of wanted) {
    await send(pool, token, kind, Math.ceil(count / 10));
    const before = cpuMs(pid);
    await send(pool, token, kind, count);
    const each = (cpuMs(pid) - before) / count;
    console.log(
      `${name} ${kind.padEnd(20)} ${each.toFixed(3)} ms of CPU, ${(1_000 / each).toFixed(0)}/s on one core`,
    );
  }
  await pool.close();
}

async function measureNode(checkout: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-bench-"));
  const server = await startBelfry(checkout, folder);
  await measure({ ...server, name: checkout }, requests);
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

async function measureWorker(): Promise<void> {
  const libsql = await startLibsqlServer();
  const key = Buffer.alloc(32, 7).toString("base64");
  const environment = { BELFRY_DATABASE_URL: libsql.url, BELFRY_SECRET_KEY: key, BELFRY_API_RATE_LIMIT: "0" };
  // Signs in on Node: that is not what is measured.
  const node = await startServer(
    { ...environment, BELFRY_HTTP_ADDRESS: "127.0.0.1:0", BELFRY_LOG_LEVEL: "warn" },
    { write: (line) => console.error(line), terminal: false, ticking: false },
  );
  const post = async (path: string) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${node.address}/api/v2/users/${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify(owner),
    });
    return (await answer.json()) as { session_token: string };
  };
  await post("first");
  const { session_token: token } = await post("login");
  const bundle = await bundleWorker();
  const miniflare = createWorker(bundle, environment);
  const url = (await miniflare.ready).origin;
  for (let round = 0; round < rounds; round += 1)
    await measure({ name: "workerd", url, token, pid: workerdPid() }, Math.ceil(requests / 10));
  await miniflare.dispose();
  await node.stop();
  await libsql.stop();
  await rm(bundle.folder, { recursive: true, force: true });
}

for (let round = 0; round < rounds; round += 1) for (const checkout of checkouts) await measureNode(checkout);
if (process.env["WORKER"] !== "0") await measureWorker();
