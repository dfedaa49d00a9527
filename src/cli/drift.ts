// belfry drift: what a plan would destroy and make anew, and what keeps it, before anybody's workspace is hurt.
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { cureOf } from "../prebuilds/drift/rules/remedy.ts";
import { resourceLine } from "../prebuilds/drift/rules/drift-lines.ts";
import { findReplacements, type Replacement } from "../prebuilds/drift/rules/replacements.ts";
import { fields } from "../kernel/rules/shape.ts";
import type { Context } from "./context.ts";
import { exit, Failure } from "./failure.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { readPlanFile } from "./rules/plan-file.ts";

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
    if (!read.ok) throw new Failure(exit.failed, `${nameOf(file)}: ${read.problem}`, read.hint);
    const replacements = findReplacements(read.document);
    if (options.output === "json") printObject(context, replacements);
    else print(context, replacements);
    if (fields(read.document)["errored"] === true)
      context.say("Terraform had errors while it planned: there may be more.");
    return replacements.length === 0 ? 0 : found;
  },
});

const nameOf = (file: string) => (file === "-" ? "Standard input" : file);

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
