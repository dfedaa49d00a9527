// What a command is: its words, its options, its help. The tree of them is data; `run` is the only deed.
import type { Context } from "../context.ts";

export interface Option {
  type: "string" | "boolean";
  short?: string;
  multiple?: boolean;
  /** What stands for the value in the help, like NAME. */
  value?: string;
  /** It may stand without a value, which then is "". */
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
  /** The words it takes, as the help shows them: `TITLE [MESSAGE]`. */
  takes?: string;
  least?: number;
  most?: number;
  /** From its first word on, all belongs to another program. */
  passesOn?: true;
  details?: string[];
  examples: string[];
  options: O;
  /** The exit code; nothing means 0. */
  run(context: Context, input: { options: Values<O>; words: string[] }): Promise<number | void>;
}

export interface Group {
  name: string;
  aliases?: string[];
  summary: string;
  commands: Node[];
}
export type Node = Command | Group;

export const isGroup = (node: Node): node is Group => "commands" in node;

/** Keeps the options' names and kinds, so that `run` sees them typed. */
export const defineCommand = <const O extends Options>(command: Command<O>): Command =>
  command as unknown as Command;

export const commonOptions = {
  url: { type: "string", value: "URL", text: "Belfry's address (else BELFRY_URL, else where you signed in)" },
  token: {
    type: "string",
    value: "KEY",
    text: "the key to use (else BELFRY_SESSION_TOKEN, else your sign-in)",
  },
  help: { type: "boolean", short: "h", text: "show this help" },
} as const satisfies Options;

/** For commands that print data. */
export const outputOption = {
  output: {
    type: "string",
    short: "o",
    value: "text|json",
    text: "json prints the API's object and nothing else",
  },
} as const satisfies Options;
