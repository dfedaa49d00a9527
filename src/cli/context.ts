// What commands work with: output, prompts, the stored sign-in, a client of the chosen server, and two kinds of calls: a
// creation that is retried under one idempotency key, and a list of many pages.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { WriteStream } from "node:tty";
import { styleText } from "node:util";
import { createClient, type Client, ClientError, type AnyAnswer, type Routes } from "../client.ts";
import { exit, Failure } from "./failure.ts";
import { createPrompts, type Prompts } from "./prompts.ts";
import { cutToColumns, plainLine, table } from "./rules/text.ts";
import { chooseServer, type ServerChoice, isTransient } from "./rules/server.ts";
import { configFolder, readLogin, type StoredLogin } from "./stored-login.ts";
import type { Output, Terminal } from "./terminal.ts";

export interface Context {
  terminal: Terminal;
  environment: Record<string, string | undefined>;
  /** The folder of the stored sign-in. */
  folder: string;
  stored: StoredLogin | undefined;
  prompts: Prompts;
  /** The server to call and the key to use. */
  choice: () => ServerChoice;
  /** A client with a key; throws a `Failure` when there is none. */
  client: () => Client;
  /** A line of data, on standard output. */
  print: (line: string) => void;
  /** A message to the user, on standard error. */
  log: (line: string) => void;
  /** Aligned columns under headings. `cut`: lines are cut at the terminal's width. */
  printTable: (headings: string[], rows: string[][], style?: { cut: boolean }) => void;
  /** `Label: value` on one line. */
  printField: (label: string, value: string) => void;
  printJson: (value: unknown) => void;
  bold: (text: string) => string;
  dim: (text: string) => string;
  /** Width of the terminal on standard output; undefined when it is no terminal. */
  columns: number | undefined;
  now: () => number;
  /** Closes standard input, so that the process can exit. */
  close: () => void;
}

export function createContext(
  terminal: Terminal,
  options: { url?: string | undefined; token?: string | undefined },
): Context {
  const { env: environment, stdout, stderr } = terminal;
  const folder = configFolder(environment);
  const stored = readLogin(folder);
  const choice = () =>
    chooseServer({
      option: { url: options.url, token: options.token },
      environment: { url: environment["BELFRY_URL"], token: environment["BELFRY_SESSION_TOKEN"] },
      stored: stored === undefined ? undefined : { url: stored.url, token: stored.session?.token },
    });
  let prompts: Prompts | undefined;
  const print = (line: string) => void stdout.write(`${line}\n`);
  const isColored = showsColors(stdout, environment);
  const style = (format: "bold" | "dim") => (text: string) =>
    isColored ? styleText(format, text, { validateStream: false }) : text;
  const bold = style("bold");
  const width = stdout.isTTY === true && (stdout.columns ?? 0) > 0 ? stdout.columns : undefined;
  return {
    terminal,
    environment,
    folder,
    stored,
    // Created at the first question: reading standard input would take it from the program that `run` starts.
    get prompts() {
      return (prompts ??= createPrompts(terminal));
    },
    choice,
    client: () => {
      const { url, token } = choice();
      if (token === undefined) throw notSignedIn(url);
      return createClient({ url, token });
    },
    print,
    printTable: (headings, rows, { cut } = { cut: false }) => {
      const fit = (line: string) => (cut && width !== undefined ? cutToColumns(line, width) : line);
      const [first = "", ...lines] = table(headings, rows).map(fit);
      print(bold(first));
      for (const line of lines) print(line);
    },
    printField: (label, value) => print(plainLine(`${label}: ${value}`)),
    log: (line) => void stderr.write(`${line}\n`),
    printJson: (value) => void stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    bold,
    dim: style("dim"),
    columns: width,
    now: Date.now,
    close: () => prompts?.close(),
  };
}

/** NO_COLOR and FORCE_COLOR come before what the terminal can. */
function showsColors({ isTTY }: Output, environment: Record<string, string | undefined>): boolean {
  if (isTTY !== true && environment["FORCE_COLOR"] === undefined) return false;
  return WriteStream.prototype.getColorDepth(environment) > 2;
}

export const notSignedIn = (url: string) =>
  new Failure(exit.signedOut, `Not signed in at ${url}.`, `Sign in: belfry login ${url}`);

/** There is one organization. */
export const organization = "default";

const retryDelaysMs = [500, 1_500];

export interface KeyedOptions {
  headers: { "idempotency-key": string };
}

/** Throws the `ClientError` of the last attempt. */
export async function createOnce<R extends AnyAnswer>(
  client: Client,
  call: (routes: Routes, options: KeyedOptions) => Promise<R>,
  onHeaders?: (headers: Headers) => void,
) {
  const options = { headers: { "idempotency-key": randomUUID() } };
  for (let tries = 0; ; tries += 1) {
    try {
      return await client.ask((routes) => call(routes, options), onHeaders);
    } catch (error) {
      const delayMs = retryDelaysMs[tries];
      if (!(error instanceof ClientError) || !isTransient(error) || delayMs === undefined) throw error;
      await sleep(delayMs);
    }
  }
}

/** All items of a list with a count; `readPage` gets the offset. */
export async function readPages<T>(
  readPage: (offset: string) => Promise<{ items: T[]; count: number }>,
): Promise<{ items: T[]; count: number }> {
  const items: T[] = [];
  for (;;) {
    const page = await readPage(String(items.length));
    items.push(...page.items);
    if (page.items.length === 0) return { items, count: items.length };
    if (items.length >= page.count) return { items, count: page.count };
  }
}
