// belfry templates list: what workspaces can be made from.
import { defineCommand, outputOption } from "../rules/command.ts";
import { ageWords } from "../rules/duration.ts";
import { table } from "../rules/table.ts";

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List the templates and the versions that are active",
  examples: ["belfry templates list", "belfry templates list --output json"],
  options: { ...outputOption },
  async run(context, { options }) {
    const templates = await context.client().ask((routes) => routes.templates.$get({ query: {} }));
    if (options.output === "json") return context.printJson(templates);
    if (templates.length === 0)
      return context.say("There are no templates. Make one from a folder with: belfry templates push DIR");
    const now = context.now();
    const rows = templates.map((template) => [
      template.name,
      template.active_version_name,
      String(template.active_user_count),
      ageWords(template.updated_at, now),
      template.deprecated ? `deprecated: ${template.deprecation_message}` : "",
    ]);
    const [headings, ...lines] = table(["NAME", "ACTIVE VERSION", "USERS", "CHANGED", "NOTE"], rows);
    context.print(context.bold(headings!));
    for (const line of lines) context.print(line);
  },
});
