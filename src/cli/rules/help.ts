// The help pages, made from the tree of commands.
import { commonOptions, isGroup, type Command, type Group, type Node, type Options } from "./command.ts";
import { pathWords } from "./command-line.ts";

export interface HelpStyle {
  heading: (text: string) => string;
}

export const exitCodes = [
  ["0", "done"],
  ["1", "refused or failed"],
  ["2", "the command line is wrong"],
  ["3", "not signed in"],
  ["4", "Belfry can't be reached"],
] as const;

const variables = [
  ["BELFRY_URL", "Belfry's address; wins over the stored sign-in"],
  ["BELFRY_SESSION_TOKEN", "the key to use; wins over the stored sign-in"],
  ["BELFRY_CONFIG_DIR", "where the sign-in is stored (~/.config/belfry)"],
  ["NO_COLOR", "any value: no colours"],
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
    ["Usage", [`${pathWords(path)} COMMAND [OPTIONS]`]],
    ["Commands", columns(group.commands.map((node) => commandRow(node)))],
    ["Options of every command", optionLines(commonOptions)],
    ["Also called", otherNames(path)],
    ["Environment", isRoot ? columns(variables) : []],
    ["Exit codes", isRoot ? columns(exitCodes) : []],
    ["Examples", isRoot ? firstSteps : examples],
    ["", [`More: ${pathWords(path)} COMMAND --help`]],
  ];
}

const firstSteps = [
  "belfry login",
  `belfry notifications custom "Build done" "All 312 tests passed"`,
  "belfry run -- npm test",
];

/** A group shows what is in it. */
const commandRow = (node: Node): [string, string] =>
  isGroup(node)
    ? [node.name, node.commands.map(({ name }) => name).join(", ")]
    : [[node.name, node.takes].filter(Boolean).join(" "), node.summary];

function commandSections(path: Node[], command: Command): Section[] {
  const usage = [pathWords(path), "[OPTIONS]", command.takes].filter(Boolean).join(" ");
  const others = Object.entries(commonOptions).filter(([name]) => !Object.hasOwn(command.options, name));
  return [
    ["", [command.summary, ...(command.details ?? [])]],
    ["Usage", [usage]],
    ["Options", optionLines({ ...command.options, ...Object.fromEntries(others) })],
    ["Also called", otherNames(path)],
    ["Examples", command.examples],
  ];
}

const otherNames = (path: Node[]) =>
  (path.at(-1)!.aliases ?? []).map((alias) => `${pathWords(path.slice(0, -1))} ${alias}`);

const optionLines = (options: Options) =>
  columns(
    Object.entries(options).map(([name, { short, value, text, multiple }]) => [
      `${short === undefined ? "    " : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`,
      multiple === true ? `${text}; may be given again` : text,
    ]),
  );

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`);
}
