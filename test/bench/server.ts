// A server in a process of its own, with its first user signed in, for the benchmarks.
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { Pool } from "undici";

const owner = { email: "bench@example.com", username: "bench", password: "correct-horse-battery-42" };

export interface StartedServer {
  child: ChildProcess;
  url: string;
  pid: number;
  token: string;
  /** Returns the response's text; throws if it is an error. */
  call: (method: "GET" | "POST" | "PUT", path: string, json?: unknown) => Promise<string>;
  stop: () => Promise<void>;
}

interface StartOptions {
  /** A module that is loaded first. */
  preload?: string;
  /** A folder for a CPU profile, which is written at the end; its names are those of the sources. */
  profiles?: string | undefined;
}

/** Belfry of the sources in `checkout`, with its database in `folder`. */
export async function startBelfry(
  checkout: string,
  folder: string,
  environment: Record<string, string> = {},
  { preload, profiles = process.env["PROFILES"] }: StartOptions = {},
): Promise<StartedServer> {
  const options = [
    ...(profiles === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profiles}`]),
    ...(preload === undefined ? [] : ["--import", preload]),
  ];
  const args = profiles === undefined ? ["serve"] : ["--unbundled", "serve"];
  const child = spawn(process.execPath, [...options, join(checkout, "src/launch.js"), ...args], {
    stdio: ["ignore", "pipe", "inherit", ...(preload === undefined ? [] : (["ipc"] as const))],
    env: {
      ...process.env,
      BELFRY_DATABASE_URL: `file:${folder}/belfry.db`,
      BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
      BELFRY_API_RATE_LIMIT: "0",
      ...environment,
    },
  });
  const line = await new Promise<string>((resolve) =>
    child.stdout!.once("data", (chunk: Buffer) => resolve(chunk.toString())),
  );
  child.stdout!.resume();
  // A bench that is stopped leaves no server behind.
  process.once("exit", () => child.kill());
  const { address: url } = JSON.parse(line) as { address: string };
  const pool = new Pool(url, { connections: 1 });
  let token = "";
  const call: StartedServer["call"] = async (method, path, json) => {
    const headers = { "content-type": "application/json", "coder-session-token": token };
    const body = json === undefined ? null : JSON.stringify(json);
    const answer = await pool.request({ path: `/api/v2${path}`, method, headers, body });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${text}`);
    return text;
  };
  await call("POST", "/users/first", owner).catch(() => "there already");
  token = (JSON.parse(await call("POST", "/users/login", owner)) as { session_token: string }).session_token;
  const stop = async () => {
    await pool.close();
    await new Promise<void>((resolve) => {
      child.once("close", () => resolve());
      child.kill("SIGTERM");
    });
  };
  return { child, url, pid: child.pid!, token, call, stop };
}
