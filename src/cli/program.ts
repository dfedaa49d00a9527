// Runs another program: it reads this process's input and gets its signals, its output passes through unchanged, and the
// end of the output is kept.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { constants as osConstants, platform, tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { isatty } from "node:tty";
import { addOutput, emptyTail, type OutputStream, type OutputTail } from "./rules/run-report.ts";
import type { Output, Terminal } from "./terminal.ts";

export interface ProgramResult {
  /** 128 + N when signal N ended it; 126 and 127 when it could not be started. */
  exitCode: number;
  signal: NodeJS.Signals | null;
  problem: string | undefined;
  milliseconds: number;
  tail: OutputTail;
}

export const stopSignals = ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP"] as const;
const forwarded = [...stopSignals, "SIGUSR1", "SIGUSR2"] as const;

/** After the program has ended, its output is awaited until it is quiet for this time. */
const quietMs = 500;

export async function runProgram(command: string[], terminal: Terminal): Promise<ProgramResult> {
  const { env: environment, stdout, stderr } = terminal;
  const [file = "", ...args] = command;
  const started = performance.now();
  const pipes = openPipes(environment);
  const [out, error] = pipes ?? [];
  const child = spawn(file, args, {
    stdio: ["inherit", out?.writeEnd ?? "pipe", error?.writeEnd ?? "pipe"],
    env: { ...environment, ...colorVariables(terminal) },
  });
  closeWriteEnds(pipes ?? []);
  let tail = emptyTail;
  const keep = (stream: OutputStream) => (text: string) => (tail = addOutput(tail, stream, text));
  const outputs = [
    forwardOutput(out?.readEnd ?? child.stdout, stdout, keep("out")),
    forwardOutput(error?.readEnd ?? child.stderr, stderr, keep("error")),
  ].flat();
  const stopForwarding = forwardSignals(terminal, child);
  const end = await endOf(child, file, outputs);
  stopForwarding();
  return { ...end, milliseconds: performance.now() - started, tail };
}

/** Programs print no colors into a pipe, unless a variable says that a terminal follows. */
function colorVariables({ env, stdout }: Terminal): Record<string, string> {
  const isChosen = env["FORCE_COLOR"] !== undefined || env["NO_COLOR"] !== undefined;
  return stdout.isTTY === true && !isChosen ? { FORCE_COLOR: "1" } : {};
}

/** The stream that is forwarded; none when the program could not be started. */
function forwardOutput(
  source: Readable | null | undefined,
  target: Output,
  keep: (text: string) => void,
): Readable[] {
  if (source == null) return [];
  const decoder = new TextDecoder();
  source.on("data", (chunk: Buffer) => keep(decoder.decode(chunk, { stream: true })));
  source.on("error", () => source.destroy());
  source.pipe(target, { end: false });
  // The reader has closed the pipe (`| head`): the program gets a broken pipe, as without `belfry run`.
  target.on("error", () => source.destroy());
  return [source];
}

/** A terminal's keys signal all programs on it; other signals are forwarded. */
function forwardSignals(terminal: Terminal, child: ChildProcess): () => void {
  const hasTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));
  const handlers = forwarded.map((signal) => {
    const handler = () => {
      if (!hasTerminal || (signal !== "SIGINT" && signal !== "SIGQUIT")) child.kill(signal);
    };
    terminal.on(signal, handler);
    return { signal, handler };
  });
  return () => {
    for (const { signal, handler } of handlers) terminal.off(signal, handler);
  };
}

type End = Pick<ProgramResult, "exitCode" | "signal" | "problem">;

function endOf(child: ChildProcess, file: string, outputs: Readable[]): Promise<End> {
  return new Promise((resolve) => {
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return;
      const isMissing = error.code === "ENOENT";
      const problem = isMissing
        ? `${file}: command not found`
        : `${file}: ${error.code === "EACCES" ? "permission denied" : error.message}`;
      resolve({ exitCode: isMissing ? 127 : 126, signal: null, problem });
    });
    child.on("exit", (code, signal) => {
      const exitCode = signal === null ? (code ?? 1) : 128 + osConstants.signals[signal];
      void outputEnds(outputs).then(() => resolve({ exitCode, signal, problem: undefined }));
    });
  });
}

/** Resolves when all output is forwarded. Background processes can hold it open forever, so silence ends it too. */
function outputEnds(outputs: Readable[]): Promise<void> {
  let hasOutput = false;
  for (const output of outputs) output.on("data", () => (hasOutput = true));
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout;
    const finish = () => {
      clearTimeout(timer);
      for (const output of outputs) output.destroy();
      resolve();
    };
    const wait = () => {
      hasOutput = false;
      // With a slow reader the timer can fire while output waits; that comes before the immediate.
      timer = setTimeout(() => setImmediate(() => (hasOutput ? wait() : finish())), quietMs);
    };
    const closed = outputs.map((output) =>
      output.closed ? undefined : new Promise((ended) => output.once("close", ended)),
    );
    wait();
    void Promise.all(closed).then(finish);
  });
}

export interface Pipe {
  /** For the program; closed here once it has started. */
  writeEnd: number;
  readEnd: Readable;
}

/** Node gives its children sockets, on which Linux can't open /dev/stderr. Undefined elsewhere, or when mkfifo fails. */
export function openPipes(
  environment: Record<string, string | undefined>,
): [out: Pipe, error: Pipe] | undefined {
  if (platform() !== "linux") return undefined;
  const folder = mkdtempSync(join(tmpdir(), "belfry-run-"));
  const files = [join(folder, "out"), join(folder, "error")] as const;
  try {
    execFileSync("mkfifo", files, { stdio: "ignore", env: environment });
    return [openPipe(files[0]), openPipe(files[1])];
  } catch {
    return undefined;
  } finally {
    // Open pipes need no names.
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The reader is opened first, without waiting for a writer; the writer is an ordinary, blocking one. */
function openPipe(file: string): Pipe {
  const reader = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(file, constants.O_WRONLY);
  return { writeEnd, readEnd: new Socket({ fd: reader, readable: true, writable: false }) };
}

export function closeWriteEnds(pipes: readonly Pipe[]): void {
  for (const { writeEnd } of pipes) closeSync(writeEnd);
}
