// belfry notifications templates list: the kinds of notification there are.
import { defineCommand, outputOption } from "../../rules/command.ts";
import { table } from "../../rules/table.ts";
import { slugOf } from "../../rules/template-file.ts";
import { listTemplates } from "../../templates.ts";

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List the kinds of notification, with the way that each goes",
  examples: ["belfry notifications templates list", "belfry notifications templates list --output json"],
  options: outputOption,
  async run(context, { options }) {
    const templates = await listTemplates(context.client());
    if (options.output === "json") return context.printJson(templates);
    const rows = templates.map(({ name, group, method, enabled_by_default }) => [
      slugOf(name),
      name,
      group,
      method === "" ? "default" : method,
      enabled_by_default ? "on" : "off",
    ]);
    const [headings, ...lines] = table(["NAME", "TITLE", "GROUP", "WAY", "UNLESS CHOSEN"], rows);
    context.print(context.bold(headings!));
    for (const line of lines) context.print(line);
  },
});
