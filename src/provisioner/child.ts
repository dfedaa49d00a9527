// Runs one program of a job: streams its lines, collects its output up to a limit, and interrupts or kills it.
import { spawn, type ChildProcess } from "node:child_process";
import type { JobInterrupt } from "./lease.ts";
import { splitLines, type Stream } from "./rules/log-lines.ts";
import type { Environment } from "./environment.ts";

export interface Program {
  file: string;
  args: string[];
  folder: string;
  variables: Record<string, string | undefined>;
  input?: string;
  interruptSignal: NodeJS.Signals;
  /** Whether its child processes get that signal too. */
  signalsGroup: boolean;
  onLine: (line: string, stream: Stream) => void;
  /** Standard output is collected up to this limit and not passed to `onLine`; without it all output is lines. */
  maxOutputBytes?: number;
}

export interface ProgramEnd {
  /** Null if a signal ended it. */
  code: number | null;
  /** Why it did not start or did not exit normally. */
  problem: string | undefined;
  output: string;
}

/** How long background processes of a program that has exited can still print. */
const quietMs = 500;

export async function runProgram(
  program: Program,
  interrupt: JobInterrupt,
  environment: Environment,
  graceMs: number,
): Promise<ProgramEnd> {
  // A new process group: Ctrl-C at the terminal must reach only the daemon, which then finishes its jobs.
  const child = spawn(program.file, program.args, {
    cwd: program.folder,
    env: program.variables,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const collected = collectOutput(child, program);
  // A program may exit without reading its input.
  child.stdin.on("error", () => {});
  child.stdin.end(program.input ?? "");
  const exited = new AbortController();
  const kill = () => signalGroup(child, "SIGKILL");
  const askToStop = () => {
    if (program.signalsGroup) signalGroup(child, program.interruptSignal);
    else child.kill(program.interruptSignal);
    void environment.wait(graceMs, exited.signal).then(() => exited.signal.aborted || kill());
  };
  if (interrupt.raised.aborted) askToStop();
  if (interrupt.killed.aborted) kill();
  interrupt.raised.addEventListener("abort", askToStop, { signal: exited.signal, once: true });
  interrupt.killed.addEventListener("abort", kill, { signal: exited.signal, once: true });
  const { code, problem } = await exitOf(child);
  exited.abort();
  if (interrupt.raised.aborted) kill();
  return { code, problem: problem ?? collected.problem(), output: collected.output() };
}

function collectOutput(child: ChildProcess, { maxOutputBytes, onLine }: Program) {
  const chunks: Buffer[] = [];
  let size = 0;
  if (maxOutputBytes === undefined) passLines(child, "out", onLine);
  else
    child.stdout?.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxOutputBytes) chunks.push(chunk);
      else signalGroup(child, "SIGKILL");
    });
  passLines(child, "error", onLine);
  return {
    problem: () =>
      maxOutputBytes !== undefined && size > maxOutputBytes
        ? `output larger than ${maxOutputBytes / 1_048_576} MiB`
        : undefined,
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
    // It has exited already.
  }
}

function exitOf(child: ChildProcess): Promise<{ code: number | null; problem: string | undefined }> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    let exit: { code: number | null; problem: string | undefined } | undefined;
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined)
        resolve({ code: null, problem: `${child.spawnfile} can't be started (${error.code})` });
    });
    child.on("exit", (code, signal) => {
      exit = { code, problem: signal === null ? undefined : `killed by ${signal}` };
      // Background processes can hold its output open forever.
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
