// Belfry as people start it: a process of its own, killed when the test ends.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { keepPackage } from "./package.ts";

/** `belfry` from the sources. */
export const sourceLauncher = new URL("../../src/launch.js", import.meta.url).pathname;
const moduleCache = new URL("./module-cache.js", import.meta.url).pathname;
/** Where a packed program keeps what it has compiled: beside it, so that both go together. */
const cacheOf = (program: string): Record<string, string> =>
  program.includes("/node_modules/.cache/packed/") ? { XDG_CACHE_HOME: join(dirname(program), "cache") } : {};

let packed: Promise<string> | undefined;

/**
 * `belfry` as it is installed: it starts in half the time of the sources. Packed once for all processes and runs of the
 * suite, until something in it changes. Within node_modules, where the bundles find the database's native part.
 */
export const packedLauncher = (): Promise<string> =>
  (packed ??= keepPackage(new URL("../../node_modules/.cache/packed", import.meta.url).pathname).then(
    (folder) => join(folder, "launch.js"),
  ));

/** Registers what is to be done when a test, or a group of tests, is over. */
export type WhenDone = (cleanUp: () => Promise<void>) => void;

export interface Program {
  process: ChildProcess;
  /** The JSON line that it printed once it listened. */
  started: Record<string, unknown>;
  url: string;
  stderr: () => string;
  /** Sends a signal and resolves with how it ended. */
  kill: (signal: NodeJS.Signals) => Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** The environment of a process: this one's without what could leak into it. */
export function cleanEnvironment(extra: Record<string, string>): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith("BELFRY_") && !name.startsWith("VITEST"),
  );
  return { ...(Object.fromEntries(kept) as Record<string, string>), ...extra };
}

/** Runs a program to its end. */
export async function run(
  words: string[],
  options: {
    environment?: Record<string, string>;
    folder?: string;
    input?: string;
    /** Another than the packed one of this repository. */
    program?: string;
  } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const program = options.program ?? (await packedLauncher());
  const child = spawn(process.execPath, [program, ...words], {
    cwd: options.folder,
    env: cleanEnvironment({ ...cacheOf(program), ...options.environment }),
  });
  const out = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (out.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (out.stderr += chunk.toString()));
  child.stdin.end(options.input ?? "");
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...out })));
}

/** Starts `belfry serve`, packed unless said otherwise, and waits until it listens; fails with what it said when it doesn't. */
export async function startProgram(environment: Record<string, string>, program?: string): Promise<Program> {
  const file = program ?? (await packedLauncher());
  // A program of the tests starts as quickly as one that is launched.
  const flags = file.endsWith(".ts") ? ["--import", moduleCache] : [];
  return startCommand([process.execPath, ...flags, file, "serve"], {
    BELFRY_API_RATE_LIMIT: "0",
    ...cacheOf(file),
    ...environment,
  });
}

/** Two processes on one libSQL server, every write of which is sent twice. */
export function startTwoServers(databaseUrl: string, secretKey: string): Promise<[Program, Program]> {
  const program = new URL("serve-twice.ts", import.meta.url).pathname;
  const environment = {
    BELFRY_DATABASE_URL: databaseUrl,
    BELFRY_SECRET_KEY: secretKey,
    BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
  };
  return Promise.all([startProgram(environment, program), startProgram(environment, program)]);
}

/** Starts any command that serves, for as long as `whenDone` says; with the test, if left out. */
export async function startCommand(
  [command, ...words]: [string, ...string[]],
  environment: Record<string, string>,
  whenDone: WhenDone = onTestFinished,
): Promise<Program> {
  const child = spawn(command, words, { env: cleanEnvironment(environment) });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal })),
  );
  whenDone(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const line = await new Promise<string>((resolve, reject) => {
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      if (stdout.includes("\n")) resolve(stdout);
    });
    void ended.then(() => reject(new Error(`The server ended before it listened: ${stderr}`)));
  });
  const started = JSON.parse(line) as Record<string, unknown>;
  const kill = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  return { process: child, started, url: started["address"] as string, stderr: () => stderr, kill };
}
