// The pages of public/docs/ that are made of what the program knows: written by `node test/write-documents.ts`,
// compared by tests.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { commands } from "../../src/cli/commands.ts";
import { isGroup, type Node } from "../../src/cli/rules/command.ts";
import { helpPage } from "../../src/cli/rules/help.ts";
import { compatibilityPage } from "../compatibility/page.ts";

export const folder = new URL("../../public/docs/", import.meta.url).pathname;

export const readDocument = (file: string) => readFileSync(join(folder, file), "utf8");

/** Paths below public/docs/. */
export const documentFiles = (): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .toSorted();

/** Every command as `belfry --help` and the help of its groups list it. */
export function listCommands(node: Node = commands, path: readonly string[] = []): [string, string][] {
  const words = [...path, node.name];
  if (isGroup(node)) return node.commands.flatMap((child) => listCommands(child, words));
  return [[[...words, node.takes].filter(Boolean).join(" "), node.summary]];
}

/** The variables that `belfry --help` and the help of its commands name. */
export function cliVariables(): string[] {
  const heading = (text: string) => text;
  const root = helpPage([commands], { heading });
  const environment = /^Environment\n((?: {2}.*\n)+)/m.exec(root)![1]!;
  return [...environment.matchAll(/^ {2}(BELFRY_\w+)/gm)].map(([, name]) => name!);
}

const commandHeading = "## All commands";

/** The page's text with the list of commands as it is now. */
export function withCommands(page: string): string {
  const rows = listCommands().map(([usage, summary]) => [`\`${usage.replaceAll("|", "\\|")}\``, summary]);
  const width = (column: number, least: number) => Math.max(least, ...rows.map((row) => row[column]!.length));
  const [first, second] = [width(0, "command".length), width(1, "what it does".length)];
  const line = (left: string, right: string) => `| ${left.padEnd(first)} | ${right.padEnd(second)} |`;
  const table = [
    line("command", "what it does"),
    `| ${"-".repeat(first)} | ${"-".repeat(second)} |`,
    ...rows.map(([left, right]) => line(left!, right!)),
  ].join("\n");
  const from = page.indexOf(commandHeading);
  if (from === -1) throw new Error(`reference/cli.md has no "${commandHeading}"`);
  const next = page.indexOf("\n## ", from + commandHeading.length);
  return `${page.slice(0, from)}${commandHeading}\n\n${table}\n${next === -1 ? "" : page.slice(next)}`;
}

/** Each page that is made, as it should be. */
export const madeDocuments: Record<string, () => string> = {
  "reference/coder-compatibility.md": compatibilityPage,
  "reference/cli.md": () => withCommands(readDocument("reference/cli.md")),
};
