// belfry templates drift: what claims of a template's prebuilt workspaces have made anew, and what to add to it.
import { resourceLine } from "../../prebuilds/drift/rules/drift-lines.ts";
import type { Context } from "../context.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { ageWords } from "../rules/duration.ts";
import { table } from "../rules/table.ts";
import { plainLine } from "../rules/text.ts";
import type { TemplateDrift } from "../../client.ts";
import { findTemplate } from "./find.ts";

const mostResources = 10;

export const drift = defineCommand({
  name: "drift",
  summary: "Show which claims of prebuilt workspaces made resources anew, by version and preset",
  takes: "NAME",
  least: 1,
  details: [
    "",
    "The newest version comes first: one that is cured shows it by its 0. Below stands what to add to the template for",
    "the active version. To look at a plan before anybody claims: belfry drift --help",
  ],
  examples: ["belfry templates drift docker", "belfry templates drift docker --output json"],
  options: { ...outputOption },
  async run(context, { options, words: [name = ""] }) {
    const client = context.client();
    const { id } = await findTemplate(client, name);
    const entries = await client.ask((routes) => routes.templates[":id"].drift.$get({ param: { id } }));
    if (options.output === "json") return context.printJson(entries);
    if (entries.length === 0)
      return context.say("Nobody has claimed a workspace of it, and its active version keeps no pool.");
    printTable(context, entries);
    for (const entry of entries) printResources(context, entry);
    for (const entry of entries.filter(({ active }) => active)) printCure(context, entry);
  },
});

const nameOf = ({ template_version_name: version, preset_name: preset }: TemplateDrift) =>
  plainLine(preset === "" ? version : `${version}, ${preset}`);

function printTable(context: Context, entries: readonly TemplateDrift[]): void {
  const now = context.now();
  const rows = entries.map((entry) => [
    `${entry.template_version_name}${entry.active ? " (active)" : ""}`,
    entry.preset_name || "none",
    String(entry.claims),
    String(entry.claims_hurt),
    entry.last_seen === null ? "never" : ageWords(entry.last_seen, now),
  ]);
  const [headings, ...lines] = table(["VERSION", "PRESET", "CLAIMS", "HURT", "LAST HURT"], rows);
  context.print(context.bold(headings!));
  for (const line of lines) context.print(line);
}

function printResources(context: Context, entry: TemplateDrift): void {
  if (entry.resources.length === 0) return;
  context.print(`\n${context.bold(`${nameOf(entry)}: made anew, because of`)}`);
  for (const { resource, paths, claims_hurt: claims } of entry.resources.slice(0, mostResources))
    context.print(
      `- ${plainLine(resourceLine({ resource, paths, reason: "" }))} (${claims} claim${claims === 1 ? "" : "s"})`,
    );
  const rest = entry.resources.length - mostResources;
  if (rest > 0) context.print(`- and ${rest} more`);
}

function printCure(context: Context, entry: TemplateDrift): void {
  const { snippet, notes } = entry.cure;
  if (snippet !== "")
    context.print(
      `\n${context.bold(`To keep what was prebuilt, add this to ${nameOf(entry)}:`)}\n\n${snippet}`,
    );
  if (notes.length > 0) context.print("");
  for (const note of notes) context.print(plainLine(note));
}
