// `belfry` as people type it, but in this process: a command gets a terminal of its own instead of `process`.
import { EventEmitter } from "node:events";
import { PassThrough, Writable } from "node:stream";
import { runCli } from "../../src/cli/cli.ts";
import type { Output, Terminal } from "../../src/cli/terminal.ts";

export interface CommandOptions {
  /** Everything that is set, besides PATH and a home in which nothing can be stored. */
  environment?: Record<string, string>;
  /** Standard input, a pipe. */
  input?: string | Buffer;
}

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end. What it throws is a bug, and fails the test. */
export async function runCommand(
  words: string[],
  { environment = {}, input = "" }: CommandOptions = {},
): Promise<CommandResult> {
  const stdin = new PassThrough();
  stdin.end(input);
  const [stdout, stderr] = [keepOutput(), keepOutput()];
  const exited = Promise.withResolvers<number>();
  const terminal: Terminal = Object.assign(new EventEmitter(), {
    stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: { PATH: process.env["PATH"], HOME: "/dev/null", ...environment },
    exit: exited.resolve,
  });
  const code = await Promise.race([runCli(words, terminal), exited.promise]);
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function keepOutput(): { stream: Output; text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}
