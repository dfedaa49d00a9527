// The pages of public/docs/ that are made of what the program knows: written by `npm run docs`,
// compared by tests.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { commands } from "../../src/cli/commands.ts";
import { isGroup, type Node } from "../../src/cli/rules/command.ts";
import { helpPage } from "../../src/cli/rules/help.ts";
import { loadTemplateFiles } from "../../db/template-files.ts";
import { compatibilityPage } from "../compatibility/page.ts";
import { laws, lawsPage, reasons } from "../house/rooms.ts";

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
  return [[[...words, node.args].filter(Boolean).join(" "), node.summary]];
}

/** The variables that `belfry --help` and the help of its commands name. */
export function cliVariables(): string[] {
  const heading = (text: string) => text;
  const root = helpPage([commands], { heading });
  const environment = /^Environment\n((?: {2}.*\n)+)/m.exec(root)![1]!;
  return [...environment.matchAll(/^ {2}(BELFRY_\w+)/gm)].map(([, name]) => name!);
}

/** A table with columns of equal width, as the formatter wants it. */
function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = heading.map((_, column) => Math.max(3, ...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  return [line(all[0]!), line(widths.map((width) => "-".repeat(width))), ...all.slice(1).map(line)].join(
    "\n",
  );
}

/** The page with `text` as the whole of the section below `heading`. */
function withSection(file: string, heading: string, text: string): string {
  const page = readDocument(file);
  const from = page.indexOf(`${heading}\n`);
  if (from === -1) throw new Error(`${file} has no "${heading}"`);
  const next = page.indexOf("\n## ", from + heading.length);
  return `${page.slice(0, from)}${heading}\n\n${text}\n${next === -1 ? "" : page.slice(next)}`;
}

const commandTable = (): string =>
  table(
    ["command", "what it does"],
    listCommands().map(([usage, summary]) => [`\`${usage}\``, summary]),
  );

const lawsFile = lawsPage.replace("public/docs/", "");

const lawTable =
  (): string => `The rooms and these rules are a table in \`test/house/rooms.ts\`; \`npm run rules\` makes the linter's configuration of it.

${table(
  ["rule", "why"],
  Object.entries(laws).map(([law, text]) => [text, reasons[law as keyof typeof laws]]),
)}`;

const kindsFile = "administration/monitoring/notifications/kinds.md";
/** The page's heading for each group of kinds. */
const kindHeadings: Record<string, string> = {
  "Workspace Events": "## Workspaces",
  "Task Events": "## AI tasks",
  "Agent Events": "## AI agents",
  "Template Events": "## Templates and prebuilds",
  "User Events": "## Accounts",
  "Custom Events": "## Custom and test notifications",
  "Notification Events": "## Custom and test notifications",
};

/** The page with its tables made of the front matter of db/templates; what is written around them stays. */
function kindsPage(): string {
  const byHeading = Map.groupBy(loadTemplateFiles(), ({ group }) => kindHeadings[group] ?? group);
  return [...byHeading].reduce((page, [heading, kinds]) => {
    const from = page.indexOf(`${heading}\n`);
    if (from === -1) throw new Error(`${kindsFile} has no "${heading}": add it there and to kindHeadings`);
    const rows = kinds.map(({ displayName, about, audience, severity, enabledByDefault, alwaysOn }) => [
      displayName,
      severity,
      enabledByDefault ? about : `${about} **Off by default**`,
      alwaysOn ? `${audience}; can't be turned off` : audience,
    ]);
    const made = `${table(["kind", "severity", "when", "recipients"], rows).trimEnd()}\n`;
    return page.slice(0, from) + page.slice(from).replace(/^\|.*\n(?:\|.*\n)+/m, () => made);
  }, readDocument(kindsFile));
}

const rulesFile = "administration/monitoring/notifications/rules.md";

/** The facts of each kind, as its events are checked to have them. */
const factTable = (): string =>
  table(
    ["kind", "severity", "group", "names", "labels"],
    loadTemplateFiles().map(({ slug, severity, group, facts, sample }) => [
      `\`${slug}\``,
      severity,
      group,
      facts.map((fact) => `\`${fact}\``).join(", "),
      Object.keys(sample.labels)
        .map((label) => `\`${label}\``)
        .join(", "),
    ]),
  );

const alertsFile = "administration/monitoring/alerts.md";

/** The rules of the page, as a file for Prometheus. */
const alertRules = (): string => /^```yaml\n(groups:\n.*?)^```/ms.exec(readDocument(alertsFile))![1]!;

/** Each page that is made, as it should be. */
export const madeDocuments: Record<string, () => string> = {
  "reference/coder-compatibility.md": compatibilityPage,
  "reference/cli.md": () => withSection("reference/cli.md", "## All commands", commandTable()),
  [kindsFile]: kindsPage,
  [rulesFile]: () => withSection(rulesFile, "## Kinds and their facts", factTable()),
  "administration/monitoring/belfry-alerts.yaml": alertRules,
  [lawsFile]: () => withSection(lawsFile, "## Rules that the linter enforces", lawTable()),
};
