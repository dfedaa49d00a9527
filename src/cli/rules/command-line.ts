// From the words that were typed to a command with its options, or to words about what is wrong with them.
import { parseArgs } from "node:util";
import { commonOptions, isGroup, type Command, type Group, type Node, type Options } from "./command.ts";
import { nearest } from "./names.ts";

export type Reading =
  | { kind: "run"; path: Node[]; command: Command; options: Record<string, unknown>; words: string[] }
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
      else before.push(word, ...rest.splice(0, leading.takes));
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

/** Options that go with every command may stand before it. */
function readLeadingOption(word: string, rest: string[]): { help: boolean; takes: number } | undefined {
  if (word === "--help" || word === "-h") return { help: true, takes: 0 };
  if (/^--(url|token)=/.test(word)) return { help: false, takes: 0 };
  if (word === "--url" || word === "--token") return { help: false, takes: Math.min(1, rest.length) };
  return undefined;
}

function readCommand(path: Node[], command: Command, typed: string[]): Reading {
  const known: Options = { ...commonOptions, ...command.options };
  const wrong = (problem: string): Reading => ({ kind: "wrong", path, problem });
  const own = command.passesOn === true ? untilFirstWord(typed, known) : typed;
  const passedOn = typed.slice(own.length);
  const { tokens } = tokenize(own, known);
  const options: Record<string, unknown> = Object.fromEntries(
    Object.entries(known).map(([name, { type, multiple }]) => [
      name,
      type === "boolean" ? false : multiple === true ? [] : undefined,
    ]),
  );
  const words: string[] = passedOn[0] === "--" ? passedOn.slice(1) : passedOn;
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    const option = Object.hasOwn(known, name) ? known[name] : undefined;
    if (option === undefined) return wrong(unknownOption(rawName, path, known));
    if (option.type === "boolean") {
      if (value !== undefined) return wrong(`${rawName} takes no value.`);
      options[name] = true;
    } else {
      if (value === undefined)
        return wrong(`${rawName} needs a value: ${rawName} ${option.value ?? "VALUE"}`);
      if (inlineValue === false && /^-./.test(value))
        return wrong(`${rawName} needs a value. If ${value} is meant to be it, write ${rawName}=${value}`);
      options[name] = option.multiple === true ? [...(options[name] as string[]), value] : value;
    }
  }
  if (options["help"] === true) return { kind: "help", path };
  const problem = wordsProblem(command, words) ?? outputProblem(options["output"]);
  return problem === undefined ? { kind: "run", path, command, options, words } : wrong(problem);
}

const tokenize = (args: string[], options: Options) =>
  parseArgs({
    args: args.map((word, at) => (lacksValue(word, args[at + 1], options) ? `${word}=` : word)),
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

/** An option whose value may be left out: what comes next is none if it is another option or an address. */
function lacksValue(word: string, next: string | undefined, options: Options): boolean {
  if (options[word.slice(2)]?.valueOptional !== true || !word.startsWith("--")) return false;
  return next === undefined || /^-.|[.:/]|^localhost$/.test(next);
}

/** What stands before the other program's name or `--`. */
function untilFirstWord(typed: string[], known: Options): string[] {
  const first = tokenize(typed, known).tokens.find(({ kind }) => kind !== "option");
  return first === undefined ? typed : typed.slice(0, first.index);
}

function wordsProblem(command: Command, words: string[]): string | undefined {
  const { least = 0, most = command.passesOn === true ? Infinity : least, takes = "" } = command;
  if (words.length < least)
    return words.length === 0 ? `It needs ${takes}.` : `Something is missing: it needs ${takes}.`;
  if (words.length > most) {
    return most === 0
      ? `It takes no words, but there is "${words[0]}".`
      : `There is a word too many: "${words[most]}". Put quotes round text with blanks.`;
  }
  return undefined;
}

const outputProblem = (output: unknown) =>
  output === undefined || output === "text" || output === "json"
    ? undefined
    : `--output must be text or json, not "${String(output)}".`;

export const pathWords = (path: Node[]): string => path.map(({ name }) => name).join(" ");

function unknownCommand(word: string, group: Group, path: Node[]): string {
  const names = group.commands.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  const near = nearest(word, names);
  const where = path.length === 1 ? "" : ` under "${pathWords(path)}"`;
  return `There is no command "${word}"${where}.${near === undefined ? "" : ` Did you mean "${near}"?`}`;
}

function unknownOption(typed: string, path: Node[], known: Options): string {
  const name = typed.replace(/=.*$/s, "");
  const near = name.startsWith("--") ? nearest(name.slice(2), Object.keys(known)) : undefined;
  return `"${pathWords(path)}" has no option ${name}.${near === undefined ? "" : ` Did you mean --${near}?`}`;
}
