// belfry notifications templates versions: the texts that a kind of notification has had.
import { defineCommand, outputOption } from "../../rules/command.ts";
import { ageWords } from "../../rules/duration.ts";
import { table } from "../../rules/table.ts";
import { slugOf } from "../../rules/template-file.ts";
import { findTemplate, listVersions } from "../../templates.ts";

export const versions = defineCommand({
  name: "versions",
  summary: "List the texts that a kind of notification has had, newest first",
  takes: "NAME",
  least: 1,
  details: ["", "NAME is a kind's name, like custom-notification, or its id."],
  examples: ["belfry notifications templates versions custom-notification"],
  options: outputOption,
  async run(context, { options, words: [word = ""] }) {
    const client = context.client();
    const template = await findTemplate(client, word);
    const found = await listVersions(client, template);
    if (options.output === "json") return context.printJson(found);
    const rows = found.map((version) => [
      String(version.number),
      version.active ? "active" : version.offered ? "offered" : "",
      version.origin === "seed" ? "Belfry" : (version.created_by ?? "somebody who is gone"),
      ageWords(version.created_at, context.now()),
      version.title_template,
    ]);
    const [headings, ...lines] = table(["VERSION", "", "BY", "MADE", "TITLE"], rows);
    context.print(context.bold(headings!));
    for (const line of lines) context.print(line);
    const offered = found.find((version) => version.offered);
    if (offered === undefined) return;
    const name = slugOf(template.name);
    context.say(
      `\nVersion ${offered.number} came with a newer release of Belfry. To see what it says:\n` +
        `  belfry notifications templates preview ${name} --version ${offered.number}\n` +
        `To use it:\n  belfry notifications templates activate ${name} ${offered.number}`,
    );
  },
});
