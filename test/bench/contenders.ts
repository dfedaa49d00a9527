// Starts the servers of a bench, each in a process of its own: Belfry as it ships, and what it is compared with.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const pathOf = (name: string) => new URL(name, import.meta.url).pathname;
const launcher = pathOf("../../src/launch.js");
const owner = { email: "bench@example.com", username: "bench", password: "correct-horse-battery-42" };

export const contenderNames = ["belfry", "floor", "pg-boss", "graphile-worker"] as const;
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
  return {
    url: (JSON.parse(line) as { address: string }).address,
    cpuMs: () => readCpuMs(child.pid!),
    stop: () => {
      child.kill("SIGTERM");
      return closed;
    },
  };
}

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
  const post = async (path: string) => {
    const answer = await fetch(`${server.url}/api/v2${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(owner),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { session_token: string };
  };
  await post("/users/first");
  const { session_token: token } = await post("/users/login");
  return { ...server, name: "belfry", token };
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
