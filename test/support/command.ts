// `belfry` as people type it, but in this process: a command gets a terminal of its own instead of `process`.
import { EventEmitter } from "node:events";
import { PassThrough, Writable } from "node:stream";
import { runCli } from "../../src/cli/cli.ts";
import type { Output, Terminal } from "../../src/cli/terminal.ts";

export interface CommandOptions {
  /** Everything that is set, besides PATH and a home in which nothing can be stored. */
  environment?: Record<string, string>;
}

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end, with pipes. What it throws is a bug, and fails the test. */
export function runCommand(
  words: string[],
  { input = "", ...options }: CommandOptions & { input?: string | Buffer } = {},
): Promise<CommandResult> {
  const { stdin, ended } = start(words, options, undefined);
  stdin.end(input);
  return ended;
}

export interface LongCommand {
  signal: (name: NodeJS.Signals) => void;
  /** Resolves once it has said this on standard error. */
  says: (text: string) => Promise<void>;
  ended: Promise<CommandResult>;
}

/** Starts a command that runs until a signal ends it, without standard input. */
export function startLong(words: string[], options: CommandOptions): LongCommand {
  const { stdin, stderr, terminal, ended } = start(words, options, undefined);
  stdin.end();
  return {
    signal: (name) => void terminal.emit(name),
    says: async (text) => {
      while (!stderr.text().includes(text)) await stderr.more();
    },
    ended,
  };
}

export interface InteractiveCommand {
  type: (text: string) => void;
  /** Resolves once this is on the screen, after what was awaited before; prompts are on standard error. */
  asks: (text: string) => Promise<void>;
  ended: Promise<CommandResult>;
}

/** Starts a command at a terminal that is so wide. */
export function startAtTerminal(
  words: string[],
  { columns = 80, ...options }: CommandOptions & { columns?: number } = {},
): InteractiveCommand {
  const { stdin, stderr, ended } = start(words, options, { isTTY: true, columns });
  let seen = 0;
  return {
    type: (text) => void stdin.write(text),
    asks: async (text) => {
      while (!stderr.text().slice(seen).includes(text)) await stderr.more();
      seen = stderr.text().indexOf(text, seen) + text.length;
    },
    ended,
  };
}

function start(
  words: string[],
  { environment = {} }: CommandOptions,
  screen: { isTTY: true; columns: number } | undefined,
) {
  const stdin = Object.assign(new PassThrough(), screen);
  const [stdout, stderr] = [keepOutput(screen), keepOutput(screen)];
  const exited = Promise.withResolvers<number>();
  const terminal: Terminal & EventEmitter = Object.assign(new EventEmitter(), {
    stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: { PATH: process.env["PATH"], HOME: "/dev/null", ...environment },
    exit: exited.resolve,
  });
  const ended = Promise.race([runCli(words, terminal), exited.promise]).then((code) => ({
    code,
    stdout: stdout.text(),
    stderr: stderr.text(),
  }));
  return { stdin, stderr, terminal, ended };
}

function keepOutput(screen: object | undefined): {
  stream: Output;
  text: () => string;
  more: () => Promise<void>;
} {
  const chunks: Buffer[] = [];
  let next = Promise.withResolvers<void>();
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      next.resolve();
      next = Promise.withResolvers();
      done();
    },
  });
  return {
    stream: Object.assign(stream, screen),
    text: () => Buffer.concat(chunks).toString(),
    more: () => next.promise,
  };
}
