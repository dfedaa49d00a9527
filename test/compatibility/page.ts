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

const words = {
  same: "same",
  better: "**better**",
  different: "different",
  absent: "absent",
} as const;

const head = `# Compatibility with Coder

Belfry stands alone; it needs no coderd. It speaks the part of Coder's HTTP API that has to do with notifications, and with
what they are about, so that codersdk, the \`coder\` command line and programs made for them can be used with it.

- **same**: a client of Coder's sees no difference that matters to it.
- **better**: the same, and more or safer; the note says what.
- **different**: it is there, but a client of Coder's has to know; the note says how.
- **absent**: not there. "Not yet" means that it is meant to be.

What is absent is refused with 404 and a JSON body that says so. Paths are below \`/api/v2\`. This page is made from a table
in Belfry's code, which its tests hold against the program: what the table calls there is there, what it calls absent is
not, and nothing is left out.
`;

const sum = (numberOf: (group: RouteGroup) => number): number =>
  routeGroups.reduce((total, group) => total + numberOf(group), 0);

const absentSection = (): string =>
  `## Routes of Coder's that are not there, by group

Of the ${sum(({ total }) => total)} routes that Coder 2.27 documents in these groups, ${sum(({ absent }) => absent.length)} are not there.

${table(
  ["group", "absent", "of", "which"],
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
    `## Coder's own command line

Coder's program works against Belfry as it is: \`coder login https://belfry.example.com\`. Tried with its releases 2.27 and
2.30; what these commands send and read is a test:

${worksWithCoder.map((line) => `- \`${line.replace(/ \(.*\)$/, "")}\`${/ \(.*\)$/.exec(line)?.[0] ?? ""}`).join("\n")}
`,
    `## Deliberate differences\n\n${table(
      ["", "Coder", "Belfry", "why"],
      differences.map(({ what, coder, belfry, why }) => [what, coder, belfry, why]),
    )}`,
    section("Routes: the service", serviceRoutes),
    section("Routes: accounts", accountRoutes),
    section("Routes: notifications", notificationRoutes),
    section("Routes: templates, workspaces, prebuilds", workspaceRoutes),
    section("Routes: the rest", elsewhere),
    absentSection(),
    `## Routes that only Belfry has\n\n${table(
      ["route", "what it is for"],
      [...ownRoutes, ...ownWorkspaceRoutes].map(({ route, what }) => [code(route), what]),
    )}`,
    `## Requests

Of the members of Coder's requests, these are refused or ignored; all others are honoured. A refused member gets a 400 that
names it, unless it asks for what Belfry does anyway. An ignored one changes nothing that Belfry does.

${table(
  ["request", "refused", "ignored"],
  requests.map(requestRow).filter(([, ...rest]) => rest.join("") !== ""),
)}`,
    section("Commands", commands),
    `## Commands that only Belfry has\n\n${table(
      ["command", "what it is for"],
      ownCommands.map(({ command, what }) => [code(command), what]),
    )}`,
    section("Environment variables", variables),
    `## Variables that only Belfry has\n\n${table(
      ["variable", "what it is for"],
      ownVariables.map(({ name, what }) => [code(name), what]),
    )}`,
    section(
      "Kinds of notification",
      templates,
      ["Coder: name, id, identifier", "Belfry: the same id"],
      false,
    ),
    `## Kinds that only Belfry has\n\n${table(
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
    words[verdict],
    note,
  ]);
  return `## ${title}\n\n${table([first!, second!, "", "notes"], lines)}`;
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
