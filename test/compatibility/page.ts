// Makes the page reference/coder-compatibility.md of the tables. A script writes it, a test compares.
import { routeGroups, type RouteGroup } from "./absent-routes.ts";
import { commands, ownCommands, worksWithCoder } from "./commands.ts";
import { differences } from "./differences.ts";
import { enums } from "./enums.ts";
import { metrics } from "./metrics.ts";
import { queries } from "./queries.ts";
import { accountRoutes, notificationRoutes, ownRoutes, serviceRoutes } from "./routes.ts";
import { requests, type RequestType } from "./requests.ts";
import type { Row } from "./row.ts";
import { ownKinds, templates } from "./templates.ts";
import { ownVariables, variables } from "./variables.ts";
import { elsewhere, ownWorkspaceRoutes, workspaceRoutes } from "./workspace-routes.ts";

const verdictLabels = {
  same: "same",
  better: "**better**",
  different: "different",
  absent: "absent",
} as const;

const head = `# Compatibility with Coder

Belfry stands alone; it needs no coderd. It implements the part of Coder's HTTP API for notifications, workspaces, templates and
prebuilds, so codersdk, the \`coder\` command line and their users work with it.

- **same**: Coder's clients see no relevant difference.
- **better**: compatible, with an improvement; see the note.
- **different**: exists, but Coder's clients must adapt; see the note.
- **absent**: doesn't exist. "Not yet" means planned.

Absent routes answer 404 with a JSON error. Paths are below \`/api/v2\`. This page is generated from tables that Belfry's tests compare
with the program, so it is complete.
`;

const sum = (numberOf: (group: RouteGroup) => number): number =>
  routeGroups.reduce((total, group) => total + numberOf(group), 0);

const absentSection = (): string =>
  `## Absent routes by group

Of the ${sum(({ total }) => total)} routes that Coder 2.27 documents in these groups, ${sum(({ absent }) => absent.length)} are absent.

${table(
  ["group", "absent", "of", "routes"],
  routeGroups.map(({ name, total, absent }) => [
    name,
    String(absent.length),
    String(total),
    absent.map(code).join(", "),
  ]),
)}`;

export function compatibilityPage(): string {
  const sections = [
    head,
    `## Use Coder's command line

Coder's command line works with Belfry: \`coder login https://belfry.example.com\`. These commands were tested with releases 2.27 and
2.30:

${worksWithCoder.map((line) => `- \`${line.replace(/ \(.*\)$/, "")}\`${/ \(.*\)$/.exec(line)?.[0] ?? ""}`).join("\n")}
`,
    `## Deliberate differences\n\n${table(
      ["subject", "Coder", "Belfry", "reason"],
      differences.map(({ what, coder, belfry, why }) => [what, coder, belfry, why]),
    )}`,
    section("Routes: service", serviceRoutes),
    section("Routes: accounts", accountRoutes),
    section("Routes: notifications", notificationRoutes),
    section("Routes: templates, workspaces, prebuilds", workspaceRoutes),
    section("Routes: other", elsewhere),
    absentSection(),
    `## Routes only in Belfry\n\n${table(
      ["route", "purpose"],
      [...ownRoutes, ...ownWorkspaceRoutes].map(({ route, what }) => [code(route), what]),
    )}`,
    `## Requests

Belfry rejects or ignores these fields of Coder's requests, and honors all others. A rejected field gets a 400 that names it, unless it
asks for Belfry's normal behavior.

${table(
  ["request", "rejected", "ignored"],
  requests.map(requestRow).filter(([, ...rest]) => rest.join("") !== ""),
)}`,
    section("Commands", commands),
    `## Commands only in Belfry\n\n${table(
      ["command", "purpose"],
      ownCommands.map(({ command, what }) => [code(command), what]),
    )}`,
    section("Environment variables", variables),
    `## Variables only in Belfry\n\n${table(
      ["variable", "purpose"],
      ownVariables.map(({ name, what }) => [code(name), what]),
    )}`,
    section("Notification kinds", templates, ["Coder: name, id, identifier", "Belfry: the same id"], false),
    `## Notification kinds only in Belfry\n\n${table(
      ["name", "id", "when"],
      ownKinds.map(({ name, id, about }) => [name, code(id), about]),
    )}`,
    section("Values", enums, ["Coder's type", "Belfry's values"], false),
    section("Metrics", metrics),
    section("Database queries", queries),
  ];
  return `${sections.map((text) => text.trimEnd()).join("\n\n")}\n`;
}

function requestRow({ name, members }: RequestType): string[] {
  const named = Object.entries(members);
  const refused = named.filter(([, { outcome }]) => outcome === "refused").map(([member]) => code(member));
  const ignored = named.flatMap(([member, one]) =>
    one.outcome === "ignored" ? [`${code(member)} (${one.why})`] : [],
  );
  return [code(name), refused.join(", "), ignored.join("; ")];
}

function section(
  title: string,
  rows: readonly Row[],
  [first, second] = ["Coder", "Belfry"],
  names = true,
): string {
  const lines = rows.map(({ coder, ours, verdict, note }) => [
    names ? code(coder) : coder,
    ours === "" ? "" : !names ? plain(ours) : ours === coder ? "the same" : code(ours),
    verdictLabels[verdict],
    note,
  ]);
  return `## ${title}\n\n${table([first!, second!, "verdict", "notes"], lines)}`;
}

const code = (name: string) => `\`${name}\``;
/** An id alone is code as well. */
const plain = (ours: string) => (/^[0-9a-f-]{36}$/.test(ours) ? code(ours) : ours);

/** With columns of equal width, as the formatter wants it. */
function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = heading.map((_, column) => Math.max(3, ...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(all[0]!), rule, ...all.slice(1).map(line)].join("\n");
}
