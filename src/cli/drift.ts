// belfry drift and belfry templates drift: which resources a plan replaces, and which ones claims have replaced, each with
// its fix.
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import type { TemplateDrift } from "../client.ts";
import { fields } from "../kernel/rules/shape.ts";
import { resourceLine } from "../prebuilds/drift/rules/drift-lines.ts";
import { cureOf } from "../prebuilds/drift/rules/remedy.ts";
import { findReplacements, type Replacement } from "../prebuilds/drift/rules/replacements.ts";
import type { Context } from "./context.ts";
import { exit, Failure } from "./failure.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { readPlanFile } from "./rules/plan-file.ts";
import { plainLine } from "./rules/text.ts";
import { ageWords } from "./rules/time.ts";
import { findTemplate } from "./templates/manage.ts";

/** As `terraform plan -detailed-exitcode` has it. */
const found = 2;

export const drift = defineCommand({
  name: "drift",
  summary: "Say what a plan would destroy and make anew, and what to add to the template to keep it",
  takes: "PLAN.json",
  least: 1,
  details: [
    "",
    "PLAN.json is what `terraform show -json` or `tofu show -json` prints of a plan; - reads it from standard input.",
    "No server is asked. The exit code is 0 when nothing is replaced, 2 when something is, 1 when the plan can't be",
    "read. For a claim's drift, apply the template with one owner and workspace name and plan it with others.",
  ],
  examples: [
    "terraform plan -out=plan && terraform show -json plan | belfry drift -",
    "belfry drift plan.json --output json",
  ],
  options: { ...outputOption },
  async run(context, { options, words: [file = ""] }) {
    const read = readPlanFile(await contentOf(file));
    if (!read.ok) throw new Failure(exit.failed, `${sourceName(file)}: ${read.problem}`, read.hint);
    const replacements = findReplacements(read.document);
    if (options.output === "json") printObject(context, replacements);
    else print(context, replacements);
    if (fields(read.document)["errored"] === true)
      context.say("Terraform had errors while it planned: there may be more.");
    return replacements.length === 0 ? 0 : found;
  },
});

const sourceName = (file: string) => (file === "-" ? "Standard input" : file);

async function contentOf(file: string): Promise<Uint8Array> {
  if (file === "-") return buffer(process.stdin);
  try {
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Failure(
      exit.failed,
      code === "ENOENT" ? `There is no file ${file}.` : `${file} can't be read (${code}).`,
    );
  }
}

function printObject(context: Context, replacements: readonly Replacement[]): void {
  context.printJson({
    replacements: replacements.map(({ resource, paths, reason }) => ({
      resource,
      paths,
      ...(reason === "" ? {} : { action_reason: reason }),
    })),
    cure: cureOf(replacements),
  });
}

function print(context: Context, replacements: readonly Replacement[]): void {
  if (replacements.length === 0) return context.say("Nothing would be destroyed and made anew.");
  const many = replacements.length === 1 ? "" : "s";
  context.print(
    context.bold(`${replacements.length} resource${many} would be destroyed and made anew, because of:`),
  );
  for (const one of replacements) context.print(`- ${resourceLine(one)}`);
  const { snippet, notes } = cureOf(replacements);
  if (snippet !== "")
    context.print(`\n${context.bold("To keep what was prebuilt, add this to the template:")}\n\n${snippet}`);
  if (notes.length > 0) context.print("");
  for (const note of notes) context.print(note);
}

const mostResources = 10;

export const templateDrift = defineCommand({
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
  context.printTable(["VERSION", "PRESET", "CLAIMS", "HURT", "LAST HURT"], rows);
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
