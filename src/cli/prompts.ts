// Prompts at a terminal, on standard error; without a terminal the answers are lines of standard input.
import { createInterface, type Interface } from "node:readline";
import { Writable } from "node:stream";
import { exit, Failure } from "./failure.ts";
import type { Terminal } from "./terminal.ts";

export interface Prompts {
  /** Whether there is a terminal to ask at. */
  interactive: boolean;
  /** A message between two questions. */
  log: (line: string) => void;
  /** The next line; undefined at the end of the input. */
  line: (question: string, hidden?: boolean) => Promise<string | undefined>;
  close: () => void;
}

export function createPrompts(terminal: Terminal): Prompts {
  const interactive = terminal.stdin.isTTY === true && terminal.stderr.isTTY === true;
  let reader: Reader | undefined;
  return {
    interactive,
    log: (line) => void terminal.stderr.write(`${line}\n`),
    line: (question, hidden = false) => {
      reader ??= createReader(terminal, interactive);
      return reader.next(interactive ? question : "", hidden);
    },
    close: () => reader?.close(),
  };
}

interface Reader {
  next: (question: string, hidden: boolean) => Promise<string | undefined>;
  close: () => void;
}

/** One reader for all questions: a line that arrives early is the answer to the next one. */
function createReader(terminal: Terminal, interactive: boolean): Reader {
  const { stdin, stderr } = terminal;
  let silent = false;
  const echo = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!silent) stderr.write(chunk);
      done();
    },
  });
  const lines: string[] = [];
  const waiting: ((line: string | undefined) => void)[] = [];
  let ended = false;
  const readline: Interface = createInterface({
    input: stdin,
    output: echo,
    terminal: interactive,
    historySize: 0,
  });
  readline.on("line", (line) => {
    const waiter = waiting.shift();
    if (waiter === undefined) lines.push(line);
    else waiter(line);
  });
  readline.on("SIGINT", () => {
    readline.close();
    stderr.write("\n");
    terminal.exit(130);
  });
  readline.on("close", () => {
    ended = true;
    for (const waiter of waiting.splice(0)) waiter(undefined);
  });
  return {
    next: async (question, hidden) => {
      stderr.write(question);
      silent = hidden;
      const line =
        lines.shift() ??
        (ended ? undefined : await new Promise<string | undefined>((resolve) => waiting.push(resolve)));
      silent = false;
      if (hidden && question !== "") stderr.write("\n");
      return line;
    },
    close: () => readline.close(),
  };
}

/** An answer that is not empty, or the default. */
export async function ask(prompts: Prompts, question: string, fallback?: string): Promise<string> {
  for (;;) {
    const line = await prompts.line(fallback === undefined ? `${question}: ` : `${question} [${fallback}]: `);
    if (line === undefined) throw new Failure(exit.failed, `${question}: no answer`);
    const answer = line.trim() === "" ? (fallback ?? "") : line.trim();
    if (answer !== "") return answer;
  }
}

/** A password: typed without echo, or the first line of standard input. */
export async function askPassword(prompts: Prompts, question: string): Promise<string> {
  const line = await prompts.line(`${question}: `, true);
  if (line !== undefined && line !== "") return line;
  throw new Failure(
    exit.failed,
    prompts.interactive ? `${question}: no answer` : "No password on standard input.",
    prompts.interactive ? undefined : "Pass it as the first line, for example: … < password-file",
  );
}

/** A new password; at a terminal it is typed twice. */
export async function askNewPassword(prompts: Prompts): Promise<string> {
  if (!prompts.interactive) return askPassword(prompts, "Password");
  for (;;) {
    const password = await askPassword(prompts, "Password");
    if ((await askPassword(prompts, "Confirm password")) === password) return password;
    prompts.log("Passwords do not match. Try again.");
  }
}
