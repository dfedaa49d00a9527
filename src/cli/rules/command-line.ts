// Reads the command line: a command with its options and arguments, a request for help, or what is wrong.
import { parseArgs } from "node:util";
import {
  commandPath,
  commonOptions,
  commonOptionsOf,
  isGroup,
  usageLine,
  type Command,
  type Group,
  type Node,
  type Options,
} from "./command.ts";
import { suggest } from "./names.ts";

export type Reading =
  | { kind: "run"; path: Node[]; command: Command; options: Record<string, unknown>; args: string[] }
  | { kind: "help"; path: Node[] }
  | { kind: "version" }
  | { kind: "wrong"; path: Node[]; problem: string };

export function readCommandLine(root: Group, typed: string[]): Reading {
  const path: Node[] = [root];
  const before: string[] = [];
  let rest = typed;
  let wantsHelp = false;
  for (let node: Node = root; isGroup(node);) {
    const [word, ...others] = rest;
    if (word === undefined) return { kind: "help", path };
    rest = others;
    if (word === "--version" && node === root) return { kind: "version" };
    if (word === "help") wantsHelp = true;
    else if (word.startsWith("-")) {
      const leading = readLeadingOption(word, rest);
      if (leading === undefined)
        return { kind: "wrong", path, problem: unknownOption(word, path, commonOptions) };
      if (leading.help) wantsHelp = true;
      else before.push(word, ...rest.splice(0, leading.values));
    } else {
      const found: Node | undefined = node.commands.find(
        ({ name, aliases = [] }) => name === word || aliases.includes(word),
      );
      if (found === undefined) {
        return wantsHelp
          ? { kind: "help", path }
          : { kind: "wrong", path, problem: unknownCommand(word, node, path) };
      }
      path.push(found);
      node = found;
    }
  }
  if (wantsHelp) return { kind: "help", path };
  return readCommand(path, path.at(-1) as Command, [...before, ...rest]);
}

/** Common options can precede the command. */
function readLeadingOption(word: string, rest: string[]): { help: boolean; values: number } | undefined {
  if (word === "--help" || word === "-h") return { help: true, values: 0 };
  if (/^--(url|token)=/.test(word)) return { help: false, values: 0 };
  if (word === "--url" || word === "--token") return { help: false, values: Math.min(1, rest.length) };
  return undefined;
}

function readCommand(path: Node[], command: Command, typed: string[]): Reading {
  const known: Options = { ...commonOptionsOf(path), ...command.options };
  const wrong = (problem: string): Reading => ({ kind: "wrong", path, problem });
  const own = command.passthrough === true ? untilFirstArgument(typed, known) : typed;
  const passedOn = typed.slice(own.length);
  const { tokens } = tokenize(own, known);
  const options: Record<string, unknown> = Object.fromEntries(
    Object.entries(known).map(([name, { type, multiple }]) => [
      name,
      type === "boolean" ? false : multiple === true ? [] : undefined,
    ]),
  );
  const args: string[] = passedOn[0] === "--" ? passedOn.slice(1) : passedOn;
  for (const token of tokens) {
    if (token.kind === "positional") args.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    const option = Object.hasOwn(known, name) ? known[name] : undefined;
    if (option === undefined) return wrong(unknownOption(rawName, path, known));
    if (option.type === "boolean") {
      if (value !== undefined) return wrong(`${rawName}: takes no value`);
      options[name] = true;
    } else {
      if (value === undefined)
        return wrong(`${rawName}: value missing, use ${rawName} ${option.value ?? "VALUE"}`);
      if (inlineValue === false && /^-./.test(value))
        return wrong(`${rawName}: value missing; to use ${value} as the value, write ${rawName}=${value}`);
      options[name] = option.multiple === true ? [...(options[name] as string[]), value] : value;
    }
  }
  if (options["help"] === true) return { kind: "help", path };
  const problem = argumentsProblem(path, command, args) ?? outputProblem(options["output"]);
  return problem === undefined ? { kind: "run", path, command, options, args } : wrong(problem);
}

const tokenize = (args: string[], options: Options) =>
  parseArgs({
    args: args.map((word, at) => (isValueOmitted(word, args[at + 1], options) ? `${word}=` : word)),
    options: Object.fromEntries(
      Object.entries(options).map(([name, { type, short, multiple }]) => [
        name,
        { type, ...(short === undefined ? {} : { short }), ...(multiple === undefined ? {} : { multiple }) },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });

/** Whether an optional value is omitted: an option or an address follows. */
function isValueOmitted(word: string, next: string | undefined, options: Options): boolean {
  if (options[word.slice(2)]?.valueOptional !== true || !word.startsWith("--")) return false;
  return next === undefined || /^-.|[.:/]|^localhost$/.test(next);
}

/** Everything before the other program's name or `--`. */
function untilFirstArgument(typed: string[], known: Options): string[] {
  const first = tokenize(typed, known).tokens.find(({ kind }) => kind !== "option");
  return first === undefined ? typed : typed.slice(0, first.index);
}

function argumentsProblem(path: Node[], command: Command, args: string[]): string | undefined {
  const { minArgs = 0, maxArgs = command.passthrough === true ? Infinity : minArgs } = command;
  if (args.length < minArgs)
    return `Missing argument ${argumentName(command, args.length)}. Usage: ${usageLine(path, command)}`;
  if (args.length <= maxArgs) return undefined;
  const unexpected = `Unexpected argument "${args[maxArgs]}".`;
  return maxArgs === 0
    ? `${unexpected} This command takes no arguments.`
    : `${unexpected} Quote text that contains spaces.`;
}

/** As the help names it: `NAME` of `NAME [SCHEDULE]`. */
function argumentName({ args = "" }: Command, index: number): string {
  const names = args.replace(/^-- /, "").split(" ");
  return names[index]!.replace(/[^\w-]/g, "");
}

const outputProblem = (output: unknown) =>
  output === undefined || output === "text" || output === "json"
    ? undefined
    : `--output: "${String(output)}" is invalid, use text or json`;

function unknownCommand(word: string, group: Group, path: Node[]): string {
  const names = group.commands.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  const where = path.length === 1 ? "" : ` for "${commandPath(path)}"`;
  const near = suggest(word, names);
  const elsewhere = near === "" ? pathsOf(word, group, path)[0] : undefined;
  return `Unknown command "${word}"${where}.${elsewhere === undefined ? near : ` Did you mean "${elsewhere}"?`}`;
}

/** Of the commands of this name below a group: `belfry admin doctor`. */
const pathsOf = (word: string, group: Group, path: Node[]): string[] =>
  group.commands.flatMap((node) => [
    ...(node.name === word ? [commandPath([...path, node])] : []),
    ...(isGroup(node) ? pathsOf(word, node, [...path, node]) : []),
  ]);

function unknownOption(typed: string, path: Node[], known: Options): string {
  const name = typed.replace(/=.*$/s, "");
  const options = Object.keys(known).map((option) => `--${option}`);
  return `Unknown option ${name} for "${commandPath(path)}".${name.startsWith("--") ? suggest(name, options) : ""}`;
}
