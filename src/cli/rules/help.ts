// Help pages, generated from the tree of commands.
import {
  commandPath,
  commonOptionsOf,
  isGroup,
  usageLine,
  type Command,
  type Group,
  type Node,
  type Options,
} from "./command.ts";
import { wrap } from "./text.ts";

export interface HelpStyle {
  heading: (text: string) => string;
}

export const exitCodes = [
  ["0", "success"],
  ["1", "refused or failed"],
  ["2", "invalid command line"],
  ["3", "not signed in"],
  ["4", "Belfry is unreachable"],
] as const;

const variables = [
  ["BELFRY_URL", "address of the server; overrides the stored sign-in"],
  ["BELFRY_SESSION_TOKEN", "token to use; overrides the stored sign-in"],
  ["BELFRY_CONFIG_DIR", "folder of the stored sign-in (default ~/.config/belfry)"],
  ["NO_COLOR", "any value turns off colors"],
] as const;

export function helpPage(path: Node[], { heading }: HelpStyle): string {
  const node = path.at(-1)!;
  const sections = isGroup(node) ? groupSections(path, node) : commandSections(path, node);
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) =>
      (title === "" ? lines : [heading(title), ...lines.map((line) => `  ${line}`)]).join("\n"),
    )
    .join("\n\n");
}

type Section = [title: string, lines: string[]];

function groupSections(path: Node[], group: Group): Section[] {
  const isRoot = path.length === 1;
  const examples = group.commands.flatMap((node) => (isGroup(node) ? [] : node.examples.slice(0, 1)));
  return [
    ["", [group.summary]],
    ["Usage", [`${commandPath(path)} COMMAND [OPTIONS]`]],
    ["Commands", columns(group.commands.flatMap(commandRows))],
    ["Global options", optionLines(commonOptionsOf(path))],
    ["Aliases", aliasLines(path)],
    ["Environment", isRoot ? columns(variables) : []],
    ["Exit codes", isRoot ? columns(exitCodes) : []],
    ["Examples", isRoot ? firstSteps : examples],
    ["", [`Run "${commandPath(path)} COMMAND --help" for details of a command.`]],
  ];
}

const firstSteps = [
  "belfry login",
  `belfry notifications custom "Build done" "All 312 tests passed"`,
  "belfry run -- npm test",
];

const maxListed = 80;

/** A group lists its commands, on several lines where they are many. */
const commandRows = (node: Node): [string, string][] =>
  isGroup(node)
    ? wrap(node.commands.map(({ name }) => name).join(", "), maxListed).map((line, at) => [
        at === 0 ? node.name : "",
        line,
      ])
    : [[[node.name, node.args].filter(Boolean).join(" "), node.summary]];

function commandSections(path: Node[], command: Command): Section[] {
  const others = Object.entries(commonOptionsOf(path)).filter(
    ([name]) => !Object.hasOwn(command.options, name),
  );
  return [
    ["", [command.summary]],
    ["", command.details ?? []],
    ["Usage", [usageLine(path, command)]],
    ["Options", optionLines({ ...command.options, ...Object.fromEntries(others) })],
    ["Aliases", aliasLines(path)],
    ["Examples", command.examples],
  ];
}

const aliasLines = (path: Node[]) =>
  (path.at(-1)!.aliases ?? []).map((alias) => `${commandPath(path.slice(0, -1))} ${alias}`);

const optionLines = (options: Options) =>
  columns(
    Object.entries(options).map(([name, { short, value, text, multiple }]) => [
      `${short === undefined ? "    " : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`,
      multiple === true ? `${text}; repeatable` : text,
    ]),
  );

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`);
}
