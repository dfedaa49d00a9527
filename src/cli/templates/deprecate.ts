// belfry templates deprecate: tells people to use something else, and takes it back.
import { defineCommand } from "../rules/command.ts";
import { plainLine } from "../rules/text.ts";
import { findTemplate } from "./find.ts";

export const deprecate = defineCommand({
  name: "deprecate",
  summary: "Mark a template as one that should no longer be used",
  takes: "NAME MESSAGE",
  least: 2,
  details: ["An empty MESSAGE takes it back."],
  examples: [
    'belfry templates deprecate docker "Use podman, from June on."',
    'belfry templates deprecate docker ""',
  ],
  options: {},
  async run(context, { words }) {
    const [name, message] = words as [string, string];
    const client = context.client();
    const { id, name: known } = await findTemplate(client, name);
    await client.ask((routes) =>
      routes.templates[":id"].$patch({ param: { id }, json: { deprecation_message: message } }),
    );
    context.say(plainLine(message === "" ? `${known} is no longer deprecated.` : `${known} is deprecated.`));
  },
});
