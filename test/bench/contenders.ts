// Starts the servers of a bench, each in a process of its own: Belfry as it ships, and what it is compared with.
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";

const pathOf = (name: string) => new URL(name, import.meta.url).pathname;
const launcher = pathOf("../../src/launch.js");
const owner = { email: "bench@example.com", username: "bench", password: "correct-horse-battery-42" };

export const contenderNames = ["belfry", "floor", "pg-boss", "graphile-worker", "coder"] as const;
export type ContenderName = (typeof contenderNames)[number];

export interface Contender {
  name: ContenderName;
  url: string;
  token: string;
  /** Milliseconds of CPU that the process has used; NaN where the system doesn't say. */
  cpuMs: () => number;
  stop: () => Promise<void>;
}

type Process = Omit<Contender, "name" | "token">;

/** The first line of the process has its address. */
async function startProcess(args: string[], environment: Record<string, string>): Promise<Process> {
  const child = spawn(process.execPath, [launcher, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NODE_ENV: "production", ...environment },
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString()));
    child.once("close", (code) => reject(new Error(`${args.join(" ")} ended with ${code}`)));
  });
  child.stdout.resume();
  return handleOf(child, closed, (JSON.parse(line) as { address: string }).address);
}

const handleOf = (child: ChildProcess, closed: Promise<void>, url: string): Process => ({
  url,
  cpuMs: () => readCpuMs(child.pid!),
  stop: () => {
    child.kill("SIGTERM");
    return closed;
  },
});

/** Linux counts in hundredths of a second. */
function readCpuMs(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return NaN;
  }
}

/** A server with a database in `folder`, and its first user, signed in. */
export async function startBelfry(
  folder: string,
  environment: Record<string, string> = {},
): Promise<Contender> {
  const server = await startProcess(["serve"], {
    BELFRY_DATABASE_URL: `file:${folder}/belfry.db`,
    BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
    BELFRY_API_RATE_LIMIT: "0",
    ...environment,
  });
  return { ...server, name: "belfry", token: await signInFirst(server.url) };
}

/** The first user's session, by the API that Belfry and Coder share. */
async function signInFirst(url: string): Promise<string> {
  const post = async (path: string) => {
    const answer = await fetch(`${url}/api/v2${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(owner),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { session_token: string };
  };
  await post("/users/first");
  return (await post("/users/login")).session_token;
}

/** Coder's own server (`program`), without provisioners and rate limits. Its database at `postgres` has to be empty. */
export async function startCoder(program: string, postgres: string, folder: string): Promise<Contender> {
  const address = "127.0.0.1:7788";
  const child = spawn(program, ["server"], {
    stdio: "ignore",
    env: {
      ...process.env,
      CODER_PG_CONNECTION_URL: postgres,
      CODER_HTTP_ADDRESS: address,
      CODER_ACCESS_URL: `http://${address}`,
      CODER_CONFIG_DIR: folder,
      CODER_CACHE_DIRECTORY: folder,
      CODER_TELEMETRY_ENABLE: "false",
      CODER_UPDATE_CHECK: "false",
      CODER_PROVISIONER_DAEMONS: "0",
      CODER_DANGEROUS_DISABLE_RATE_LIMITS: "true",
      CODER_DERP_SERVER_STUN_ADDRESSES: "disable",
    },
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const url = `http://${address}`;
  const isReady = () =>
    fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error(`coder server ended with ${child.exitCode}`);
    await sleep(200);
  }
  return { ...handleOf(child, closed, url), name: "coder", token: await signInFirst(url) };
}

/** Its database is one that Belfry has migrated, with a user and a key. */
export async function startFloor(folder: string): Promise<Contender> {
  const belfry = await startBelfry(folder);
  await belfry.stop();
  const server = await startProcess([pathOf("servers.ts"), "floor"], {
    BENCH_DATABASE: join(folder, "belfry.db"),
  });
  return { ...server, name: "floor", token: belfry.token };
}

export async function startPeer(
  name: "pg-boss" | "graphile-worker",
  environment: Record<string, string> = {},
): Promise<Contender> {
  const token = "bench-token";
  const server = await startProcess([pathOf("servers.ts"), name], { BENCH_TOKEN: token, ...environment });
  return { ...server, name, token };
}
