// belfry drift and belfry templates drift: which resources a plan replaces, and which ones claims have replaced, each with
// its fix.
import type { TemplateDrift } from "../client.ts";
import { fields } from "../kernel/rules/json.ts";
import { resourceLine } from "../prebuilds/drift/rules/drift-lines.ts";
import { remedyFor } from "../prebuilds/drift/rules/remedy.ts";
import { findReplacements, type Replacement } from "../prebuilds/drift/rules/terraform-plan.ts";
import type { Context } from "./context.ts";
import { exit, Failure, notFound } from "./failure.ts";
import { readInput } from "./inputs.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { readPlanFile } from "./rules/input-files.ts";
import { plainLine } from "./rules/text.ts";
import { formatAge } from "./rules/time.ts";
import { findTemplate } from "./templates/manage.ts";

/** As of `terraform plan -detailed-exitcode`. */
const replacementsExitCode = 2;

export const drift = defineCommand({
  name: "drift",
  summary: "Show which resources a Terraform plan would replace, and how to prevent it",
  args: "PLAN.json",
  minArgs: 1,
  details: [
    "PLAN.json is the output of `terraform show -json PLAN` or `tofu show -json PLAN`; - reads standard input.",
    "The exit code is 0 if nothing is replaced, 2 if something is, 1 if the plan can't be read. No server is needed.",
    "To see what claiming a prebuilt workspace would replace, apply the template with one owner and workspace name, then",
    "plan it with a different owner and name.",
  ],
  examples: [
    "terraform plan -out=plan && terraform show -json plan | belfry drift -",
    "belfry drift plan.json --output json",
  ],
  options: { ...outputOption },
  async run(context, { options, args: [file = ""] }) {
    const read = readPlanFile(await readInput(context, file));
    if (!read.ok) throw new Failure(exit.failed, `${sourceName(file)}: ${read.problem}`, read.hint);
    const replacements = findReplacements(read.document);
    if (options.output === "json") printObject(context, replacements);
    else printReplacements(context, replacements);
    if (fields(read.document)["errored"] === true)
      context.log("Terraform planned with errors: there may be more replacements.");
    return replacements.length === 0 ? 0 : replacementsExitCode;
  },
});

const sourceName = (file: string) => (file === "-" ? "Standard input" : file);

function printObject(context: Context, replacements: readonly Replacement[]): void {
  context.printJson({
    replacements: replacements.map(({ resource, paths, reason }) => ({
      resource,
      paths,
      ...(reason === "" ? {} : { action_reason: reason }),
    })),
    cure: remedyFor(replacements),
  });
}

function printReplacements(context: Context, replacements: readonly Replacement[]): void {
  if (replacements.length === 0) return context.log("No resources would be replaced.");
  const resources = replacements.length === 1 ? "1 resource" : `${replacements.length} resources`;
  context.print(context.bold(`${resources} would be replaced, because of these attributes:`));
  for (const one of replacements) context.print(`- ${resourceLine(one)}`);
  printFix(context, remedyFor(replacements));
}

function printFix(
  context: Context,
  { snippet, notes }: { snippet: string; notes: readonly string[] },
  where = "",
): void {
  const steps = `To prevent this, add the lifecycle block to the resource in the template${where}, then push a new version:`;
  if (snippet !== "") context.print(`\n${context.bold(steps)}\n\n${snippet}`);
  if (notes.length > 0) context.print("");
  for (const note of notes) context.print(plainLine(note));
}

const maxResources = 10;

export const templateDrift = defineCommand({
  name: "drift",
  summary: "Show which versions and presets replaced resources when a prebuilt workspace was claimed",
  args: "NAME",
  minArgs: 1,
  details: [
    "The newest version comes first. Claims before a drift was marked as fixed don't count. The fix for the active version",
    "follows the table.",
    "To check a plan before a claim: belfry drift --help",
  ],
  examples: [
    "belfry templates drift docker",
    "belfry templates drift docker --output json",
    "belfry templates drift docker --fixed small",
  ],
  options: {
    fixed: {
      type: "string",
      value: "PRESET",
      text: "mark the preset's drift as fixed: earlier claims no longer count",
    },
    version: { type: "string", value: "VERSION", text: "with --fixed: of this version, not the active one" },
    ...outputOption,
  },
  async run(context, { options, args: [name = ""] }) {
    const client = context.client();
    const { id } = await findTemplate(client, name);
    const entries = await client.ask((routes) => routes.templates[":id"].drift.$get({ param: { id } }));
    if (options.fixed !== undefined) {
      const presetId = presetOf(entries, options.fixed, options.version);
      const { message } = await client.ask((routes) =>
        routes.prebuilds.presets[":id"].drift.fixed.$post({ param: { id: presetId } }),
      );
      return context.log(message);
    }
    if (options.output === "json") return context.printJson(entries);
    if (entries.length === 0) return context.log("No claims found, and the active version has no prebuilds.");
    printTable(context, entries);
    for (const entry of entries) printResources(context, entry);
    for (const entry of entries.filter(({ active }) => active))
      printFix(context, entry.cure, ` (${nameOf(entry)})`);
  },
});

function presetOf(entries: readonly TemplateDrift[], preset: string, version: string | undefined): string {
  const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  const found = entries.find(
    (entry) =>
      isSame(entry.preset_name, preset) &&
      (version === undefined ? entry.active : isSame(entry.template_version_name, version)),
  );
  if (found?.preset_id != null) return found.preset_id;
  const names = entries.map((entry) => entry.preset_name).filter((name) => name !== "");
  throw notFound("Preset", preset, names, "List versions and presets: belfry templates drift NAME");
}

const nameOf = ({ template_version_name: version, preset_name: preset }: TemplateDrift) =>
  plainLine(preset === "" ? version : `${version}, ${preset}`);

function printTable(context: Context, entries: readonly TemplateDrift[]): void {
  const now = context.now();
  const rows = entries.map((entry) => [
    `${entry.template_version_name}${entry.active ? " (active)" : ""}`,
    entry.preset_name || "none",
    String(entry.claims),
    String(entry.claims_hurt),
    entry.last_seen === null ? "never" : formatAge(entry.last_seen, now),
  ]);
  context.printTable(["VERSION", "PRESET", "CLAIMS", "AFFECTED", "LAST AFFECTED"], rows);
}

function printResources(context: Context, entry: TemplateDrift): void {
  if (entry.resources.length === 0) return;
  context.print(`\n${context.bold(`${nameOf(entry)}: replaced because of these attributes`)}`);
  for (const { resource, paths, claims_hurt: claims } of entry.resources.slice(0, maxResources))
    context.print(
      `- ${plainLine(resourceLine({ resource, paths, reason: "" }))} (${claims} claim${claims === 1 ? "" : "s"})`,
    );
  const rest = entry.resources.length - maxResources;
  if (rest > 0) context.print(`- and ${rest} more`);
}
