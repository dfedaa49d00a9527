// belfry templates delete: removes a template of which nobody has a workspace.
import { defineCommand } from "../rules/command.ts";
import { plainLine } from "../rules/text.ts";
import { findTemplate } from "./find.ts";

export const remove = defineCommand({
  name: "delete",
  aliases: ["rm", "remove"],
  summary: "Delete a template; its name is free again",
  takes: "NAME",
  least: 1,
  examples: ["belfry templates delete docker"],
  options: {},
  async run(context, { words }) {
    const client = context.client();
    const { id, name } = await findTemplate(client, words[0]!);
    await client.ask((routes) => routes.templates[":id"].$delete({ param: { id } }));
    context.say(plainLine(`Deleted ${name}.`));
  },
});
