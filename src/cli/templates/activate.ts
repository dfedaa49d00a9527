// belfry templates activate: chooses which version new workspaces are made from.
import { defineCommand } from "../rules/command.ts";
import { plainLine } from "../rules/text.ts";
import { findTemplate, findVersion } from "./find.ts";

export const activate = defineCommand({
  name: "activate",
  summary: "Make one of a template's versions the active one",
  takes: "NAME VERSION",
  least: 2,
  examples: ["belfry templates activate docker quiet_otter12"],
  options: {},
  async run(context, { words }) {
    const [name, wanted] = words as [string, string];
    const client = context.client();
    const template = await findTemplate(client, name);
    const version = await findVersion(client, template, wanted);
    await client.ask((routes) =>
      routes.templates[":id"].versions.$patch({ param: { id: template.id }, json: { id: version.id } }),
    );
    context.say(plainLine(`${version.name} is the active version of ${template.name}.`));
  },
});
