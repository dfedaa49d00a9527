// What a command is: arguments, options and help as data, and `run` for its effects.
import type { Context } from "../context.ts";

export interface Option {
  type: "string" | "boolean";
  short?: string;
  multiple?: boolean;
  /** The value's placeholder in the help, like NAME. */
  value?: string;
  /** The value is optional; without one it is "". */
  valueOptional?: true;
  text: string;
}
export type Options = Record<string, Option>;

export type Values<O extends Options> = {
  [Name in keyof O]: O[Name]["type"] extends "boolean"
    ? boolean
    : O[Name] extends { multiple: true }
      ? string[]
      : string | undefined;
};

export interface Command<O extends Options = Options> {
  name: string;
  aliases?: string[];
  summary: string;
  /** As the help shows them: `TITLE [MESSAGE]`. */
  args?: string;
  /** 0 by default. */
  minArgs?: number;
  /** `minArgs` by default. */
  maxArgs?: number;
  /** It works on this machine, without a server to choose. */
  isLocal?: true;
  /** Everything from the first argument on is passed to another program. */
  passthrough?: true;
  details?: string[];
  examples: string[];
  /** What was typed for a field of the API, where its name doesn't say so: `{ q: "--status" }`. */
  fields?: Record<string, string>;
  options: O;
  /** Resolves with the exit code; nothing means 0. */
  run(context: Context, input: { options: Values<O>; args: string[] }): Promise<number | void>;
}

export interface Group {
  name: string;
  aliases?: string[];
  summary: string;
  /** All its commands do. */
  isLocal?: true;
  commands: Node[];
}
export type Node = Command | Group;

export const isGroup = (node: Node): node is Group => "commands" in node;

/** Keeps the names and types of the options, so that `run` gets them typed. */
export const defineCommand = <const O extends Options>(command: Command<O>): Command =>
  command as unknown as Command;

/** `belfry users create` */
export const commandPath = (path: Node[]): string => path.map(({ name }) => name).join(" ");

/** `belfry users create [OPTIONS] NAME` */
export const usageLine = (path: Node[], { args }: Command): string =>
  [commandPath(path), "[OPTIONS]", args].filter(Boolean).join(" ");

export const commonOptions = {
  url: {
    type: "string",
    value: "URL",
    text: "address of the server (default: BELFRY_URL, then your sign-in)",
  },
  token: {
    type: "string",
    value: "TOKEN",
    text: "token to use (default: BELFRY_SESSION_TOKEN, then your sign-in)",
  },
  help: { type: "boolean", short: "h", text: "show this help" },
} as const satisfies Options;

/** Those of a command or group: where nothing is asked of a server, there is none to choose. */
export const commonOptionsOf = (path: Node[]): Options =>
  path.some(({ isLocal }) => isLocal) ? { help: commonOptions.help } : commonOptions;

/** For commands that print data. */
export const outputOption = {
  output: {
    type: "string",
    short: "o",
    value: "text|json",
    text: "output format (default text)",
  },
} as const satisfies Options;
