// Runs one program of a job to its end: its lines as they come, what it prints for us, and the way it is stopped.
import { spawn, type ChildProcess } from "node:child_process";
import type { Ending } from "./ending.ts";
import { splitLines, type Stream } from "./rules/log-lines.ts";
import type { Environment } from "./worker-context.ts";

export interface Program {
  file: string;
  words: string[];
  folder: string;
  environment: Record<string, string | undefined>;
  input?: string;
  /** What asks it to stop, and whether all that it has started is asked too. */
  interrupt: NodeJS.Signals;
  withChildren: boolean;
  onLine: (line: string, stream: Stream) => void;
  /** Its standard output is kept up to so many bytes, and gives no lines. */
  keep?: number;
}

export interface Ended {
  /** Null when a signal ended it. */
  code: number | null;
  /** Why it could not run, or not to its end. */
  problem: string | undefined;
  output: string;
}

/** Milliseconds in which what it left running may still print. */
const quietMs = 500;

export async function runProgram(
  program: Program,
  ending: Ending,
  world: Environment,
  grace: number,
): Promise<Ended> {
  // A group of its own: the terminal's Ctrl-C is for the daemon, which then finishes its jobs.
  const child = spawn(program.file, program.words, {
    cwd: program.folder,
    env: program.environment,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const kept = keepOutput(child, program);
  // A program that doesn't read its input is no failure.
  child.stdin.on("error", () => {});
  child.stdin.end(program.input ?? "");
  const over = new AbortController();
  const kill = () => signalGroup(child, "SIGKILL");
  const interrupt = () => {
    if (program.withChildren) signalGroup(child, program.interrupt);
    else child.kill(program.interrupt);
    void world.wait(grace, over.signal).then(() => over.signal.aborted || kill());
  };
  if (ending.ended.aborted) interrupt();
  if (ending.killed.aborted) kill();
  ending.ended.addEventListener("abort", interrupt, { signal: over.signal, once: true });
  ending.killed.addEventListener("abort", kill, { signal: over.signal, once: true });
  const { code, problem } = await exitOf(child);
  over.abort();
  if (ending.ended.aborted) kill();
  return { code, problem: problem ?? kept.problem(), output: kept.output() };
}

function keepOutput(child: ChildProcess, { keep, onLine }: Program) {
  const chunks: Buffer[] = [];
  let size = 0;
  if (keep === undefined) passLines(child, "out", onLine);
  else
    child.stdout?.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= keep) chunks.push(chunk);
      else signalGroup(child, "SIGKILL");
    });
  passLines(child, "error", onLine);
  return {
    problem: () =>
      keep !== undefined && size > keep ? `it printed more than ${keep / 1_048_576} MiB` : undefined,
    output: () => Buffer.concat(chunks).toString("utf8"),
  };
}

function passLines(child: ChildProcess, stream: Stream, onLine: Program["onLine"]): void {
  const source = stream === "out" ? child.stdout : child.stderr;
  const decoder = new TextDecoder();
  let open = "";
  const take = (text: string) => {
    const split = splitLines(open, text);
    open = split.open;
    for (const line of split.lines) onLine(line, stream);
  };
  source?.on("data", (chunk: Buffer) => take(decoder.decode(chunk, { stream: true })));
  source?.on("close", () => open !== "" && take("\n"));
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

function exitOf(child: ChildProcess): Promise<{ code: number | null; problem: string | undefined }> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    let exit: { code: number | null; problem: string | undefined } | undefined;
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) resolve({ code: null, problem: `it can't be started (${error.code})` });
    });
    child.on("exit", (code, signal) => {
      exit = { code, problem: signal === null ? undefined : `it was ended by ${signal}` };
      // What it left running in the background may hold its output open for ever.
      timer = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, quietMs);
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve(exit ?? { code, problem: undefined });
    });
  });
}
